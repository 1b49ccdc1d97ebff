"""What is carried of a long conversation leads to the same next step as all of it, and does not grow."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.policies.conversation import opening_of, suspended_form, turn_of
from bot.shared.conversations import Conversations
from bot.shared.recent import Kept, RecentConversations, recent_events

DOMAIN = Domain.from_dict(
    {
        "intents": ["ask_bill", "crisis", "inform"],
        "actions": ["action_show_bill"],
        "forms": {"first_form": {"required_slots": ["days"]}, "second_form": {"required_slots": ["reason"]}},
        "slots": {
            "days": {"type": "any", "mappings": [{"type": "custom"}]},
            "reason": {"type": "any", "mappings": [{"type": "custom"}]},
            "phone": {"type": "any", "initial_value": "400", "mappings": [{"type": "custom"}]},
        },
    }
)
INITIAL = {slot.name: slot.initial_value for slot in DOMAIN.slots}
ENDS = frozenset({"crisis"})
OPENINGS = {"feels_afraid": "utter_afraid"}

_between = st.one_of(
    st.builds(SlotSet, st.sampled_from(["days", "reason", "phone", "requested_slot"]), st.sampled_from([None, 1, "400", "x"])),
    st.builds(ActiveLoop, st.sampled_from([None, None, "first_form", "second_form"])),
    st.builds(
        ActionExecuted, st.sampled_from(["action_show_bill", "first_form", "second_form", "utter_afraid", "utter_what_next"])
    ),
    st.builds(ActionExecutionRejected, st.sampled_from(["first_form", "second_form"])),
    st.builds(BotUttered, st.just("said")),
    st.builds(LoopInterrupted, st.booleans()),
    st.builds(FollowupAction, st.sampled_from(["first_form", "action_show_bill"])),
)


def heard(intent: str, *aspects: str) -> UserUttered:
    entities = [{"entity": "aspect", "value": aspect} for aspect in aspects]
    parsed = {"intent": {"name": intent}, "entities": entities, "text": intent}
    return UserUttered(intent, {"name": intent}, entities, parsed, input_channel="web")  # type: ignore[arg-type]


@st.composite
def turns(draw: Any) -> list[Event]:
    intent = draw(st.sampled_from(["ask_bill", "inform", "crisis"]))
    message = heard(intent, *draw(st.sampled_from([(), ("feels_afraid",)])))
    return [message, *draw(st.lists(_between, max_size=5)), ActionExecuted("action_listen")]


def conversation(turns: list[list[Event]]) -> list[Event]:
    began = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    return [*began, *(event for turn in turns for event in turn)]


def tracker_of(events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("borrower", events, DOMAIN.slots)


def state_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    state = tracker.current_state()
    del state["events"]
    return state


def step_of(tracker: DialogueStateTracker) -> Any:
    return turn_of(tracker, ENDS), suspended_form(tracker.events, ENDS), opening_of(reversed(tracker.events), OPENINGS)


@settings(max_examples=300, deadline=None)
@given(st.lists(turns(), min_size=1, max_size=12), st.lists(turns(), min_size=1, max_size=4))
def test_a_conversation_goes_on_from_its_recent_events_as_from_all(before: list[list[Event]], after: list[list[Event]]) -> None:
    whole, recent = conversation(before), recent_events(conversation(before), INITIAL, messages=2)
    assert state_of(tracker_of(whole)) == state_of(tracker_of(recent))
    for turn in after:
        for event in turn:
            whole, recent = [*whole, event], [*recent, event]
            assert state_of(tracker_of(whole)) == state_of(tracker_of(recent))
            assert step_of(tracker_of(whole)) == step_of(tracker_of(recent))
        recent = recent_events(recent, INITIAL, messages=2)


def test_a_thousand_messages_leave_no_more_than_a_few() -> None:
    turn = [
        heard("ask_bill"),
        ActionExecuted("action_show_bill"),
        SlotSet("days", 3),
        ActiveLoop("first_form"),
        BotUttered("x"),
        ActiveLoop(None),
        SlotSet("days", None),
        ActionExecuted("utter_what_next"),
        ActionExecuted("action_listen"),
    ]
    events = conversation([])
    lengths = []
    for _ in range(1000):
        events = recent_events([*events, *turn], INITIAL)
        lengths.append(len(events))
    assert lengths[-1] == lengths[20]
    assert max(lengths) <= 10 * len(turn) + 5


def test_short_conversations_stay_whole() -> None:
    events = conversation([[heard("ask_bill"), ActionExecuted("action_listen")]] * 10)
    assert recent_events(events, INITIAL) == events


@pytest.mark.parametrize("odd", [Restarted(), SessionStarted()])
def test_where_an_event_changes_what_came_before_nothing_is_left_out(odd: Event) -> None:
    events = conversation([[heard("ask_bill"), odd, ActionExecuted("action_listen")]] * 20)
    assert recent_events(events, INITIAL) == events


def test_conversations_that_were_silent_or_are_too_many_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("bot.shared.recent.time.monotonic", lambda: now[0])
    recent, kept = RecentConversations(conversations=2, seconds=60), Kept((), 1, 0.0)
    for name in ("a", "b", "a", "c"):
        recent.put(name, kept)
    assert [name for name in "abc" if recent.get(name)] == ["a", "c"]
    now[0] = 61
    recent.put("d", kept)
    assert [name for name in "abcd" if recent.get(name)] == ["d"]


def store_over(path: Path) -> Conversations:
    endpoint = EndpointConfig(url=f"sqlite:///{path}", type="bot.shared.conversations.Conversations")
    store = TrackerStore.create(endpoint, DOMAIN)
    assert isinstance(store, Conversations)
    return store


def say(store: Conversations, *events: Event, sender: str = "borrower") -> DialogueStateTracker:
    async def run() -> DialogueStateTracker:
        tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
        tracker.update_with_events(list(events), DOMAIN)
        await store.save(tracker)
        found = await store.retrieve(sender)
        assert found is not None
        return found

    return asyncio.run(run())


def test_every_event_is_stored_once_however_long_the_conversation(tmp_path: Path) -> None:
    store = store_over(tmp_path / "c.db")
    say(store, *conversation([]))
    for number in range(40):
        say(store, heard("ask_bill"), SlotSet("days", number), ActionExecuted("action_listen"))
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM events")).scalar() == 3 + 40 * 3
    fresh, here = asyncio.run(store_over(tmp_path / "c.db").retrieve("borrower")), asyncio.run(store.retrieve("borrower"))
    assert fresh is not None and here is not None
    assert fresh.get_slot("days") == here.get_slot("days") == 39
    # Read from the store a session begins with its event, and not with the action that made it.
    assert [event.as_dict() for event in fresh.events] == [event.as_dict() for event in list(here.events)[1:]]


def test_what_another_server_added_meanwhile_is_seen(tmp_path: Path) -> None:
    here, there = store_over(tmp_path / "c.db"), store_over(tmp_path / "c.db")
    say(here, *conversation([]), heard("ask_bill"), ActionExecuted("action_listen"))
    say(there, heard("inform"), SlotSet("days", 7), ActionExecuted("action_listen"))
    tracker = say(here, heard("ask_bill"), ActionExecuted("action_listen"))
    assert tracker.get_slot("days") == 7
    assert [e.intent_name for e in tracker.events if isinstance(e, UserUttered)] == ["ask_bill", "inform", "ask_bill"]


def test_a_turn_that_was_not_stored_leaves_no_trace(tmp_path: Path) -> None:
    store = store_over(tmp_path / "c.db")
    say(store, *conversation([]), heard("ask_bill"), ActionExecuted("action_listen"))

    async def fail() -> None:
        tracker = await store.get_or_create_tracker("borrower")
        tracker.update(SlotSet("days", 99))

    asyncio.run(fail())
    assert say(store, heard("inform"), ActionExecuted("action_listen")).get_slot("days") is None


def test_a_deleted_conversation_is_gone_from_memory_too(tmp_path: Path) -> None:
    store = store_over(tmp_path / "c.db")
    say(store, *conversation([]), heard("ask_bill"), SlotSet("days", 3), ActionExecuted("action_listen"))
    with store.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM events"))
    assert asyncio.run(store.retrieve("borrower")) is None


def test_a_new_session_begins_with_what_rasa_carries_over(tmp_path: Path) -> None:
    store = store_over(tmp_path / "c.db")
    say(store, *conversation([]), heard("ask_bill"), SlotSet("days", 3), ActionExecuted("action_listen"))
    began = [ActionExecuted("action_session_start"), SessionStarted(), SlotSet("days", 3), ActionExecuted("action_listen")]
    tracker = say(store, *began, heard("inform"), ActionExecuted("action_listen"))
    assert [e.intent_name for e in tracker.events if isinstance(e, UserUttered)] == ["inform"]
    assert tracker.get_slot("days") == 3
