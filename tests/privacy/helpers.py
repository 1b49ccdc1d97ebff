"""Something to be said in each store, and looks at what the databases really hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.utils.endpoints import EndpointConfig

from bot.channels.chat.history import History
from bot.channels.wechat.lists import Lists
from bot.channels.wechat.people import People
from bot.channels.wechat.said import Button, Said
from bot.channels.wechat.store import Store
from bot.config import Settings
from bot.identity import Speaker
from bot.privacy.keep_conversations import events
from bot.shared.conversations import Conversations

SECRET_WORDS = "我老公住院了，房贷也断了"
BORROWER = "B1001"
DAY = 86400.0


def conversation(settings: Settings, channel: str = "web", borrower_id: str = BORROWER) -> str:
    return Speaker(channel, borrower_id).conversation_id(settings.conversation_secret)


def conversations(settings: Settings) -> Conversations:
    endpoint = EndpointConfig(url=settings.tracker_db, type="bot.shared.conversations.Conversations")
    store = TrackerStore.create(
        endpoint, Domain.from_dict({"slots": {"story": {"type": "text", "mappings": [{"type": "custom"}]}}})
    )
    assert isinstance(store, Conversations)
    return store


def tell_rasa(settings: Settings, conversation_id: str, texts: Sequence[str], at: float, *, begins: bool = True) -> None:
    """A session's events, a second apart, with what was said in a slot too."""

    async def run() -> None:
        store = conversations(settings)
        tracker = await store.get_or_create_tracker(conversation_id, append_action_listen=False)
        moments = iter(at + n for n in range(1000))
        if begins:
            tracker.update(ActionExecuted("action_session_start", timestamp=next(moments)), store.domain)
            tracker.update(SessionStarted(timestamp=next(moments)), store.domain)
        for text in texts:
            tracker.update(UserUttered(text, {"name": "inform"}, timestamp=next(moments)), store.domain)
            tracker.update(SlotSet("story", text, timestamp=next(moments)), store.domain)
        await store.save(tracker)

    asyncio.run(run())


def told_to_rasa(settings: Settings, conversation_id: str) -> list[str]:
    """Texts of all sessions, straight from the database."""
    store = conversations(settings)
    query = (
        sa.select(events.c.data).where(events.c.sender_id == conversation_id, events.c.type_name == "user").order_by(events.c.id)
    )
    with store.engine.connect() as connection:
        return [json.loads(row.data)["text"] for row in connection.execute(query)]


def tell_chat(settings: Settings, conversation_id: str, texts: Sequence[str], at: float) -> None:
    moments = iter(at + n for n in range(1000))
    history = History(settings.chat_db, clock=lambda: next(moments))
    for text in texts:
        history.add(conversation_id, {"text": text}, "borrower")
    history.close()


def tell_wechat(url: str, openid: str, text: str, at: float) -> None:
    """An answer that was given, a list that is shown, a row of the account's."""
    store = Store(url, clock=lambda: at)
    from bot.channels.wechat.deliveries import Deliveries

    number = Deliveries(store).put_to_wait(openid, [Said(text)])
    Deliveries(store).given(number, f"<xml>{text}</xml>")
    Lists(store).remember(openid, [Button(text[:20], "/inform")])
    People(store).remember(openid, care_mode=True)
    store.close()


def bytes_of(folder: Path) -> bytes:
    """Everything that lies in SQLite's files, their journals included."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*.db*")))


def spellings(text: str) -> list[bytes]:
    """A text as it may stand in a file."""
    return [text.encode(), json.dumps(text)[1:-1].encode()]
