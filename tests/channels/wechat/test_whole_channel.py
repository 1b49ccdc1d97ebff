"""The channel from end to end: WeChat's side, the protocol, the forms and a real lender; only the bot follows a script."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from rasa.core.channels.channel import UserMessage

from bot.channels.wechat.fonts import find_font
from bot.channels.wechat.front import Front
from bot.client import LoanClient
from bot.commands import wechat as wechat_command
from bot.identity import Speaker
from tests.backend.helpers import loan_of
from tests.channels.wechat.test_forms import plan
from tests.support.backend import SERVICE_TOKEN, TODAY, BackendCalls, backend_in_a_thread
from tests.support.chat import SECRETS, ScriptedBot
from tests.support.wechat.account import Account
from tests.support.wechat.running import RunningWeChat, running_channel, until, wechat_environment, weixin_of

HER, PHONE = "oWang-0001", "13800001001"


async def script(message: UserMessage) -> None:
    """Shows the plan to whoever asks, and repeats everything else with two answers to choose from."""
    out: Any = message.output_channel
    if message.text in ("/ask_bill", "我的账单"):
        await out.send_text_message(message.sender_id, "眼前这一期还1,080.84元。")
        await out.send_custom_json(message.sender_id, {"card": plan(12, overdue=1)})
        return
    buttons = [{"title": "好", "payload": '/affirm{"quote_id": "Q1"}'}, {"title": "不", "payload": "/deny"}]
    await out.send_text_with_buttons(message.sender_id, f"听到：{message.text}", buttons)


class LateFront:
    """The real front, which needs parts that are made after it is asked for."""

    real: Front | None = None

    @property
    def forms(self) -> LateFront:
        return self

    def pieces(self, *said: Any, **limits: Any) -> Any:
        assert self.real is not None
        return self.real.forms.pieces(*said, **limits)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["real"], name)


@asynccontextmanager
async def whole_channel(folder: Path, backend: BackendCalls, account: Account, **env: object) -> AsyncIterator[RunningWeChat]:
    front = LateFront()
    async with weixin_of(account) as weixin, running_channel(folder, weixin, ScriptedBot(script), front=front, **env) as wechat:
        client = LoanClient(backend.url, SERVICE_TOKEN)
        front.real = Front(wechat.parts.store, client, wechat.parts.platform.download_media, TODAY)
        yield wechat


async def binds(wechat: RunningWeChat, backend: BackendCalls) -> None:
    await wechat.calls.say(HER, "绑定")
    await wechat.calls.say(HER, PHONE)
    await wechat.calls.say(HER, backend.get("/desk/outbox")["messages"][0]["code"])
    await wechat.sees("绑好了，王女士", HER)


def test_from_following_to_a_proof_handed_in(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scenario(backend: BackendCalls) -> None:
        async with whole_channel(tmp_path, backend, Account(aes_key="k" * 43)) as wechat:
            await wechat.calls.event(HER, "subscribe")
            await wechat.sees("我是还伴", HER)
            await wechat.calls.say(HER, "还款日怎么定的")
            assert Speaker("wechat", "B1001").conversation_id(SECRETS["HUANBAN_CONVERSATION_SECRET"]) != wechat.bot.heard[-1][0]
            await binds(wechat, backend)
            # The plan, by the account's menu: text, and a picture where the machine has a font.
            await wechat.calls.event(HER, "CLICK", "my_plan")
            row = await wechat.sees("青禾借款的还款计划", HER)
            assert "１０８０．８４" in row["text"] and "（已逾期）" in row["text"]
            assert wechat.bot.heard[-1] == (
                Speaker("wechat", "B1001").conversation_id(SECRETS["HUANBAN_CONVERSATION_SECRET"]),
                "/ask_bill",
            )
            # An answer to choose from, tapped, then typed as text that only looks like a command.
            await wechat.calls.say(HER, "/affirm")
            assert wechat.bot.texts[-1] == "／affirm"
            # The menu follows the reply by itself.
            shown = wechat.person(HER).shown
            await until(lambda: any(title == "好" for row in shown if row["kind"] == "menu" for _, title in row["items"]))
            await wechat.calls.tap(HER, "好")
            assert wechat.bot.texts[-1] == '/affirm{"quote_id": "Q1"}'
            # A proof.
            loan = loan_of(backend, "on_time")
            request_id = loan.file(loan.quote())["request_id"]
            file = io.BytesIO()
            Image.new("RGB", (60, 40), "white").save(file, "JPEG")
            wechat.weixin.account.media["M1"] = (file.getvalue(), "image/jpeg")
            await wechat.calls.deliver(wechat.person(HER), {"MsgType": "image", "PicUrl": "http://x/1", "MediaId": "M1"})
            await wechat.sees(request_id, HER)
            assert [evidence["request_id"] for evidence in backend.rows("evidence")] == [request_id]

    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        asyncio.run(scenario(backend))


@pytest.mark.skipif(find_font() is None, reason="no font with Chinese on this machine")
def test_the_picture_of_a_plan_arrives_as_the_png_that_was_drawn(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scenario(backend: BackendCalls) -> None:
        account = Account()
        async with whole_channel(tmp_path, backend, account) as wechat:
            await wechat.calls.say(HER, "我的账单")
            for _ in range(200):
                if account.media:
                    break
                await asyncio.sleep(0.02)
            ((content, kind),) = account.media.values()
            assert kind == "image/png" and Image.open(io.BytesIO(content)).width == 1080

    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        asyncio.run(scenario(backend))


def test_an_account_without_service_messages_shows_a_list_whose_numbers_are_understood(
    tmp_path: Path, seeded_ledger: Path
) -> None:
    async def scenario(backend: BackendCalls) -> None:
        off = {"HUANBAN_WECHAT_SERVICE_MESSAGES": "off"}
        async with whole_channel(tmp_path, backend, Account(may_send=False), **off) as wechat:
            outcome = await wechat.calls.say(HER, "你好")
            assert outcome.text.splitlines()[-2:] == ["1. 好", "2. 不"]
            await wechat.calls.say(HER, "２")
            assert wechat.bot.texts[-1] == "/deny"

    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        asyncio.run(scenario(backend))


def test_phone_and_code_reach_neither_the_bot_nor_the_channels_database(tmp_path: Path, seeded_ledger: Path) -> None:
    codes = []

    async def scenario(backend: BackendCalls) -> None:
        async with whole_channel(tmp_path, backend, Account()) as wechat:
            await wechat.calls.say(HER, "绑定")
            await wechat.calls.say(HER, PHONE)
            codes.append(backend.get("/desk/outbox")["messages"][0]["code"])
            await wechat.calls.say(HER, codes[0])
            await wechat.sees("绑好了", HER)
            assert all(PHONE not in text and codes[0] not in text for text in wechat.bot.texts)
            database = str(wechat.parts.store.engine.url.database)
        with sqlite3.connect(database) as db:
            everything = "\n".join(db.iterdump())
        assert PHONE not in everything and codes[0] not in everything

    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        asyncio.run(scenario(backend))


def test_the_menu_is_put_up_by_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> int:
        account = Account()
        async with weixin_of(account) as weixin:
            for name, value in {**SECRETS, **wechat_environment(account, weixin.url)}.items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("HUANBAN_STATE_DIR", str(tmp_path))
            status = await asyncio.to_thread(wechat_command.main, ["menu", "--upload"])
        assert [button["name"] for button in account.menu["button"]] == ["我的账单", "还不上了", "找人帮忙"]
        return status

    assert asyncio.run(scenario()) == 0
    assert "找人工 → /request_human" in capsys.readouterr().out
