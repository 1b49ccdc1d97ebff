"""The chat channel: the widget's sockets and calls, its built files, and the demo page (docs/channels.md)."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from datetime import datetime
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty, text
from sanic.response import json as json_response

from bot import config
from bot.channels.chat import evidence
from bot.channels.chat.beside import CONTEXT, Beside
from bot.channels.chat.care_mode import CareMode
from bot.channels.chat.demo import demo_pages
from bot.channels.chat.parts import ChatParts
from bot.channels.chat.sockets import MAX_PACKET_BYTES, ChatSockets, socket_server
from bot.channels.chat.static_files import StaticFiles
from bot.channels.chat.transcript import SHANGHAI, transcript
from bot.channels.chat.turns import OnNewMessage, Turns
from bot.channels.problems import ChannelProblem

# A turn ends within an action's time-out; whoever stops this server (deploy/) gives it longer.
ENDING_SECONDS = 25.0
WIDGET_FOLDER = config.ROOT / "bot" / "widget" / "dist"
WIDGET_IS_NOT_BUILT = "The widget is not built: bot/widget/dist is empty.\nBuild it: .venv/bin/python -m bot.widget.build\n"


class ChatBlueprint(Blueprint):
    """A blueprint that also puts the widget's files and the demo page beside the channel, which has a prefix of its own."""

    def __init__(self, parts: ChatParts) -> None:
        super().__init__("chat_channel", __name__)
        self.ctx.parts = parts

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Attaches everything to the app."""
        settings = self.ctx.parts.settings
        app.enable_websocket()
        app.config.WEBSOCKET_MAX_SIZE = MAX_PACKET_BYTES
        # Above this Sanic refuses by itself; below, the upload does, in words that the widget can read.
        app.config.REQUEST_MAX_SIZE = 4 * settings.evidence_max_bytes
        self.ctx.app = app
        if hasattr(self.ctx, "beside"):
            setattr(app.ctx, CONTEXT, self.ctx.beside)
        super().register(app, options)
        app.blueprint(widget_files(), url_prefix="/widget")
        if settings.demo_is_open:
            app.blueprint(demo_pages(self.ctx.parts), url_prefix="/demo")


class ChatChannel(InputChannel):
    """Rasa's input channel for the chat widget; `credentials.yml` names it."""

    def __init__(self, settings: config.Settings) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """Part of the URL."""
        return "chat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel with the settings in force."""
        return cls(config.load())

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's sockets and calls.

        Raises:
            ConfigurationError: the database of the messages cannot be opened.
        """
        parts = ChatParts.of(self._settings)
        chat = ChatBlueprint(parts)
        server = socket_server(self._settings.redis_url)
        care_mode = CareMode(parts.history, parts.client, lambda: getattr(chat.ctx.app.ctx, "agent", None))
        sockets = ChatSockets(server, parts, care_mode)
        turns = Turns(parts.history, on_new_message, sockets.send, parts.words, self._settings.conversation_secret)
        sockets.run(turns)
        chat.ctx.beside = Beside(parts, turns)
        chat.ctx.is_ending = False
        _add_calls(chat, parts)

        @chat.route("/socket.io/", methods=["GET", "POST", "OPTIONS"])
        async def socket_io(request: Request) -> Any:
            if "sid" not in request.args and chat.ctx.is_ending:
                return empty(status=503)
            if "sid" not in request.args and request.method != "OPTIONS":
                # A line costs memory before anybody has said who they are.
                parts.count_call(request)
            return await server.handle_request(request)

        @chat.listener("after_server_start")
        async def begin(app: Sanic, _: Any) -> None:
            # Sanic may have made several servers of this one; each takes up turns under a name of its own.
            parts.history.runner = secrets.token_hex(8)
            if not self._settings.redis_url:
                await parts.history.soon(parts.history.end_leases)
            chat.ctx.sweeping = asyncio.create_task(turns.sweep())

        @chat.listener("before_server_stop")
        async def end(app: Sanic, _: Any) -> None:
            chat.ctx.sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await chat.ctx.sweeping
            # From now on lines and messages are for the other servers; an answer finds its line there, or in the history.
            chat.ctx.is_ending = True
            turns.begin_no_more()
            await sockets.hang_up()
            await turns.finish(ENDING_SECONDS)
            await sockets.hang_up()
            await server.shutdown()

        return chat


def _add_calls(chat: Blueprint, parts: ChatParts) -> None:
    """The calls beside the sockets, and what every answer carries."""

    @chat.get("/")
    async def health(_: Request) -> HTTPResponse:
        return json_response({"status": "ok"})

    @chat.post("/evidence", stream=True)
    async def hand_in(request: Request) -> HTTPResponse:
        return await evidence.receive(request, parts)

    @chat.get("/transcript")
    async def download(request: Request) -> HTTPResponse:
        visitor = parts.admitted_visitor(request)
        messages = await parts.history.soon(parts.history.all_of, visitor.conversation_id)
        now = datetime.now(SHANGHAI)
        headers = {
            "Content-Disposition": f'attachment; filename="huanban-{now:%Y-%m-%d}.txt"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return text(transcript(messages, parts.words, now), headers=headers)

    @chat.options("/evidence")
    async def may_hand_in(_: Request) -> HTTPResponse:
        return empty()

    @chat.options("/transcript")
    async def may_download(_: Request) -> HTTPResponse:
        return empty()

    @chat.exception(ChannelProblem)
    async def refuse(_: Request, problem: ChannelProblem) -> HTTPResponse:
        return problem.response()

    @chat.middleware("response")
    async def mark(request: Request, response: HTTPResponse) -> None:
        parts.origins.mark(request, response)


def widget_files() -> Blueprint:
    """The built widget under `/widget/`, for any page to load; what it may do there, its token decides."""
    widget = Blueprint("chat_widget", __name__)
    files = StaticFiles(WIDGET_FOLDER)

    @widget.get("/<name:str>")
    async def file(request: Request, name: str) -> HTTPResponse:
        open_to_all = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        answer = files.answer(request, name, open_to_all)
        if answer is not None:
            return answer
        is_built = (WIDGET_FOLDER / "huanban-chat.js").exists()
        return text("No such file.\n" if is_built else WIDGET_IS_NOT_BUILT, status=404)

    return widget
