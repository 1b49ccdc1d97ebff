"""WeCom's side of customer service (企业微信客服), over HTTP, for tests."""
