"""The chat before the whole bot: Rasa, action server and loan backend as they run for borrowers."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.chat import Phone, RunningChat, ScriptedBot
from tests.support.whole_bot import Talk, WholeBot

BORROWER = "B1002"
FIRST_WORDS = "我这个月还不上了，能晚半个月还吗"


def chat_of(bot: WholeBot) -> RunningChat:
    """The running bot as the phones of these tests know a chat."""
    return RunningChat(bot.settings.bot_url, bot.settings, ScriptedBot(), SimpleNamespace(), None)


def start_over(bot: WholeBot, *borrower_ids: str) -> RunningChat:
    """The same, with nothing said in the chat yet."""
    from bot.channels.chat.history import History

    chat = chat_of(bot)
    history = History(bot.settings.chat_db)
    for borrower_id in borrower_ids or (BORROWER,):
        history.forget(chat.conversation(borrower_id))
    history.close()
    return chat


async def offered(phone: Phone, title: str) -> dict[str, Any]:
    """The newest message with a button of that title, in a message or a card, as soon as it is there."""

    def found() -> list[dict[str, Any]]:
        return [m for m in phone.received if any(title in b["title"] for b in m.get("buttons", []))]

    await phone.until(lambda: bool(found()))
    return found()[-1]


async def tap(phone: Phone, title: str, client_id: str | None = None) -> dict[str, Any]:
    """Taps the newest button with that title, as soon as it is there."""
    button = next(b for b in (await offered(phone, title))["buttons"] if title in b["title"])
    body = {"id": client_id or str(uuid.uuid4()), "payload": button["payload"], "title": button["title"]}
    answer = await phone.call("say", body)
    assert answer["ok"], answer
    return answer


def test_a_deferral_from_the_first_word_to_the_ledger_and_a_repeated_tap_files_once(bot: WholeBot, ledger: BackendCalls) -> None:
    async def scene() -> None:
        chat = start_over(bot)
        hers = await Phone(chat).connect(chat.token(BORROWER))
        await hers.say(FIRST_WORDS)
        await tap(hers, "不想说")
        await offered(hers, "提交")
        client_id = str(uuid.uuid4())
        first = await tap(hers, "提交", client_id)
        assert await tap(hers, "提交", client_id) == first
        await hers.until(lambda: any("提交好了" in text for text in hers.texts()))
        await hers.leave()
        assert len(ledger.rows("requests")) == len({row["request_id"] for row in ledger.rows("requests")})
        assert [row["kind"] for row in ledger.rows("requests") if row["borrower_id"] == BORROWER] == ["deferral"]

    asyncio.run(scene())


def test_the_chat_and_the_web_over_http_are_one_conversation(
    bot: WholeBot, ledger: BackendCalls, talk: Callable[[str], Talk]
) -> None:
    async def scene() -> None:
        chat = start_over(bot)
        hers = await Phone(chat).connect(chat.token(BORROWER))
        await hers.say(FIRST_WORDS)
        await tap(hers, "不想说")
        await offered(hers, "提交")
        await hers.leave()

    asyncio.run(scene())
    over_http = talk("due_in_three_days")
    over_http.says("好的").hears("提交好了")
    assert [row["kind"] for row in ledger.rows("requests") if row["borrower_id"] == BORROWER] == ["deferral"]


def test_a_button_of_one_borrower_files_nothing_for_another(bot: WholeBot, ledger: BackendCalls) -> None:
    async def scene() -> None:
        chat = start_over(bot, BORROWER, "B1001")
        hers = await Phone(chat).connect(chat.token(BORROWER))
        await hers.say(FIRST_WORDS)
        await tap(hers, "不想说")
        message = await offered(hers, "提交")
        waiting = [row for row in ledger.rows("requests") if row["kind"] == "deferral" and row["status"] == "pending"]
        stolen = next(b for b in message["buttons"] if "提交" in b["title"])["payload"]
        his = await Phone(chat).connect(chat.token("B1001"))
        assert (await his.call("say", {"id": str(uuid.uuid4()), "payload": stolen, "title": "提交"}))["ok"]
        await his.until(lambda: ("typing", {"on": False}) in his.events)
        assert [row for row in ledger.rows("requests") if row["kind"] == "deferral" and row["status"] == "pending"] == waiting
        await his.leave()
        await hers.leave()

    asyncio.run(scene())


def test_a_guest_hears_general_answers_and_no_account(bot: WholeBot, ledger: BackendCalls) -> None:
    async def scene() -> None:
        chat = chat_of(bot)
        guest = await Phone(chat).connect(chat.token(None))
        await guest.say("我还欠多少")
        await guest.until(lambda: any("登录" in text for text in guest.texts()))
        assert all("¥" not in text and "元" not in text for text in guest.texts())
        await guest.leave()

    asyncio.run(scene())


def test_the_loan_backend_is_away_and_the_borrower_hears_it(bot: WholeBot) -> None:
    async def scene() -> None:
        chat = start_over(bot)
        hers = await Phone(chat).connect(chat.token(BORROWER))
        await hers.say("我还欠多少")
        await hers.until(lambda: any("连不上" in text for text in hers.texts()))
        await hers.leave()

    asyncio.run(scene())


def test_care_mode_switched_on_the_page_is_known_to_the_lender(bot: WholeBot, ledger: BackendCalls) -> None:
    async def scene() -> None:
        chat = start_over(bot)
        hers = await Phone(chat).connect(chat.token(BORROWER))
        assert (await hers.call("care_mode", {"on": True}))["ok"]
        for _ in range(100):
            if ledger.get(f"/borrowers/{BORROWER}")["care_mode"]:
                break
            await asyncio.sleep(0.05)
        assert ledger.get(f"/borrowers/{BORROWER}")["care_mode"]
        await hers.leave()

    asyncio.run(scene())
