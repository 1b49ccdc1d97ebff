"""Answers as the actions really give them, through the domain's words for WeChat, in WeChat's forms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import base
from actions.my_debt import ActionShowBill
from bot.channels.wechat.cards import Cards
from bot.channels.wechat.forms import Forms
from bot.channels.wechat.lists import Lists
from bot.channels.wechat.output import WeChatOutput
from bot.channels.wechat.people import People
from bot.channels.wechat.said import Piece
from bot.channels.wechat.store import Store
from bot.channels.wechat.words import WeChatWords
from bot.client import LoanClient
from bot.domain import domain_files
from bot.identity import Speaker
from bot.wording import CareWording
from tests.support.backend import SERVICE_TOKEN, TODAY, backend_in_a_thread

Show = Callable[[str | None, bool], list[Piece]]


@pytest.fixture(scope="module")
def domain() -> Domain:
    loaded = Domain.empty()
    for path in domain_files():
        loaded = loaded.merge(Domain.from_file(str(path)))
    return loaded


@pytest.fixture
def shows(tmp_path: Path, seeded_ledger: Path, monkeypatch: pytest.MonkeyPatch, domain: Domain) -> Iterator[Show]:
    """What somebody sees who asks for the bill: a borrower or a guest, with or without service messages."""
    monkeypatch.setenv("HUANBAN_TODAY", TODAY)
    monkeypatch.setenv("HUANBAN_STATE_DIR", str(tmp_path / "state"))
    base.settings.cache_clear()
    store = Store(f"sqlite:///{tmp_path / 'wechat.db'}")
    words = WeChatWords()
    forms = Forms(words, Cards(words, None, base.today), Lists(store), People(store))
    wording = CareWording(None, domain)  # type: ignore[arg-type]  # it needs no endpoint
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        client = LoanClient(backend.url, SERVICE_TOKEN)

        async def answer(borrower_id: str | None, service: bool) -> list[Piece]:
            secret = base.settings().conversation_secret
            conversation = Speaker("wechat", borrower_id, "" if borrower_id else "g1").conversation_id(secret)
            message: dict[str, Any] = {"intent": {"name": "ask_bill"}, "entities": [], "text": "我的账单"}
            dispatcher = CollectingDispatcher()
            tracker = Tracker(conversation, {}, message, [], False, None, {}, "action_listen")
            await ActionShowBill(client).run(dispatcher, tracker, {})
            output = WeChatOutput()
            for said in dispatcher.messages:
                if said.get("custom"):
                    await output.send_custom_json(conversation, said["custom"])
                    continue
                values = {key: value for key, value in said.items() if key not in ("response", "buttons", "elements")}
                shown = await wording.generate(
                    said["response"], DialogueStateTracker(conversation, domain.slots), output.name(), **values
                )
                assert shown is not None
                await output.send_response(conversation, {**shown, "buttons": [*shown.get("buttons", []), *said["buttons"]]})
            return forms.pieces(output.said, "oWang", may_use_service_messages=service, at_most=5 if service else 1)

        yield lambda borrower_id, service: asyncio.run(answer(borrower_id, service))
    store.close()
    base.settings.cache_clear()


def test_the_plan_of_a_loan_is_an_aligned_table_in_one_message_with_its_answers(shows: Show) -> None:
    (menu,) = shows("B1002", True)
    assert menu.kind == "menu" and menu.items
    rows = [line for line in menu.text.splitlines() if line[:1] in "０１" and "日" in line]
    assert len(rows) == 6 and len({len(row) for row in rows}) == 1
    assert not any(line.startswith("第") for line in menu.text.splitlines())


def test_without_service_messages_it_is_one_text_with_a_numbered_list(shows: Show) -> None:
    (piece,) = shows("B1002", False)
    assert piece.kind == "text" and "回一个数字就行：\n1. " in piece.text


def test_a_guest_hears_how_to_bind_and_of_no_other_site(shows: Show) -> None:
    said = "\n".join(piece.text for piece in shows(None, True))
    assert "「绑定」" in said and "网站" not in said
