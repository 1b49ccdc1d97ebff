"""What a Rasa server does about it: carries erasures out, forgets, and hands out the file of everything by the lender's link.

`GET /webhooks/privacy/export/TOKEN` is a page with one button; the file comes by its POST, once. A messenger that looks at links
in advance therefore uses none up.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from string import Template
from typing import Any

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sanic.response import html as html_response

from bot.channels.chat.beside import CONTEXT, Beside
from bot.channels.chat.words import ChannelWords
from bot.channels.wechat.said import Said
from bot.client import LoanClient
from bot.client.errors import LoanBackendError, ProblemError
from bot.client.privacy import Erasure, owner_of_export_link
from bot.config import Settings
from bot.identity import Speaker
from bot.privacy.erasing import Erasing
from bot.privacy.export import zipped
from bot.privacy.keep_wechat import WeChatKeeper
from bot.privacy.keepers import keepers_of
from bot.privacy.whose import Whose, whose

log = logging.getLogger(__name__)

PAGE = Path(__file__).with_name("export.html")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
# The page posts to itself and does nothing else.
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_SHANGHAI = timezone(timedelta(hours=8))


def client_of(settings: Settings) -> LoanClient:
    """A client of its own."""
    return LoanClient(
        settings.backend_url,
        settings.service_token,
        connect_timeout=settings.connect_timeout_seconds,
        read_timeout=settings.read_timeout_seconds,
        connections=4,
    )


def attach(app: Sanic, settings: Settings) -> None:
    """Puts all of it on the server that Rasa is about to start."""
    client, words = client_of(settings), ChannelWords()
    app.blueprint(_calls(settings, client, words))

    @app.listener("after_server_start")
    async def begin(app: Sanic, _: Any) -> None:
        keepers = await asyncio.to_thread(keepers_of, settings)

        async def tell(of: Whose, erasure: Erasure) -> None:
            said = words.said("utter_privacy_erased", erasure_id=erasure.erasure_id)
            if erasure.channel == "web":
                chat = getattr(app.ctx, CONTEXT, None)
                if isinstance(chat, Beside):
                    await chat.erased(Speaker("web", of.borrower_id).conversation_id(settings.conversation_secret), said)
                return
            for keeper in keepers:
                if isinstance(keeper, WeChatKeeper) and keeper.channel == erasure.channel:
                    await asyncio.to_thread(keeper.wait_with, of, Said(said["text"]).to_json(), f"er:{erasure.erasure_id}")

        def lock(conversation_id: str) -> contextlib.AbstractAsyncContextManager[Any]:
            held: contextlib.AbstractAsyncContextManager[Any] = app.ctx.agent.lock_store.lock(conversation_id)
            return held

        erasing = Erasing(client, keepers, settings.conversation_secret, lock, tell, settings.conversation_days)
        app.ctx.erasing = (erasing, asyncio.create_task(_once_ready(app, erasing)))

    @app.listener("before_server_stop")
    async def end(app: Sanic, _: Any) -> None:
        erasing, task = app.ctx.erasing
        erasing.end()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _once_ready(app: Sanic, erasing: Erasing) -> None:
    while getattr(app.ctx, "agent", None) is None:
        await asyncio.sleep(0.5)
    await erasing.watch()


def _calls(settings: Settings, client: LoanClient, words: ChannelWords) -> Blueprint:
    calls = Blueprint("privacy", url_prefix="/webhooks/privacy")

    @calls.get("/export/<token:str>")
    async def page(_: Request, token: str) -> HTTPResponse:
        return _page(words, "utter_privacy_export_page", button=words.text("utter_privacy_export_button"))

    @calls.post("/export/<token:str>")
    async def fetch(_: Request, token: str) -> HTTPResponse:
        if not _TOKEN.fullmatch(token):
            return _page(words, "utter_privacy_export_over", status=404)
        try:
            made = await asyncio.to_thread(export_by_link, settings, client, words, token)
        except ProblemError:
            return _page(words, "utter_privacy_export_over", status=404)
        except LoanBackendError as error:
            log.warning("an export was not made: %s", error)
            return _page(words, "utter_privacy_export_failed", status=503)
        name = f"huanban-{datetime.now(_SHANGHAI):%Y-%m-%d}.zip"
        headers = {**_PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return raw(made, content_type="application/zip", headers=headers)

    return calls


def export_by_link(settings: Settings, client: LoanClient, words: ChannelWords, token: str) -> bytes:
    """The file of the borrower whose link it is. Blocks.

    Raises:
        ProblemError: the link is nobody's, or nobody's any more.
        LoanBackendError: the lender could not be asked.
    """
    loans = client.loans_of(owner_of_export_link(client, token))
    ledger = loans.export()
    return zipped(
        ledger,
        keepers_of(settings),
        whose(loans, settings.conversation_secret),
        loans.own_evidence,
        words.text("utter_privacy_export_read_me", lender_name=str(ledger["lender_name"]), at=str(ledger["as_of"])[:16]),
    )


def _page(words: ChannelWords, response: str, *, button: str = "", status: int = 200) -> HTTPResponse:
    text = "".join(f"<p>{html.escape(line)}</p>" for line in words.text(response).splitlines())
    form = f'<form method="post"><button>{html.escape(button)}</button></form>' if button else ""
    body = Template(PAGE.read_text(encoding="utf-8")).substitute(
        title=html.escape(words.text("utter_privacy_export_title")), text=text, form=form
    )
    return html_response(body, status=status, headers=_PAGE_HEADERS)
