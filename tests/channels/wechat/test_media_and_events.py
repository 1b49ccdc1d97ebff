"""What is sent and is no text, and what happens around the account: never silence where somebody waits for an answer."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.channels.wechat.front import Front
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.menu import Menu
from bot.channels.wechat.platform import PlatformError
from bot.channels.wechat.said import Button, Meant, Said
from bot.channels.wechat.store import Store
from bot.client import LoanClient
from bot.client.errors import BackendUnavailable
from bot.config import ConfigurationError
from bot.domain import read_domain
from tests.backend.helpers import loan_of
from tests.support.backend import SERVICE_TOKEN, BackendCalls, backend_in_a_thread

OPENID = "oWang-0001"
PHONE = "13800001001"


def photo(where_taken: bool = True) -> bytes:
    """A photo as a phone takes it, with a note of where."""
    exif = Image.Exif()
    if where_taken:
        exif[0x010E] = "at home in Wuhou"
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, "JPEG", exif=exif)
    return file.getvalue()


@dataclass
class Account:
    """A borrower's WeChat before a real lender, and what WeChat would give for each media id."""

    front: Front
    backend: BackendCalls
    media: dict[str, bytes] = field(default_factory=dict)

    def sends(self, kind: str, **fields: Any) -> Meant | list[Said]:
        return asyncio.run(self.front.hear(Incoming(kind, OPENID, "gh_account", "m:1", 1_795_500_000, **fields)))

    def says(self, kind: str, **fields: Any) -> str:
        """The text of what is answered without the bot."""
        said = self.sends(kind, **fields)
        assert isinstance(said, list)
        return "\n".join(message.text for message in said)

    def binds(self) -> None:
        for text in ("绑定", PHONE):
            asyncio.run(self.front.private(Incoming("text", OPENID, "gh", "m:1", 0, text=text)))
        code = self.backend.get("/desk/outbox")["messages"][0]["code"]
        asyncio.run(self.front.private(Incoming("text", OPENID, "gh", "m:1", 0, text=code)))

    def files(self, borrower: str = "on_time") -> str:
        """A request for deferral of hers that waits for a decision."""
        loan = loan_of(self.backend, borrower)
        return str(loan.file(loan.quote())["request_id"])

    def evidence(self) -> list[dict[str, Any]]:
        return self.backend.rows("evidence")


@pytest.fixture
def wechat(tmp_path: Path, seeded_ledger: Path) -> Iterator[Account]:
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        store = Store(f"sqlite:///{tmp_path / 'wechat.db'}")
        client = LoanClient(backend.url, SERVICE_TOKEN, pause=lambda _: None)

        def download(media_id: str) -> tuple[bytes, str]:
            if media_id not in account.media:
                raise PlatformError(40007, "invalid media_id")
            return account.media[media_id], "image/jpeg"

        account = Account(Front(store, client, download, "2026-11-24"), backend)
        yield account
        store.close()


# Text and voice.


def test_a_voice_that_wechat_heard_is_read_like_text(wechat: Account) -> None:
    assert wechat.sends("voice", recognition="我想晚几天还。", media_id="V1") == Meant(text="我想晚几天还。")


def test_a_voice_that_nobody_heard_is_answered_kindly(wechat: Account) -> None:
    assert "没听清" in wechat.says("voice", media_id="V1")


def test_a_typed_command_stays_text_and_a_tapped_one_is_obeyed(wechat: Account) -> None:
    assert wechat.sends("text", text="/affirm") == Meant(text="/affirm")
    said = [Said("好吗？", (Button("好", "/affirm"),))]
    wechat.front.forms.pieces(said, OPENID, may_use_service_messages=False, at_most=1)
    assert wechat.sends("text", text="1") == Meant(payload="/affirm")
    assert wechat.sends("voice", recognition="第一个。") == Meant(payload="/affirm")


def test_a_suggested_amount_is_read_as_if_it_were_typed(wechat: Account) -> None:
    said = [Said("多少？", (Button("每月600元", "每月600元"),))]
    wechat.front.forms.pieces(said, OPENID, may_use_service_messages=False, at_most=1)
    assert wechat.sends("text", text="A") == Meant(text="每月600元")


