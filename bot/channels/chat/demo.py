"""The page to try the bot on: a plain lender's page with the widget, and the state of the loan backend beside it.

It is there only before the demo's own data (`HUANBAN_DEMO`), since its visitors speak as whomever they choose: it signs a web
token for any demo borrower, as a lender does for the one it has logged in.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from typing import Any
from urllib.parse import quote as url_quote

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect
from sanic.response import html as html_response
from sanic.response import json as json_response

from bot.channels.chat.demo_secure import SecurePages
from bot.channels.chat.parts import ChatParts
from bot.channels.chat.static_files import StaticFiles
from bot.channels.problems import ChannelProblem
from bot.client.connection import Connection
from bot.client.errors import LoanBackendError
from bot.config import ROOT
from bot.identity import web_token

DEMO_FOLDER = ROOT / "bot" / "widget" / "demo"
TOKEN_SECONDS = 3600
SHOWN_REQUESTS = 8  # as many as the page shows
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]+)?")


def demo_pages(parts: ChatParts) -> Blueprint:
    """The page under `/demo/` and the JSON it lives on."""
    pages = Blueprint("chat_demo", __name__)
    files, secure_pages = StaticFiles(DEMO_FOLDER), SecurePages(DEMO_FOLDER)
    settings = parts.settings
    desk = Connection(
        settings.backend_url,
        settings.desk_token,
        connect_timeout=settings.connect_timeout_seconds,
        read_timeout=settings.read_timeout_seconds,
        connections=4,
    )

    @pages.get("/borrowers")
    async def borrowers(request: Request) -> HTTPResponse:
        """Who one can speak as: `{as_of, borrowers: [{borrower_id, name, situation, display_name}]}`."""
        _admit(request, parts)
        return _fresh(await _asked(desk, "/desk/borrowers"))

    @pages.post("/token")
    async def token(request: Request) -> HTTPResponse:
        """A web token for `{borrower_id}`, `{token, expires_in_seconds}`, as the lender's site would sign it."""
        _admit(request, parts)
        borrower_id = _borrower_id(_json(request).get("borrower_id"))
        await _must_be_there(desk, borrower_id)
        signed = web_token(borrower_id, settings.web_secret, seconds=TOKEN_SECONDS)
        return _fresh({"token": signed, "expires_in_seconds": TOKEN_SECONDS})

    @pages.get("/state")
    async def state(request: Request) -> HTTPResponse:
        """What the lender has of `?borrower_id=`: `{borrower, loans, requests, payments, proofs}`, as its backend tells it."""
        _admit(request, parts)
        borrower_id = _borrower_id(request.args.get("borrower_id"))
        return _fresh(await _state(parts.client, borrower_id))

    @pages.get("/")
    async def without_slash(_: Request) -> HTTPResponse:
        """The page's own links are told from `/demo/`."""
        return redirect("/demo/")

    @pages.get("/secure/<purpose:str>/<token:str>")
    async def secure_page(request: Request, purpose: str, token: str) -> HTTPResponse:
        """Where the demo lender's secure links lead: whose page would be here, and what it would ask for."""
        page = secure_pages.page(purpose)
        if page is None:
            raise ChannelProblem("not-found", "The demo has no secure page of this purpose.")
        return html_response(page, headers={**_private(request), "Cache-Control": "no-store"})

    @pages.get("/<name:str>")
    async def file(request: Request, name: str) -> HTTPResponse:
        """A file of the page; under no name, as in `/demo/`, the page itself."""
        return _file(request, files, name or "index.html")

    @pages.exception(ChannelProblem)
    async def refuse(_: Request, problem: ChannelProblem) -> HTTPResponse:
        return problem.response()

    return pages


async def _state(client: Connection, borrower_id: str) -> dict[str, Any]:
    path = f"/borrowers/{url_quote(borrower_id, safe='')}"
    who, plans, requests = await asyncio.gather(
        _asked(client, path), _asked(client, f"{path}/plans"), _asked(client, f"{path}/requests")
    )
    payments = await asyncio.gather(
        *(_asked(client, f"{path}/loans/{url_quote(loan['loan_id'], safe='')}/payments") for loan in plans["loans"])
    )
    paid = [
        {**payment, "loan_id": loan["loan_id"], "product_name": loan["product_name"]}
        for loan, answer in zip(plans["loans"], payments, strict=True)
        for payment in answer["payments"]
    ]
    newest = sorted(requests["requests"], key=lambda request: str(request["filed_at"]))[-SHOWN_REQUESTS:]
    proofs = await asyncio.gather(
        *(_asked(client, f"{path}/requests/{url_quote(request['request_id'], safe='')}/evidence") for request in newest)
    )
    return {
        "borrower": who,
        "loans": plans["loans"],
        "requests": requests["requests"],
        "payments": paid,
        "proofs": [proof for answer in proofs for proof in answer["evidence"]],
    }


async def _asked(connection: Connection, path: str) -> Any:
    try:
        return (await asyncio.to_thread(connection.call, "GET", path))[0]
    except LoanBackendError as error:
        raise ChannelProblem("bot-unavailable", "The loan backend gave no usable answer.") from error


async def _must_be_there(desk: Connection, borrower_id: str) -> None:
    known = {row["borrower_id"] for row in (await _asked(desk, "/desk/borrowers"))["borrowers"]}
    if borrower_id not in known:
        raise ChannelProblem("not-found", "No demo borrower has this id.")


def _admit(request: Request, parts: ChatParts) -> None:
    """Lets the page itself pass: no other site's page, and no name that somebody else made point here."""
    parts.admit(request)
    found = _HOST.fullmatch((request.headers.get("host") or "").lower())
    name = found["name"].strip("[]") if found else ""
    if name != "localhost" and not _is_address(name):
        listed = {origin.partition("://")[2].partition(":")[0] for origin in parts.settings.web_origins}
        if name not in listed:
            raise ChannelProblem("origin-not-allowed", "Open the demo by its address, or add its origin to HUANBAN_WEB_ORIGINS.")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _json(request: Request) -> dict[str, Any]:
    try:
        body = request.json
    except Exception:  # Sanic raises its own InvalidUsage; whatever it is, the body is no JSON
        body = None
    return body if isinstance(body, dict) else {}


def _borrower_id(given: object) -> str:
    if not isinstance(given, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given):
        raise ChannelProblem("message-malformed", "Name a `borrower_id`.")
    return given


def _fresh(body: Any) -> HTTPResponse:
    return json_response(body, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}, ensure_ascii=False)


def _file(request: Request, files: StaticFiles, name: str) -> HTTPResponse:
    answer = files.answer(request, name, _private(request))
    if answer is None:
        raise ChannelProblem("not-found", "The demo page has no such file; they lie in bot/widget/demo.")
    return answer


def _private(request: Request) -> dict[str, str]:
    return {"Content-Security-Policy": _policy(request), "Referrer-Policy": "no-referrer"}


def _policy(request: Request) -> str:
    """Everything from here and nothing inline; older browsers need the socket's address by name."""
    host = (request.headers.get("host") or "").lower()
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        f"connect-src 'self'{sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
