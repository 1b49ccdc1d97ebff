"""What the calls of Tencent's platforms have in common, whichever channel takes them."""

from __future__ import annotations

import logging
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse, text

from bot.channels.wechat.incoming import MAX_BODY_BYTES
from bot.channels.wechat.signature import Refused

log = logging.getLogger(__name__)


async def body_of(request: Request) -> bytes:
    """The body, as far as the platform's go; it is not gathered beyond that.

    Raises:
        Refused: it is larger than any of the platform's.
    """
    chunks, size = [], 0
    stream: Any = request.stream
    async for chunk in stream:
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise Refused("a body larger than any of the platform's")
        chunks.append(chunk)
    return b"".join(chunks)


def refused(error: Exception) -> HTTPResponse:
    """403 without a word; why stands in the log."""
    log.warning("a call was refused: %s", error)
    return text("", status=403)
