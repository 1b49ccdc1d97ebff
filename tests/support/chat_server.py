"""The chat in a process of its own, so that it can be killed: `python -m tests.support.chat_server FOLDER`.

It writes what its bot is given to read into `FOLDER/heard`, a line each, and never ends the turn of 「卡住」. Settings come from
the environment; `LEASE_SECONDS` says how long a turn of a dead server is waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from rasa.core.channels.channel import UserMessage

from bot.channels.chat import history, turns
from bot.config import ROOT
from tests.support.chat import RunningChat, ScriptedBot, chat_settings, echo, running_chat


async def serve(folder: Path) -> None:
    """Serves until it is killed."""

    async def script(message: UserMessage) -> None:
        with (folder / "heard").open("a", encoding="utf-8") as heard:
            heard.write(f"{message.text}\n")
        if message.text == "卡住":
            await asyncio.sleep(3600)
        await echo(message)

    if "LEASE_SECONDS" in os.environ:
        history.LEASE_SECONDS = turns.LEASE_SECONDS = float(os.environ["LEASE_SECONDS"])
        turns.SWEEP_SECONDS = 0.2
    env = {name: value for name, value in os.environ.items() if name == "HUANBAN_REDIS_URL"}
    async with running_chat(folder, ScriptedBot(script), **env) as chat:
        print(f"Chat on {chat.url}", flush=True)
        await asyncio.sleep(3600)


@contextlib.contextmanager
def chat_process(folder: Path, **env: str) -> Iterator[RunningChat]:
    """The chat in a process of its own, killed when the block ends."""
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.chat_server", str(folder)],
            cwd=ROOT,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        url = next((line.split()[2] for line in process.stdout if line.startswith("Chat on ")), "")
        assert url, (folder / "server.log").read_text(errors="replace")[-2000:]
        yield RunningChat(url, chat_settings(folder, {}), ScriptedBot(), SimpleNamespace(), None)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
