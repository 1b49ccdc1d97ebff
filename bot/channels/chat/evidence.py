"""The upload of a proof: a picture or a PDF for a request of the borrower's, passed on to the loan backend.

What a camera writes beside a photo (the place, the time, the device) goes before anybody has it: `bot/channels/photos.py`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.chat.parts import ChatParts
from bot.channels.guard import plain_text
from bot.channels.photos import PhotoBroken, without_metadata
from bot.channels.problems import ChannelProblem
from bot.client.errors import LoanBackendError, ProblemError
from bot.loans.evidence import KINDS, kind_of

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Beside the file, a form has room for its other fields.
_FORM_BYTES = 64 * 1024
_REFUSED_AS = {
    "/problems/request-not-found": "request-not-found",
    "/problems/borrower-not-found": "request-not-found",
    "/problems/already-decided": "request-decided",
    "/problems/evidence-kind": "evidence-kind",
    "/problems/evidence-too-large": "evidence-too-large",
    "/problems/body-too-large": "evidence-too-large",
    "/problems/evidence-too-many": "evidence-too-many",
}


async def receive(request: Request, parts: ChatParts) -> HTTPResponse:
    """Takes one file for one request; 201 `{evidence_id, name, size, kind}`.

    Raises:
        ChannelProblem: `token-not-valid`, `request-not-found`, `request-decided`, `evidence-…`, `message-malformed`,
            `too-many-messages`, `bot-unavailable`. Sending the same file again is safe after any of them.
    """
    visitor = parts.admitted_visitor(request)
    parts.count(parts.per_borrower, visitor.conversation_id)
    limit = parts.settings.evidence_max_bytes
    request.body = await _body(request, limit)
    name, content, request_id = _form(request)
    if len(content) > limit:
        raise ChannelProblem("evidence-too-large", f"At most {limit} bytes.")
    if kind_of(content) is None:
        raise ChannelProblem("evidence-kind", f"Its first bytes are none of {', '.join(KINDS)}.")
    if visitor.speaker.borrower_id is None:
        raise ChannelProblem("request-not-found", "Nobody is logged in, so there is no request.")
    try:
        content = await asyncio.to_thread(without_metadata, content)
    except PhotoBroken as error:
        raise ChannelProblem("evidence-kind", f"It cannot be read as what it seems to be: {error}.") from error
    loans = parts.client.loans_of(visitor.speaker.borrower_id)
    try:
        kept = await asyncio.to_thread(loans.add_evidence, request_id, name, content)
    except ProblemError as error:
        kind = _REFUSED_AS.get(str(error.document.get("type")), "bot-unavailable")
        raise ChannelProblem(kind, str(error.document.get("title"))) from error
    except LoanBackendError as error:
        log.warning("a proof was not passed on: %s", error)
        raise ChannelProblem("bot-unavailable", "Send the file again; it is kept once.") from error
    told = {"evidence_id": kept.evidence_id, "name": kept.name, "size": kept.size_bytes, "kind": kept.kind}
    return json_response(told, status=201)


async def _body(request: Request, limit: int) -> bytes:
    """The body, as far as it may go; it is not gathered beyond that."""
    chunks, size = [], 0
    stream: Any = request.stream
    async for chunk in stream:
        size += len(chunk)
        if size > limit + _FORM_BYTES:
            raise ChannelProblem("evidence-too-large", f"At most {limit} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def _form(request: Request) -> tuple[str, bytes, str]:
    """Name and content of the one file, and the request's id."""
    files = (request.files or {}).get("file") if request.files else None
    request_id = request.form.get("request_id") if request.form else None
    if files is None or len(request.files.getlist("file")) != 1 or not isinstance(request_id, str):
        raise ChannelProblem("message-malformed", "Send a form (multipart/form-data) with one `file` and a `request_id`.")
    if not _REQUEST_ID.fullmatch(request_id):
        raise ChannelProblem("request-not-found", "No request has such an id.")
    # Browsers send the name alone; whatever else comes, only its last part is kept.
    name = PureWindowsPath(PurePosixPath(files.name or "").name).name
    return plain_text(name)[:100] or "file", files.body, request_id
