"""The channel in a process of its own, so that it can be killed: `python -m tests.support.wechat.server FOLDER API_URL`.

It writes what its bot is given to read into `FOLDER/heard`, a line each, and never ends the turn of 「卡住」.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from rasa.core.channels.channel import UserMessage

from tests.support.chat import ScriptedBot, echo
from tests.support.wechat.account import Account
from tests.support.wechat.calls import Calls
from tests.support.wechat.running import Weixin, running_channel


async def serve(folder: Path, api_url: str) -> None:
    """Serves until it is killed."""

    async def script(message: UserMessage) -> None:
        with (folder / "heard").open("a", encoding="utf-8") as heard:
            heard.write(f"{message.text}\n")
        if message.text == "卡住":
            await asyncio.sleep(3600)
        await echo(message)

    account = Account()
    async with running_channel(folder, Weixin(account, api_url, Calls(account, "")), ScriptedBot(script)) as wechat:
        print(f"WeChat on {wechat.url}", flush=True)
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