def test_a_rating_is_thanked_for_and_kept_without_who(wechat: Account, tmp_path: Path) -> None:
    wechat.front.forms.pieces([Said(card={"type": "rating"})], OPENID, may_use_service_messages=False, at_most=1)
    assert "谢谢" in wechat.says("text", text="3")
    with wechat.front._store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT score FROM wechat_ratings").all() == [(1,)]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("video", {"media_id": "X"}),
        ("shortvideo", {"media_id": "X"}),
        ("link", {"url": "https://example.com", "title": "还款链接"}),
        ("wxcard", {}),
        ("voice", {}),
        ("location", {}),
        ("text", {"text": "【收到不支持的消息类型，暂无法显示】"}),
        ("event", {"event": "click", "event_key": "a_key_of_last_year"}),
    ],
)
def test_what_cannot_be_read_is_never_met_with_silence(wechat: Account, kind: str, fields: dict[str, Any]) -> None:
    assert len(wechat.says(kind, **fields)) > 10


# Proofs.


def test_a_photo_goes_to_the_request_that_waits_and_without_what_the_camera_wrote(wechat: Account) -> None:
    wechat.binds()
    request_id = wechat.files()
    wechat.media["M1"] = photo()
    assert request_id in wechat.says("image", media_id="M1")
    (kept,) = wechat.evidence()
    assert (kept["request_id"], kept["kind"]) == (request_id, "image/jpeg") and kept["name"].endswith(".jpg")
    assert b"Wuhou" in wechat.media["M1"] and b"Wuhou" not in kept["content"]
    assert Image.open(io.BytesIO(kept["content"])).size == (40, 30)


def test_the_same_photo_twice_is_kept_once(wechat: Account) -> None:
    wechat.binds()
    wechat.files()
    wechat.media["M1"] = photo()
    assert wechat.says("image", media_id="M1") == wechat.says("image", media_id="M1")
    assert len(wechat.evidence()) == 1


def test_of_two_requests_the_one_that_was_last_said_to_take_proofs_gets_it(wechat: Account) -> None:
    wechat.binds()
    first = wechat.files()
    second = wechat.backend.post("/borrowers/B1001/complaints", {"topic": "service", "text": "电话太多"}, key="complaint-1")
    wechat.media["M1"] = photo()
    assert second["request_id"] in wechat.says("image", media_id="M1")
    upload = Said(card={"type": "upload", "request_id": first})
    wechat.front.forms.pieces([upload], OPENID, may_use_service_messages=True, at_most=5)
    wechat.media["M2"] = photo(where_taken=False) + b" "
    assert first in wechat.says("image", media_id="M2")


def test_without_a_request_a_photo_is_kept_nowhere_and_that_is_said(wechat: Account) -> None:
    wechat.binds()
    wechat.media["M1"] = photo()
    assert "没有留" in wechat.says("image", media_id="M1")
    assert wechat.evidence() == []


def test_who_is_not_bound_is_told_how_to_be_and_nothing_is_fetched(wechat: Account) -> None:
    assert "绑定" in wechat.says("image", media_id="M1")


@pytest.mark.parametrize("content", [b"MZ a program", b"\xff\xd8\xff broken", b"", b"RIFF....WEBP"])
def test_a_file_of_another_kind_is_refused_by_its_content(wechat: Account, content: bytes) -> None:
    wechat.binds()
    wechat.files()
    wechat.media["M1"] = content
    assert "照片或者PDF" in wechat.says("image", media_id="M1")
    assert wechat.evidence() == []


def test_a_photo_that_wechat_has_no_more_or_a_file_it_keeps_is_asked_for_again(wechat: Account) -> None:
    wechat.binds()
    wechat.files()
    assert "再发一次" in wechat.says("image", media_id="gone")
    assert "再发一次" in wechat.says("file", title="诊断证明.pdf")


def test_a_pdf_keeps_its_name_but_for_what_is_private_in_it(wechat: Account) -> None:
    wechat.binds()
    wechat.files()
    wechat.media["F1"] = b"%PDF-1.7\n" + b"x" * 100
    wechat.says("file", media_id="F1", title="诊断 13800001001.pdf")
    assert wechat.evidence()[0]["name"] == "诊断 [手机号].pdf"


# Places.


def test_a_location_is_answered_with_the_nearest_places(wechat: Account) -> None:
    said = wechat.sends("location", latitude=30.6420, longitude=104.0430, label="成都市武侯区")
    assert isinstance(said, list)
    rows = said[0].text.splitlines()
    assert "武侯" in rows[1] and "米" in rows[1]
    assert said[0].text.count("离您约") == 3
    assert said[0].buttons[0].payload == '/ask_service_point{"aspect": "point_bring"}'


# Events and the menu.


def test_who_follows_is_told_what_the_bot_can_do_and_how_to_be_known(wechat: Account) -> None:
    said = wechat.sends("event", event="subscribe")
    assert isinstance(said, list) and "绑定" in said[0].text and "人工" in said[0].text
    wechat.binds()
    assert "又见面" in wechat.says("event", event="subscribe")


