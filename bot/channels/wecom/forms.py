"""What the WeChat channel makes of an answer, within customer service's own limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.channels.wechat.said import Piece, Said
from bot.channels.wechat.shape import FormsOf
from bot.channels.wechat.splitting import split

HEAD_BYTES = 1024  # of a menu message; an official account's takes as much as a text


class WeComForms:
    """The forms of the WeChat channel; what is too long for the head of a menu message goes before it as text."""

    def __init__(self, forms: FormsOf) -> None:
        self._forms = forms

    def pieces(self, said: Sequence[Said], openid: str, *, may_use_service_messages: bool, at_most: int) -> list[Piece]:
        """What was said, in at most so many messages, or one more where a long text has a menu."""
        pieces = self._forms.pieces(said, openid, may_use_service_messages=may_use_service_messages, at_most=at_most)
        return [part for piece in pieces for part in _within_limits(piece)]


def _within_limits(piece: Piece) -> list[Piece]:
    if piece.kind != "menu":
        return [piece]
    *before, head = split(piece.text, HEAD_BYTES) or [""]
    return [*(Piece("text", text=text) for text in before), replace(piece, text=head)]
