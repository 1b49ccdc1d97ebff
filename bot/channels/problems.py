"""What a channel can refuse, as problem details (RFC 9457); the page words it for the borrower."""

from __future__ import annotations

from typing import Any

from sanic.response import HTTPResponse
from sanic.response import json as json_response

STATUS_OF = {
    "message-malformed": 400,
    "token-not-valid": 401,
    "origin-not-allowed": 403,
    "request-not-found": 404,
    "not-found": 404,
    "request-decided": 409,
    "evidence-too-many": 409,
    "message-too-long": 413,
    "evidence-too-large": 413,
    "evidence-kind": 415,
    "too-many-messages": 429,
    "bot-unavailable": 503,
}


class ChannelProblem(Exception):  # noqa: N818 - RFC 9457's word
    """A refusal: nothing was done.

    Args:
        kind: a key of `STATUS_OF`.
        detail: a sentence for developers.
        retry_after_seconds: when it is worth trying again, if that is known.
    """

    def __init__(self, kind: str, detail: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds

    def document(self) -> dict[str, Any]:
        """The members of the problem document."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.kind}",
            "title": self.kind.replace("-", " "),
            "status": STATUS_OF[self.kind],
            "detail": self.detail,
        }
        if self.retry_after_seconds is not None:
            document["retry_after_seconds"] = self.retry_after_seconds
        return document

    def response(self) -> HTTPResponse:
        """The answer over HTTP."""
        headers = {"content-type": "application/problem+json"}
        if self.retry_after_seconds is not None:
            headers["retry-after"] = str(self.retry_after_seconds)
        return json_response(self.document(), status=STATUS_OF[self.kind], headers=headers)
