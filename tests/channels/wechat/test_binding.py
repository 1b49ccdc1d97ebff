"""Who is speaking in WeChat: bound by a code from the lender, unbound, bound anew; and what is kept of it nowhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.wechat.front import Front
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.said import Button, Meant, Said
from bot.channels.wechat.store import Store
from bot.client import LoanClient
from bot.client.errors import BackendUnavailable
from bot.identity import speaker_of
from tests.support.backend import SERVICE_TOKEN, BackendCalls, backend_in_a_thread

PHONE = "13800001001"  # Ms Wang's, B1001
LIS_PHONE = "13900001002"  # Mr Li's, B1002


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Account:
    """A borrower's WeChat, as far as the front of the channel sees it."""

    front: Front
    store: Store
    clock: Clock
    backend: BackendCalls
    openid: str = "oWang-0001"

    def types(self, text: str, kind: str = "text") -> str | None:
        """What the binding dialogue answers; None when the message is none of its."""
        said = asyncio.run(self.front.private(self._incoming(text, kind)))
        return None if said is None else "\n".join(message.text for message in said)

    def hears(self, text: str = "", **fields: Any) -> Meant | list[Said]:
        return asyncio.run(self.front.hear(self._incoming(text, **fields)))

    def borrower(self) -> str | None:
        return asyncio.run(self.front.speaker(self.openid)).borrower_id

    def code(self) -> str:
        return str(self.backend.get("/desk/outbox")["messages"][0]["code"])

    def binds(self, phone: str = PHONE) -> str:
        self.types("绑定")
        self.types(phone)
        return self.types(self.code()) or ""

    def other(self, openid: str) -> Account:
        return Account(self.front, self.store, self.clock, self.backend, openid)

    def _incoming(self, text: str, kind: str = "text", **fields: Any) -> Incoming:
        heard = {"recognition": text} if kind == "voice" else {"text": text}
        return Incoming(kind, self.openid, "gh_account", "m:1", 1_790_000_000, **{**heard, **fields})


def client_of(url: str) -> LoanClient:
    return LoanClient(url, SERVICE_TOKEN, connect_timeout=1, read_timeout=5, pause=lambda _: None)


def no_download(media_id: str) -> tuple[bytes, str]:
    raise AssertionError("nothing is fetched here")


@pytest.fixture
def wechat(tmp_path: Path, seeded_ledger: Path) -> Iterator[Account]:
    clock = Clock()
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        store = Store(f"sqlite:///{tmp_path / 'wechat.db'}", clock)
        yield Account(Front(store, client_of(backend.url), no_download, "2026-11-24"), store, clock, backend)
        store.close()


def test_somebody_who_is_not_bound_is_a_guest_whose_conversation_does_not_show_the_openid(wechat: Account) -> None:
    speaker = asyncio.run(wechat.front.speaker(wechat.openid))
    assert speaker.borrower_id is None and wechat.openid not in speaker.conversation_id("secret")
    other = asyncio.run(wechat.front.speaker("oLi-0002"))
    assert other.conversation_id("secret") != speaker.conversation_id("secret")
    assert speaker_of(speaker.conversation_id("secret"), "secret") == speaker


def test_the_whole_way_to_being_bound(wechat: Account) -> None:
    assert "手机号" in str(wechat.types("绑定"))
    assert "尾号1001" in str(wechat.types(PHONE))
    assert str(wechat.types(wechat.code())).startswith("绑好了，王女士。")
    assert wechat.borrower() == "B1001"


@pytest.mark.parametrize(
    "typed", ["138 0000 1001", "+86 138-0000-1001", "１３８００００１００１", "我的号是13800001001", "一三八零零零零一零零一"]
)
def test_a_phone_number_may_be_written_as_people_write_it(wechat: Account, typed: str) -> None:
    wechat.types("我要绑定")
    assert "尾号1001" in str(wechat.types(typed))


