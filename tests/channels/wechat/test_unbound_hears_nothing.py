"""Who holds a phone that was unbound hears nothing of the borrower's any more, and nothing of it stays in the channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage

from bot.channels.wechat.deliveries import Deliveries, Delivery
from bot.channels.wechat.front import Front
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.said import Said
from bot.channels.wechat.store import Store, deliveries
from bot.client import LoanClient
from tests.channels.wechat.test_whole_channel import PHONE, LateFront
from tests.support.backend import SERVICE_TOKEN, TODAY, BackendCalls, backend_in_a_thread
from tests.support.chat import ScriptedBot
from tests.support.wechat.account import Account
from tests.support.wechat.running import SHORT, RunningWeChat, running_channel, until, weixin_of

LOST, NEW = "oWang-lost-phone", "oWang-new-phone"
DEBT = "您还欠1,080.84元。"
NO_RIGHT = {"HUANBAN_WECHAT_SERVICE_MESSAGES": "off"}


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


# The rows.


@pytest.fixture
def rows(tmp_path: Path) -> Any:
    store = Store(f"sqlite:///{tmp_path / 'wechat.db'}", Clock())
    yield Deliveries(store)
    store.close()


def arrives(rows: Deliveries, key: str, openid: str = LOST) -> Delivery:
    return rows.accept(Incoming("text", openid, "gh", key, 1, text="我的账单"), lambda incoming: incoming, f"nonce {key}")


def words_left(rows: Deliveries) -> list[Any]:
    found = rows._store.read(lambda c: c.execute(sa.select(deliveries)).all())
    return [row.delivery_key for row in found if row.answer or row.reply]


def test_whatever_way_an_answer_was_to_go_it_goes_none(rows: Deliveries) -> None:
    unclaimed = arrives(rows, "m:unclaimed")
    rows.finish(unclaimed.number, LOST, [Said(DEBT)])
    given = arrives(rows, "m:given")
    rows.finish(given.number, LOST, [Said(DEBT)], claim=True)
    rows.given(given.number, f"<xml>{DEBT}</xml>")
    rows.put_to_wait(LOST, [Said(DEBT)])
    service = rows.put_to_wait(LOST, [Said(DEBT)], way="service")
    rows.put_to_wait(LOST, [Said(DEBT)], key=f"d:DF1:{LOST}", purpose="decision")
    rows.put_to_wait(NEW, [Said(DEBT)], key=f"d:DF1:{NEW}", purpose="decision")
    rows.silence(LOST)
    assert words_left(rows) == [f"d:DF1:{NEW}"]
    assert not rows.waits(LOST) and rows.waits(NEW)
    assert rows.claim(unclaimed.number) is None and rows.claim_service(service) is None
    assert [rows.look(number).reply for number in (unclaimed.number, given.number)] == ["", ""]
    rows._store.clock.now += 300  # type: ignore[attr-defined]
    assert rows.left_behind(20, "service") == []
    assert not rows.put_to_wait(LOST, [Said(DEBT)], key=f"d:DF1:{LOST}", purpose="decision")  # is not told once more


def test_the_same_delivery_again_is_the_same_row_and_runs_nothing(rows: Deliveries) -> None:
    first = arrives(rows, "m:1")
    rows.finish(first.number, LOST, [Said(DEBT)], claim=True)
    rows.given(first.number, DEBT)
    rows.silence(LOST)
    again = arrives(rows, "m:1")
    assert (again.number, again.is_new, again.begun_here, again.reply) == (first.number, False, False, "")


def test_what_was_on_its_way_does_not_come_back_to_wait(rows: Deliveries) -> None:
    number = rows.put_to_wait(LOST, [Said(DEBT)], way="service")
    assert rows.claim_service(number) is not None
    decision = rows.put_to_wait(LOST, [Said(DEBT)], key="d:DF1", purpose="decision", way="sending")
    call = arrives(rows, "m:1")
    rows.finish(call.number, LOST, [Said(DEBT)], claim=True)
    rows.silence(LOST)
    rows.sent(number, [Said(DEBT)])  # the platform refused it
    rows.goes(decision, "waiting")
    rows.given(call.number, DEBT, [Said(DEBT)])
    assert words_left(rows) == [] and not rows.waits(LOST)


def test_a_turn_that_is_being_run_on_the_other_phone_ends_in_nothing_and_the_next_one_is_answered(rows: Deliveries) -> None:
    running, next_one = arrives(rows, "m:1"), arrives(rows, "m:2")
    rows.silence(LOST, turns_too=True)
    assert not rows.call_ends(running.number, "waiting", "…")
    finished = rows.finish(running.number, LOST, [Said(DEBT)], claim=True)
    assert (finished.way, finished.claimed) == (None, None) and words_left(rows) == []
    assert finished.following is not None and finished.following.number == next_one.number
    assert rows.finish(next_one.number, LOST, [Said("一般的答复")], claim=True).claimed == [Said("一般的答复")]


def test_the_turn_that_unbinds_says_goodbye(rows: Deliveries) -> None:
    rows.put_to_wait(LOST, [Said(DEBT)])
    mine = arrives(rows, "m:1")
    rows.silence(LOST)
    assert rows.finish(mine.number, LOST, [Said("解绑了。")], claim=True).claimed == [Said("解绑了。")]


# The whole channel, before a real lender.


@asynccontextmanager
async def channel(folder: Path, backend: BackendCalls, **env: object) -> AsyncIterator[RunningWeChat]:
    async def script(message: UserMessage) -> None:
        slow = "欠多少" in message.text
        await asyncio.sleep(18 * SHORT if slow else 0)  # after the last try
        await message.output_channel.send_response(message.sender_id, {"text": DEBT if slow else "听到了。"})

    front = LateFront()
    async with weixin_of(Account(may_send=not env)) as weixin:
        async with running_channel(folder, weixin, ScriptedBot(script), front=front, **env) as wechat:
            client = LoanClient(backend.url, SERVICE_TOKEN)
            front.real = Front(wechat.parts.store, client, wechat.parts.platform.download_media, TODAY)
            yield wechat


async def binds(wechat: RunningWeChat, backend: BackendCalls, openid: str) -> None:
    await wechat.calls.say(openid, "绑定")
    await wechat.calls.say(openid, PHONE)
    await wechat.calls.say(openid, backend.get("/desk/outbox")["messages"][0]["code"])
    await wechat.sees("绑好了，王女士", openid)


def played(folder: Path, ledger: Path, scenario: Callable[[RunningWeChat, BackendCalls], Awaitable[None]], **env: object) -> None:
    async def scene(backend: BackendCalls) -> None:
        async with channel(folder, backend, **env) as wechat:
            await binds(wechat, backend, LOST)
            await scenario(wechat, backend)
            await asyncio.sleep(2 * SHORT)
            assert not any(DEBT in text for text in wechat.person(LOST).texts()), wechat.person(LOST).shown
            query = sa.select(deliveries).where(deliveries.c.openid == LOST)
            found = wechat.parts.store.read(lambda c: c.execute(query).all())
            assert found and not any("1,080" in str((row.answer, row.reply, row.incoming)) for row in found)

    with backend_in_a_thread(folder / "ledger", template=ledger) as backend:
        asyncio.run(scene(backend))


async def a_debt_waits(wechat: RunningWeChat) -> None:
    """She asks, and does not fetch what took too long."""
    await wechat.calls.say(LOST, "我欠多少")
    await until(lambda: wechat.parts.rows.waits(LOST))


@pytest.mark.parametrize("asks", ["解绑", "解绑其他微信"])
@pytest.mark.parametrize("finder_says", ["在吗", "继续"])
def test_what_waited_is_not_what_the_finder_hears(tmp_path: Path, seeded_ledger: Path, asks: str, finder_says: str) -> None:
    async def scenario(wechat: RunningWeChat, backend: BackendCalls) -> None:
        await a_debt_waits(wechat)
        if asks == "解绑":
            assert "解绑了" in (await wechat.calls.say(LOST, asks)).text
        else:
            await until(lambda: not wechat.parts.turns.is_running(LOST))
            # The binding of the new phone says so itself; what waits for the old one stays where it is until then.
            await binds(wechat, backend, NEW)
            assert "其他1个" in (await wechat.calls.say(NEW, asks)).text
        assert (await wechat.calls.say(LOST, finder_says)).text

    played(tmp_path, seeded_ledger, scenario, **NO_RIGHT)


@pytest.mark.parametrize("right", [{}, NO_RIGHT], ids=["with customer-service messages", "without"])
def test_a_turn_that_runs_on_the_lost_phone_meanwhile_ends_in_nothing(
    tmp_path: Path, seeded_ledger: Path, right: dict[str, str]
) -> None:
    async def scenario(wechat: RunningWeChat, backend: BackendCalls) -> None:
        await binds(wechat, backend, NEW)
        asking = asyncio.create_task(wechat.calls.say(LOST, "我欠多少"))
        await until(lambda: "我欠多少" in wechat.bot.texts)
        goodbye = await wechat.calls.say(NEW, "解绑其他微信")
        assert "其他1个" in goodbye.text
        await asking
        await until(lambda: not wechat.parts.turns.is_running(LOST))
        assert (await wechat.calls.say(LOST, "在吗")).text == "听到了。"

    played(tmp_path, seeded_ledger, scenario, **right)


@pytest.mark.parametrize("finder_says", ["在吗", "绑定"])
def test_what_the_lender_unbinds_by_itself_is_noticed_before_anything_goes_out(
    tmp_path: Path, seeded_ledger: Path, finder_says: str
) -> None:
    async def scenario(wechat: RunningWeChat, backend: BackendCalls) -> None:
        await a_debt_waits(wechat)
        backend.call("DELETE", f"/bindings?channel=wechat&openid={LOST}")
        # The minute is over for which the lender is not asked.
        wechat.parts.store.write(lambda c: c.execute(sa.text("UPDATE wechat_people SET speaker_until = 0")))
        assert (await wechat.calls.say(LOST, finder_says)).text

    played(tmp_path, seeded_ledger, scenario, **NO_RIGHT)
