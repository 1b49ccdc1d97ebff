"""The chat widget's side of the bot: sockets, history, uploads, its files and the demo page."""

from bot.channels.chat.channel import ChatChannel

__all__ = ["ChatChannel"]
