"""The simulator as a process: `python -m tests.support.wechat --port 8088 --bot-url http://127.0.0.1:5005/webhooks/wechat/webhook`.

Token, AES key and secret are those of the bot's own settings (`HUANBAN_WECHAT_…`). It listens on loopback only.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from aiohttp import web

from bot.channels.wechat.menu import Menu
from tests.support.wechat.account import Account
from tests.support.wechat.api import add_api
from tests.support.wechat.calls import Calls
from tests.support.wechat.page import add_page


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.wechat", description=__doc__)
    parser.add_argument("--port", type=int, default=8088)
    parser.add_argument("--bot-url", required=True, help="the address of the bot's WeChat channel")
    options = parser.parse_args()
    account = Account(
        os.environ["HUANBAN_WECHAT_TOKEN"],
        os.environ.get("HUANBAN_WECHAT_AES_KEY", ""),
        may_send=os.environ.get("HUANBAN_WECHAT_SERVICE_MESSAGES", "on") != "off",
    )
    account.app_id = os.environ["HUANBAN_WECHAT_APP_ID"]
    account.secret = os.environ["HUANBAN_WECHAT_SECRET"]
    account.template_id = os.environ.get("HUANBAN_WECHAT_TEMPLATE_ID") or account.template_id
    account.menu = Menu().as_wechat()
    calls = Calls(account, options.bot_url)
    app = web.Application(client_max_size=20 * 1024 * 1024)

    @web.middleware
    async def only_here(request: web.Request, handler: Any) -> web.StreamResponse:
        # Whoever opens the phone speaks as a demo borrower; no other site's page may.
        origin = request.headers.get("Origin", "")
        if request.host.split(":")[0] not in ("127.0.0.1", "localhost") or origin not in ("", f"http://{request.host}"):
            raise web.HTTPForbidden()
        answer: web.StreamResponse = await handler(request)
        return answer

    app.middlewares.append(only_here)

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def end(_: web.Application) -> None:
        await calls.close()

    app.router.add_get("/health", health)
    add_api(app, account)
    add_page(app, account, calls, os.environ.get("HUANBAN_BACKEND_URL", ""), os.environ.get("HUANBAN_DESK_TOKEN", ""))
    app.on_cleanup.append(end)
    web.run_app(app, host="127.0.0.1", port=options.port, print=None)


if __name__ == "__main__":
    main()