def test_a_scanned_code_offers_what_it_was_printed_for(wechat: Account) -> None:
    said = wechat.sends("event", event="subscribe", event_key="hardship", ticket="T")
    assert isinstance(said, list) and said[0].buttons[0] == Button("我还不上了", "/report_hardship")
    assert len({button.payload for button in said[0].buttons}) == len(said[0].buttons)
    assert wechat.sends("event", event="scan", event_key="bill") == Meant(payload="/ask_bill")
    assert wechat.says("event", event="scan", event_key="a scene of no ours")


@pytest.mark.parametrize("event", ["view", "location", "templatesendjobfinish", "something_new"])
def test_an_event_that_nobody_waits_after_is_left_alone(wechat: Account, event: str) -> None:
    assert wechat.sends("event", event=event, event_key="x") == []


@pytest.mark.parametrize(
    ("key", "payload"), [("my_plan", "/ask_bill"), ("cannot_pay", "/report_hardship"), ("person", "/request_human")]
)
def test_the_menu_leads_to_the_plan_to_help_and_to_a_person(wechat: Account, key: str, payload: str) -> None:
    assert wechat.sends("event", event="click", event_key=key) == Meant(payload=payload)


def test_who_left_while_the_lender_was_away_is_unbound_before_anything_else(wechat: Account) -> None:
    wechat.binds()
    speaking, away = wechat.front._speaking, LoanClient("http://127.0.0.1:9", SERVICE_TOKEN, pause=lambda _: None)
    lender, speaking._bindings = speaking._bindings, away.bindings("wechat")
    assert wechat.sends("event", event="unsubscribe") == []
    assert len(wechat.backend.rows("bindings")) == 1
    speaking._bindings = lender
    assert asyncio.run(wechat.front.speaker(OPENID)).borrower_id is None
    assert wechat.backend.rows("bindings") == []


def test_who_left_while_the_lender_was_away_is_unbound_when_the_next_one_leaves(wechat: Account) -> None:
    wechat.binds()
    speaking, away = wechat.front._speaking, LoanClient("http://127.0.0.1:9", SERVICE_TOKEN, pause=lambda _: None)
    lender, speaking._bindings = speaking._bindings, away.bindings("wechat")
    wechat.sends("event", event="unsubscribe")
    speaking._bindings = lender
    asyncio.run(wechat.front.hear(Incoming("event", "oSomebodyElse", "gh", "e:2", 0, event="unsubscribe")))
    assert wechat.backend.rows("bindings") == []


def test_when_the_lender_is_away_nobody_who_left_is_taken_for_anybody(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'wechat.db'}")
    front = Front(
        store, LoanClient("http://127.0.0.1:9", SERVICE_TOKEN, connect_timeout=0.5, pause=lambda _: None), lambda _: (b"", "")
    )
    front._people.remember_speaker(OPENID, "B1001", 60)
    assert asyncio.run(front.hear(Incoming("event", OPENID, "gh", "e:1", 0, event="unsubscribe"))) == []
    with pytest.raises(BackendUnavailable):  # asked anew, and not taken for her
        asyncio.run(front.speaker(OPENID))
    store.close()


def test_the_menu_is_one_that_wechat_takes() -> None:
    body = Menu().as_wechat()
    assert 1 <= len(body["button"]) <= 3
    for button in body["button"]:
        assert len(button["name"].encode()) <= 16
        for item in button.get("sub_button", [button]):
            assert item["type"] == "click" and item["key"] and len(item["name"].encode()) <= 60


def test_what_the_menu_and_the_channels_own_words_lead_to_is_there() -> None:
    domain = read_domain()
    payloads = [entry.does for entry in Menu().entries()]
    for name, variants in domain["responses"].items():
        if name.startswith("utter_wechat_"):
            payloads += [button["payload"] for variant in variants for button in variant.get("buttons", ())]
    for payload in payloads:
        if payload.startswith("/"):
            assert payload[1:].split("{")[0] in domain["intents"], payload
        else:
            assert payload in ("~bind", "~unbind") or payload.startswith("~rate "), payload


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("menu: [{title: 一二三四五六, key: a, does: /x}]", "more than five characters"),
        ("menu: [{title: 一, key: a, does: /x}, {title: 二, key: a, does: /x}]", "one key twice"),
        ("menu: [" + ", ".join(f"{{title: 一, key: {key}, does: /x}}" for key in range(4)) + "]", "more than 3 titles"),
        ("menu: [{title: 一}]", "cannot be read"),
        ("scenes: {}", "cannot be read"),
    ],
)  # fmt: skip
def test_a_menu_that_wechat_would_refuse_is_refused_here_in_a_sentence(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "menu.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=what):
        Menu(tmp_path / "menu.yml")
