"""The server is killed in the middle of a turn: what it had acknowledged is run or told, and nothing is run twice."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

from tests.support.chat import Phone, RunningChat
from tests.support.chat_server import chat_process


def test_after_kill_minus_nine_the_begun_is_told_the_waiting_is_run_and_a_repeat_is_nothing_new(tmp_path: Path) -> None:
    ids = {text: str(uuid.uuid4()) for text in ("之前", "卡住", "等着")}

    async def before(chat: RunningChat) -> None:
        hers = await Phone(chat).connect()
        for text, client_id in ids.items():
            assert (await hers.say(text, client_id))["ok"]
        await hers.hears("听到：之前")
        while "卡住" not in (tmp_path / "heard").read_text(encoding="utf-8"):
            await asyncio.sleep(0.05)

    async def after(chat: RunningChat) -> None:
        hers = await Phone(chat).connect()
        for text, client_id in ids.items():  # the widget sends again what it is not sure of
            assert (await hers.say(text, client_id))["message"]["text"] == text
        await hers.hears("听到：等着")
        assert [text for text in hers.texts() if text in ids] == list(ids)
        assert sum("系统断了一下" in text for text in hers.texts()) == 1
        await hers.leave()

    with chat_process(tmp_path) as chat:
        asyncio.run(before(chat))
    with chat_process(tmp_path) as chat:
        asyncio.run(after(chat))
    assert (tmp_path / "heard").read_text(encoding="utf-8").split() == ["之前", "卡住", "等着"]
