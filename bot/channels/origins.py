"""Which pages may talk to the bot: the browser says where a page is from, and the lender's list says whether it may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from sanic.request import Request
from sanic.response import HTTPResponse

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


class Origins:
    """The origins that may hold the widget; the bot's own address always may."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._listed = frozenset(listed)

    def allow(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of this origin may talk to a bot that is reached as `host`.

        Without an origin the caller is no browser, and nobody else's page can be behind it; its token still decides.
        """
        if not origin:
            return True
        return origin.lower() in self._listed or (bool(host) and urlsplit(origin.lower()).netloc == str(host).lower())

    def headers(self, request: Request) -> Mapping[str, str]:
        """What lets the page read the answer, or nothing when it may not."""
        origin = request.headers.get("origin")
        if not origin or not self.allow(origin, request.headers.get("host")):
            return {}
        return {"Access-Control-Allow-Origin": origin, **(_PREFLIGHT if request.method == "OPTIONS" else {})}

    def mark(self, request: Request, response: HTTPResponse) -> None:
        """Puts the headers on an answer; a response middleware."""
        response.headers.update(self.headers(request))
        response.headers["Vary"] = "Origin"
