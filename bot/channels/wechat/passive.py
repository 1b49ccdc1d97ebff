"""The passive reply: the one message that may stand in the answer to a call."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence

from bot.channels.wechat.said import Button, Piece, Said

PASSIVE_KINDS = frozenset({"text", "news", "image"})
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def cdata(text: str) -> str:
    """Text as a CDATA section, whatever stands in it: `]]>` would end one too early, and some characters no XML may hold.

    >>> cdata("a]]>b")
    '<![CDATA[a]]]]><![CDATA[>b]]>'
    """
    return "<![CDATA[" + _NO_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def passive_reply(
    piece: Piece, openid: str, account: str, upload: Callable[[bytes], str], clock: Callable[[], float] = time.time
) -> str:
    """The XML of a passive reply. Blocks when a picture has to be uploaded.

    Args:
        piece: of one of `PASSIVE_KINDS`.
        openid: to whom.
        account: from whom, the account's own id.
        upload: puts a picture on the platform and gives its media id; its errors are passed on.
        clock: seconds since 1970.
    """
    if piece.kind == "image":
        body = f"<Image><MediaId>{cdata(upload(piece.png))}</MediaId></Image>"
    elif piece.kind == "news":
        names = {"Title": piece.title, "Description": piece.description, "PicUrl": piece.picture_url, "Url": piece.url}
        item = "".join(f"<{name}>{cdata(value)}</{name}>" for name, value in names.items())
        body = f"<ArticleCount>1</ArticleCount><Articles><item>{item}</item></Articles>"
    else:
        body = f"<Content>{cdata(piece.text)}</Content>"
    return (
        f"<xml><ToUserName>{cdata(openid)}</ToUserName><FromUserName>{cdata(account)}</FromUserName>"
        f"<CreateTime>{int(clock())}</CreateTime><MsgType>{cdata(piece.kind)}</MsgType>{body}</xml>"
    )


def said_again(pieces: Sequence[Piece], said: Sequence[Said]) -> list[Said]:
    """What could not be sent, as what it said, so that it can be put together anew with the next answer.

    A picture goes: the text beside it says the same. A menu finds its answers in what was said.
    """
    payloads = {button.title: button for one in said for button in one.buttons}
    found = [_said(piece, payloads) for piece in pieces]
    return [one for one in found if one.text or one.buttons]


def _said(piece: Piece, buttons: Mapping[str, Button]) -> Said:
    if piece.kind == "image":
        return Said()
    if piece.kind in ("news", "miniprogram"):
        return Said("\n".join(filter(None, (piece.title, piece.description, piece.url if "://" in piece.url else ""))))
    known = tuple(buttons[title] for _, title in piece.items if title in buttons)
    lines = [piece.text, *(title for _, title in piece.items if title not in buttons)]
    return Said("\n".join(filter(None, lines)), known)
