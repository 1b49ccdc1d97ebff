"""WeChat before the whole bot: Rasa, action server and loan backend as they run for borrowers, and WeChat's side simulated."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from tests.support.backend import DEMO_LENDER_FILE, BackendCalls, backend_in_a_thread
from tests.support.chat import free_port
from tests.support.wechat.account import Account
from tests.support.wechat.api import add_api
from tests.support.wechat.calls import Calls
from tests.support.wechat.running import until, wechat_environment
from tests.support.whole_bot import WholeBot, whole_bot

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
API_PORT = free_port()
ACCOUNT = {"token": "tokenofthetests", "aes_key": AES_KEY}
BORROWER = "B1002"  # due in three days


@pytest.fixture(scope="module")
def wechat_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeBot]:
    """The bot with a WeChat account."""
    environment = wechat_environment(Account(**ACCOUNT), f"http://127.0.0.1:{API_PORT}")
    with whole_bot(tmp_path_factory.mktemp("wechat"), **environment) as bot:
        yield bot


@pytest.fixture
def lender(wechat_bot: WholeBot, seeded_ledger: Path, tmp_path: Path) -> Iterator[BackendCalls]:
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger, port=wechat_bot.backend_port) as backend:
        yield backend


@contextlib.asynccontextmanager
async def phones(bot: WholeBot) -> AsyncIterator[Calls]:
    """WeChat's side, with its real times."""
    account = Account(**ACCOUNT)
    app = web.Application()
    add_api(app, account)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", API_PORT).start()
    calls = Calls(account, f"{bot.settings.bot_url}/webhooks/wechat/webhook")
    try:
        yield calls
    finally:
        await calls.close()
        await runner.cleanup()


def new_openid() -> str:
    return f"oTest{time.time_ns()}"


def phone_number() -> str:
    lender = yaml.safe_load(DEMO_LENDER_FILE.read_text(encoding="utf-8"))
    return str(next(row["phone"] for row in lender["borrowers"] if row["borrower_id"] == BORROWER))


async def bound(calls: Calls, lender: BackendCalls) -> str:
    """A phone that speaks for the borrower, bound in the conversation itself."""
    openid = new_openid()
    await calls.say(openid, "绑定")
    await calls.say(openid, phone_number())
    code = lender.get("/desk/outbox")["messages"][0]["code"]
    outcome = await calls.say(openid, code)
    assert "绑好了" in outcome.text, calls.account.person(openid).shown
    return openid


async def offered(calls: Calls, openid: str, title: str) -> None:
    """Waits for a menu message with such an item, and taps it."""
    person = calls.account.person(openid)

    def found() -> bool:
        return any(title in text for row in person.shown if row["kind"] == "menu" for _, text in row["items"])

    await until(found, lambda: person.shown)
    await calls.tap(openid, title)


def test_a_deferral_from_the_first_word_to_the_filing(wechat_bot: WholeBot, lender: BackendCalls) -> None:
    async def scene() -> None:
        async with phones(wechat_bot) as calls:
            openid = await bound(calls, lender)
            await calls.say(openid, "我这个月还不上了，能晚半个月还吗")
            await offered(calls, openid, "不想说")
            await offered(calls, openid, "提交")
            await until(lambda: any("提交好了" in text for text in calls.account.person(openid).texts()))
            rows = [row for row in lender.rows("requests") if row["borrower_id"] == BORROWER and row["status"] == "pending"]
            assert [row["kind"] for row in rows] == ["deferral"]

    asyncio.run(scene())


def test_neither_number_nor_code_of_a_binding_rests_anywhere(wechat_bot: WholeBot, lender: BackendCalls) -> None:
    async def scene() -> None:
        async with phones(wechat_bot) as calls:
            openid = new_openid()
            await calls.say(openid, "绑定")
            await calls.say(openid, phone_number())
            code = lender.get("/desk/outbox")["messages"][0]["code"]
            await calls.say(openid, code)
            state = wechat_bot.settings.state_dir
            kept = b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())
            assert phone_number().encode() not in kept
            assert code.encode() not in kept

    asyncio.run(scene())


def test_somebody_who_is_not_bound_hears_no_account(wechat_bot: WholeBot, lender: BackendCalls) -> None:
    async def scene() -> None:
        async with phones(wechat_bot) as calls:
            openid = new_openid()
            await calls.say(openid, "我还欠多少")
            texts = await until(lambda: calls.account.person(openid).texts(), lambda: calls.account.person(openid).shown)
            assert "绑定" in "\n".join(texts) and "元" not in "\n".join(texts)

    asyncio.run(scene())


def test_a_typed_command_is_text(wechat_bot: WholeBot, lender: BackendCalls) -> None:
    async def scene() -> None:
        async with phones(wechat_bot) as calls:
            openid = await bound(calls, lender)
            await calls.say(openid, "/action_file_deferral")
            await calls.say(openid, '/request_deferral{"deferral_days": 15}')
            mine = [
                row["kind"] for row in lender.rows("requests") if row["borrower_id"] == BORROWER and row["status"] == "pending"
            ]
            assert "deferral" not in mine, (mine, calls.account.person(openid).shown)

    asyncio.run(scene())


def test_the_lender_is_away_and_the_borrower_hears_it(wechat_bot: WholeBot) -> None:
    async def scene() -> None:
        async with phones(wechat_bot) as calls:
            openid = new_openid()
            await calls.say(openid, "我还欠多少")
            await until(lambda: calls.account.person(openid).texts(), lambda: calls.account.person(openid).shown)

    asyncio.run(scene())


def test_what_was_said_is_deleted_after_a_yes_and_the_phone_is_told(wechat_bot: WholeBot, lender: BackendCalls) -> None:
    def proof() -> dict[str, object]:
        found = lender.get(f"/borrowers/{BORROWER}/erasures")["erasures"]
        return dict(found[0]) if found and found[0]["done_at"] else {}

    async def scene() -> None:
        async with phones(wechat_bot) as calls:
            openid = await bound(calls, lender)
            await calls.say(openid, "我老公摔断腿住院了")
            await calls.say(openid, "删除我的聊天记录")
            await offered(calls, openid, "删除")
            await until(lambda: any("回执号ER" in text for text in calls.account.person(openid).texts()))
            for _ in range(120):  # WeChat's own tries come first, and are over after twenty seconds
                if proof():
                    break
                await asyncio.sleep(0.5)
            assert proof()["removed"]["events"] > 5  # type: ignore[index]
            await until(lambda: any("之前的聊天记录都删了" in text for text in calls.account.person(openid).texts()))
            state = wechat_bot.settings.state_dir
            kept = b"".join(path.read_bytes() for path in state.rglob("*.db*"))
            assert "摔断".encode() not in kept and b"\\u6454\\u65ad" not in kept
            await calls.say(openid, "我还欠多少")
            await until(lambda: any("元" in text for text in calls.account.person(openid).texts()))

    asyncio.run(scene())