@pytest.mark.parametrize("as_written", ["{}", "{}。", "验证码{}", "是 {} 吧", "{0[0]} {0[1]} {0[2]} {0[3]} {0[4]} {0[5]}"])
def test_a_code_may_be_written_as_people_write_it(wechat: Account, as_written: str) -> None:
    wechat.types("绑定")
    wechat.types(PHONE)
    assert str(wechat.types(as_written.format(wechat.code()))).startswith("绑好了")


def test_number_and_code_may_be_spoken_where_wechat_hears_them(wechat: Account) -> None:
    wechat.types("绑定", kind="voice")
    assert "尾号1001" in str(wechat.types("幺三八零零零零幺零零幺。", kind="voice"))
    assert str(wechat.types(wechat.code(), kind="voice")).startswith("绑好了")


def test_a_wrong_code_says_how_often_one_may_try_and_then_it_is_over(wechat: Account) -> None:
    wechat.types("绑定")
    wechat.types(PHONE)
    wrong = f"{(int(wechat.code()) + 1) % 10**6:06d}"
    said = [str(wechat.types(wrong)) for _ in range(5)]
    assert [f"再试{left}次" in text for left, text in zip((4, 3, 2, 1), said, strict=False)] == [True] * 4
    assert "作废" in said[4] and wechat.types(wrong) is None and wechat.borrower() is None


def test_an_unknown_phone_is_answered_as_a_known_one_is(wechat: Account) -> None:
    wechat.types("绑定")
    known = str(wechat.types(PHONE)).replace("1001", "****")
    stranger = wechat.other("oStranger")
    stranger.types("绑定")
    assert str(stranger.types("13711112222")).replace("2222", "****") == known


def test_whatever_else_is_said_meanwhile_goes_its_way_and_the_dialogue_waits(wechat: Account) -> None:
    wechat.types("绑定")
    assert wechat.types("我真的还不上了，怎么办") is None
    assert wechat.types("还有3天到期") is None
    wechat.types(PHONE)
    assert wechat.types("这个安全吗") is None
    assert str(wechat.types(wechat.code())).startswith("绑好了")


def test_a_number_that_is_no_phone_is_asked_for_again_and_goes_nowhere(wechat: Account) -> None:
    wechat.types("绑定")
    assert "11位" in str(wechat.types("1380000100"))
    assert "11位" in str(wechat.types("510100196001011234"))  # an identity card
    assert wechat.backend.rows("binding_codes") == []


def test_the_dialogue_can_be_left(wechat: Account) -> None:
    wechat.types("绑定")
    assert "不绑了" in str(wechat.types("不绑了"))
    assert wechat.types(PHONE) is None


def test_after_ten_minutes_nobody_waits_for_a_number_any_more(wechat: Account) -> None:
    wechat.types("绑定")
    wechat.clock.now += 601
    assert wechat.types("123456") is None


def test_another_code_is_sent_on_asking_and_the_first_is_worth_nothing(wechat: Account) -> None:
    wechat.types("绑定")
    wechat.types(PHONE)
    first = wechat.code()
    assert "手机号" in str(wechat.types("没收到"))
    wechat.types(PHONE)
    second = wechat.code()
    if first != second:
        assert "不对" in str(wechat.types(first))
    assert str(wechat.types(second)).startswith("绑好了")


def test_who_asks_too_often_hears_when_to_ask_again(wechat: Account) -> None:
    wechat.types("绑定")
    for _ in range(5):
        wechat.types("13711112222")
    assert "分钟再试" in str(wechat.types("13711112222"))


def test_unbound_an_openid_speaks_for_nobody_at_once_on_every_server(wechat: Account, tmp_path: Path) -> None:
    wechat.binds()
    store = Store(f"sqlite:///{tmp_path / 'wechat.db'}", wechat.clock)
    other_server = Account(Front(store, client_of(wechat.backend.url), no_download), store, wechat.clock, wechat.backend)
    assert other_server.borrower() == "B1001"
    assert "解绑了" in str(wechat.types("解绑"))
    assert wechat.borrower() is None and other_server.borrower() is None
    assert "不用解绑" in str(wechat.types("解绑"))
    store.close()


