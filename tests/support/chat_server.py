"""The chat in a process of its own, so that it can be killed: `python -m tests.support.chat_server FOLDER`.

It writes what its bot is given to read into `FOLDER/heard`, a line each, and never ends the turn of 「卡住」.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from rasa.core.channels.channel import UserMessage

from tests.support.chat import ScriptedBot, echo, running_chat


async def serve(folder: Path) -> None:
    """Serves until it is killed."""

    async def script(message: UserMessage) -> None:
        with (folder / "heard").open("a", encoding="utf-8") as heard:
            heard.write(f"{message.text}\n")
        if message.text == "卡住":
            await asyncio.sleep(3600)
        await echo(message)

    async with running_chat(folder, ScriptedBot(script)) as chat:
        print(f"Chat on {chat.url}", flush=True)
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
