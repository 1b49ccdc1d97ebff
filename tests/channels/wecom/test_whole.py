"""The channel from end to end: WeCom's side, the pull, WeChat's forms, and a real lender; only the bot follows a script."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from PIL import Image
from rasa.core.channels.channel import UserMessage

from bot.channels.wechat.said import Button, Piece, Said
from bot.channels.wecom.forms import WeComForms
from bot.channels.wecom.parts import WeComParts
from tests.support.backend import SERVICE_TOKEN, TODAY, BackendCalls, backend_in_a_thread
from tests.support.chat import ScriptedBot
from tests.support.wechat.running import PlainForms, until
from tests.support.wecom.running import HER, WeCom, running_channel, wecom_of
from tests.support.wecom.service import Service

PHONE = "13800001001"  # Ms Wang's, B1001


async def script(message: UserMessage) -> None:
    """Shows where one can pay to whoever asks, and repeats everything else with two answers to choose from."""
    out: Any = message.output_channel
    if message.text == "去还款":
        url = "https://example.test/s/1"
        card = {"type": "secure_link", "url": url, "title": "pay", "expires_at": "2026-11-24T20:00:00+08:00"}
        await out.send_text_message(message.sender_id, f"在这里还：\n{url}")
        await out.send_custom_json(message.sender_id, {"card": card})
        return
    buttons = [{"title": "好", "payload": '/affirm{"quote_id": "Q1"}'}, {"title": "不", "payload": "/deny"}]
    await out.send_text_with_buttons(message.sender_id, f"听到：{message.text}", buttons)


def whole(tmp_path: Path, ledger: Path, scene: Callable[[WeCom, BackendCalls, ScriptedBot, WeComParts], Awaitable[None]]) -> None:
    """Plays a scene with everything that it needs."""

    async def played(backend: BackendCalls) -> None:
        bot = ScriptedBot(script)
        lender = {"HUANBAN_BACKEND_URL": backend.url, "HUANBAN_SERVICE_TOKEN": SERVICE_TOKEN, "HUANBAN_TODAY": TODAY}
        async with wecom_of(Service()) as wecom:
            async with running_channel(tmp_path, wecom, bot, real_front=True, **lender) as parts:
                await scene(wecom, backend, bot, parts)

    with backend_in_a_thread(tmp_path / "ledger", template=ledger) as backend:
        asyncio.run(played(backend))


async def binds(wecom: WeCom, backend: BackendCalls) -> str:
    """The code with which it was done."""
    await wecom.says("绑定")
    await wecom.sees("登记的手机号")
    await wecom.says(PHONE)
    await wecom.sees("尾号1001")
    code = str(backend.get("/desk/outbox")["messages"][0]["code"])
    await wecom.says(code)
    await wecom.sees("绑好了，王女士")
    return code


def test_from_the_welcome_to_a_bound_borrower_whose_number_and_code_are_nowhere(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scene(wecom: WeCom, backend: BackendCalls, bot: ScriptedBot, parts: WeComParts) -> None:
        wecom.service.enter(HER)
        await wecom.calls_back()
        welcome = await wecom.sees("我是还伴")
        assert welcome["by"] == "send_msg_on_event" and welcome["kind"] == "msgmenu"
        code = await binds(wecom, backend)
        assert bot.texts == []
        kept = "".join(path.read_bytes().decode("utf-8", "replace") for path in tmp_path.glob("wecom.db*"))
        assert PHONE not in kept and f'"{code}"' not in kept
        await wecom.says("我欠多少")
        await wecom.sees("听到：我欠多少")
        assert bot.heard[0][0].startswith("wecom.B1001.")
        assert backend.get(f"/bindings?channel=wecom&openid={HER}")["borrower_id"] == "B1001"
        # An official account's openid of the same name would be somebody else.
        assert backend.call("GET", f"/bindings?channel=wechat&openid={HER}").status_code == 404
        await wecom.says("解绑")
        await wecom.sees("解绑了")
        await wecom.says("我欠多少呢")
        await wecom.sees("听到：我欠多少呢")
        assert bot.heard[-1][0].startswith("wecom.guest-")

    whole(tmp_path, seeded_ledger, scene)


def test_buttons_are_a_menu_message_and_come_back_as_what_they_mean(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scene(wecom: WeCom, backend: BackendCalls, bot: ScriptedBot, parts: WeComParts) -> None:
        await wecom.says("办延期")
        menu = await wecom.sees("听到：办延期")
        assert menu["kind"] == "msgmenu" and [title for _, title in menu["items"]] == ["好", "不"]
        assert "affirm" not in str(menu)
        await wecom.taps("好")
        await until(lambda: len(bot.texts) == 2)
        await wecom.sees("/affirm")
        await wecom.says("2")
        await until(lambda: len(bot.texts) == 3)
        await wecom.says("/affirm")
        await until(lambda: len(bot.texts) == 4)
        assert bot.texts == ["办延期", '/affirm{"quote_id": "Q1"}', "/deny", "／affirm"]

    whole(tmp_path, seeded_ledger, scene)


def test_a_link_is_a_card_and_a_picture_of_somebody_who_is_not_bound_is_not_taken(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scene(wecom: WeCom, backend: BackendCalls, bot: ScriptedBot, parts: WeComParts) -> None:
        await wecom.says("去还款")
        link = await until(lambda: next((row for row in wecom.customer().shown if row["kind"] == "link"), None))
        assert link["url"] == "https://example.test/s/1"
        png = io.BytesIO()
        Image.new("RGB", (60, 60), "white").save(png, "PNG")
        wecom.service.media["media-1"] = (png.getvalue(), "image/png")
        wecom.service.write(HER, "image", {"media_id": "media-1"})
        await wecom.calls_back()
        await wecom.sees("先确认是您本人")
        await binds(wecom, backend)
        wecom.service.write(HER, "image", {"media_id": "media-1"})
        await wecom.calls_back()
        await wecom.sees("没有等着看的申请")
        said = {"voice": "没听清", "video": "视频我还看不了", "link": "链接我不会点开", "note": "这个我看不了"}
        for kind, answer in said.items():
            wecom.service.write(HER, kind, {})
            await wecom.calls_back()
            await wecom.sees(answer)

    whole(tmp_path, seeded_ledger, scene)


def test_nothing_of_this_channel_lies_where_the_official_account_looks(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scene(wecom: WeCom, backend: BackendCalls, bot: ScriptedBot, parts: WeComParts) -> None:
        await wecom.says("我欠多少")
        await wecom.sees("听到：我欠多少")
        assert not (tmp_path / "wechat.db").exists()
        with closing(sqlite3.connect(tmp_path / "wecom.db")) as database:
            (cursor,) = database.execute("SELECT cursor FROM wecom_accounts").fetchone()
        assert cursor == f"c{len(wecom.service.log)}"

    whole(tmp_path, seeded_ledger, scene)


def test_a_text_that_is_too_long_for_the_head_of_a_menu_goes_before_it() -> None:
    said = [Said("一句话有十个字左右。" * 60, (Button("好", "/affirm"),))]
    pieces = WeComForms(PlainForms()).pieces(said, HER, may_use_service_messages=True, at_most=4)
    assert [piece.kind for piece in pieces] == ["text", "menu"]
    assert isinstance(pieces[0], Piece) and "".join(piece.text for piece in pieces) == said[0].text
    assert all(len(piece.text.encode()) <= 1024 for piece in pieces) and pieces[1].items
