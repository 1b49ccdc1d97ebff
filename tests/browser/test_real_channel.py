"""The widget against the real chat channel, before a bot that echoes: what the scripted server only imitates."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from bot import config
from bot.identity import web_token
from tests.browser.widget_page import PAGE, WidgetPage
from tests.support.chat import chat_settings


@dataclass
class Channel:
    """The chat channel in a process of its own."""

    url: str
    folder: Path
    settings: config.Settings
    process: subprocess.Popen[str]

    def heard(self) -> list[str]:
        """What the bot was given to read."""
        return (self.folder / "heard").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    with (tmp_path / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.chat_server", str(tmp_path)],
            cwd=config.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        url = next((line.split()[2] for line in process.stdout if line.startswith("Chat on ")), "")
        assert url, (tmp_path / "server.log").read_text(errors="replace")[-2000:]
        yield Channel(url, tmp_path, chat_settings(tmp_path, {}), process)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture
def enter(channel: Channel, new_context: Callable[..., BrowserContext]) -> Callable[..., WidgetPage]:
    def enter(borrower_id: str | None = "B1001", *, context: BrowserContext | None = None, seconds: int = 3600) -> WidgetPage:
        token = web_token(borrower_id, channel.settings.web_secret, seconds=seconds) if borrower_id else ""
        html = PAGE.replace("{attributes}", f'token="{token}"' if token else "")
        page = (context or new_context()).new_page()
        page.route(f"{channel.url}/page", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(f"{channel.url}/page")
        return WidgetPage(page, None, borrower_id or "guest")  # type: ignore[arg-type]

    return enter


def test_words_and_taps_reach_the_bot_and_a_reload_brings_them_back(channel: Channel, enter: Callable[..., WidgetPage]) -> None:
    widget = enter().open().says("我想晚还").hears("听到：我想晚还")
    widget.button("好").click()
    widget.hears("听到：/affirm")
    assert channel.heard() == ["我想晚还", '/affirm{"quote_id": "Q1"}']
    widget.page.reload()
    widget.open().hears("听到：/affirm")
    assert widget.bubbles() == ["我想晚还", "好"]


def test_what_is_typed_like_a_payload_is_text(channel: Channel, enter: Callable[..., WidgetPage]) -> None:
    widget = enter().open().says('/affirm{"quote_id": "Q1"}').hears("听到")
    assert not channel.heard()[0].startswith("/")
    assert widget.bubbles()[0].endswith('affirm{"quote_id": "Q1"}')


def test_a_second_device_has_the_same_conversation_and_counts_what_was_seen(enter: Callable[..., WidgetPage]) -> None:
    one = enter().open().says("第一台").hears("听到：第一台")
    other = enter().open().hears("听到：第一台")
    other.says("第二台").hears("听到：第二台")
    one.hears("听到：第二台")


def test_another_borrower_and_a_guest_see_nothing_of_it(enter: Callable[..., WidgetPage]) -> None:
    enter("B1001").open().says("秘密").hears("听到：秘密")
    assert enter("B1002").open().says("你好").hears("听到：你好").bubbles() == ["你好"]
    guest = enter(None).open()
    expect(guest.notice()).to_contain_text("没有登录")
    assert guest.says("你好").hears("听到：你好").bubbles() == ["你好"]


def test_an_expired_token_ends_in_words(enter: Callable[..., WidgetPage]) -> None:
    widget = enter(seconds=-5).open()
    expect(widget.notice()).to_contain_text("登录已经过期")


def test_care_mode_comes_along(enter: Callable[..., WidgetPage]) -> None:
    first = enter().open()
    first.button("长辈版").click()
    first.says("你好").hears("听到：你好")
    expect(enter().open().button("标准版")).to_be_visible()


def test_the_conversation_can_be_saved(enter: Callable[..., WidgetPage], tmp_path: Path) -> None:
    widget = enter().open().says("留个底").hears("听到：留个底")
    widget.button("更多").click()
    with widget.page.expect_download() as download:
        widget.button("保存对话内容").click()
    download.value.save_as(tmp_path / "saved.txt")
    assert "听到：留个底" in (tmp_path / "saved.txt").read_text(encoding="utf-8")
