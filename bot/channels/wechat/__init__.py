"""The WeChat official account: the protocol, and the conversation in WeChat's forms (docs/wechat.md)."""

from bot.channels.wechat.channel import WeChatChannel

__all__ = ["WeChatChannel"]
