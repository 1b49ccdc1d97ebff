"""WeCom's customer service (企业微信客服): pulled messages, and the WeChat channel's conversation (docs/wechat.md)."""

from bot.channels.wecom.channel import WeComChannel

__all__ = ["WeComChannel"]