def test_bound_anew_an_openid_speaks_for_the_other_borrower_in_another_conversation(wechat: Account) -> None:
    wechat.binds()
    before = asyncio.run(wechat.front.speaker(wechat.openid)).conversation_id("s")
    assert "王女士" in str(wechat.types("绑定"))  # bound already: nothing happens by the way
    wechat.types("解绑")
    assert wechat.binds(LIS_PHONE).startswith("绑好了，李先生")
    assert wechat.borrower() == "B1002"
    assert asyncio.run(wechat.front.speaker(wechat.openid)).conversation_id("s") != before


def test_what_was_shown_before_the_binding_cannot_be_chosen_after_it(wechat: Account) -> None:
    said = [Said("撤回吗？", (Button("撤回", '/undo_request{"request_id": "DF1"}'),))]
    (menu,) = wechat.front.forms.pieces(said, wechat.openid, may_use_service_messages=True, at_most=5)
    wechat.binds()
    for text, item in (("1", ""), ("撤回", menu.items[0][0])):
        heard = wechat.hears(text, bizmsgmenuid=item)
        assert isinstance(heard, Meant) and heard.payload == ""


def test_two_accounts_of_one_borrower_share_a_conversation_and_each_is_told_of_the_other(wechat: Account) -> None:
    wechat.binds()
    second = wechat.other("oWang-new-phone")
    assert "还有1个微信" in second.binds()
    conversations = {asyncio.run(wechat.front.speaker(openid)).conversation_id("s") for openid in (wechat.openid, second.openid)}
    assert len(conversations) == 1
    assert "其他1个" in str(second.types("解绑其他微信"))
    assert wechat.borrower() is None and second.borrower() == "B1001"


def test_who_unfollows_is_unbound_and_nothing_of_the_openid_stays(wechat: Account) -> None:
    wechat.binds()
    assert wechat.hears(kind="event", event="unsubscribe") == []
    assert wechat.backend.rows("bindings") == []
    with wechat.store.engine.connect() as connection:
        for table in ("wechat_people", "wechat_lists"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0  # noqa: S608
    assert wechat.borrower() is None


def test_phone_and_code_are_in_no_log_and_not_in_the_channels_database(
    wechat: Account, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wechat.types("绑定")
    wechat.types(PHONE)
    code = wechat.code()
    wechat.types(code)
    assert PHONE not in caplog.text and code not in caplog.text
    wechat.store.close()
    for file in tmp_path.glob("wechat.db*"):
        assert PHONE.encode() not in file.read_bytes() and code.encode() not in file.read_bytes()


def test_without_the_lender_nobody_is_taken_for_anybody(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'wechat.db'}")
    front = Front(store, client_of("http://127.0.0.1:9"), no_download)
    with pytest.raises(BackendUnavailable):
        asyncio.run(front.speaker("oWang-0001"))
    with pytest.raises(BackendUnavailable):
        asyncio.run(front.private(Incoming("text", "oWang-0001", "gh", "m:1", 0, text="绑定")))
    store.close()


def test_a_lender_that_fails_in_the_middle_leaves_the_dialogue_where_it_is(wechat: Account) -> None:
    wechat.types("绑定")
    broken = Front(wechat.store, client_of("http://127.0.0.1:9"), no_download)
    with pytest.raises(BackendUnavailable):
        asyncio.run(broken.private(Incoming("text", wechat.openid, "gh", "m:1", 0, text=PHONE)))
    assert "尾号1001" in str(wechat.types(PHONE))


def test_a_tap_in_the_menu_begins_the_binding(wechat: Account) -> None:
    heard = wechat.hears(kind="event", event="click", event_key="bind")
    assert isinstance(heard, list) and "手机号" in heard[0].text
    assert "尾号1001" in str(wechat.types(PHONE))


def test_care_mode_that_the_lender_remembers_is_on_from_the_binding(wechat: Account) -> None:
    wechat.backend.call("PUT", "/borrowers/B1001/care-mode", {"enabled": True})
    wechat.binds()
    assert asyncio.run(wechat.front.known(wechat.openid))[1] is True
