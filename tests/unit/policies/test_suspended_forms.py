"""Which form is gone on with after another has ended, read from the conversation's events."""

from __future__ import annotations

from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, UserUttered

from bot.policies.conversation import suspended_form

URGENT = frozenset({"crisis"})


def said(intent: str) -> UserUttered:
    return UserUttered("…", intent={"name": intent})


def test_the_form_below_the_one_that_ended() -> None:
    events = [said("a"), ActiveLoop("a_form"), said("b"), ActiveLoop("b_form"), said("cancel"), ActiveLoop(None)]
    assert suspended_form(events, URGENT) == "a_form"
    assert suspended_form([*events, ActiveLoop("a_form"), said("cancel"), ActiveLoop(None)], URGENT) is None


def test_a_form_that_is_asked_for_again_is_not_its_own_predecessor() -> None:
    events: list[Event] = [ActiveLoop("a_form"), ActiveLoop("b_form"), ActiveLoop("a_form"), said("cancel"), ActiveLoop(None)]
    assert suspended_form(events, URGENT) is None


def test_a_crisis_takes_every_form_along() -> None:
    events: list[Event] = [ActiveLoop("a_form"), ActiveLoop("b_form"), said("crisis"), ActiveLoop(None)]
    assert suspended_form(events, URGENT) is None


def test_what_was_under_way_in_an_earlier_session_is_not_gone_on_with() -> None:
    events: list[Event] = [ActiveLoop("a_form"), ActionExecuted("action_session_start"), ActiveLoop("b_form"), ActiveLoop(None)]
    assert suspended_form(events, URGENT) is None
