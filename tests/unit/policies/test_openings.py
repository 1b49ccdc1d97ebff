"""A kind word before the answer: when, and only once."""

from __future__ import annotations

from rasa.shared.core.events import ActionExecuted, Event, UserUttered

from bot.policies.conversation import opening_of
from bot.policies.rulebook import LISTEN, Rulebook, SilenceRule, Turn, next_step

OPENINGS = {"feels_afraid": "utter_afraid", "feels_ashamed": "utter_ashamed"}
RULES = Rulebook({"ask": ("action_answer",), "nlu_fallback": ("action_clarify",)}, {}, frozenset())


def afraid() -> UserUttered:
    return UserUttered("好怕", entities=[{"entity": "aspect", "value": "feels_afraid"}])


def test_a_feeling_that_is_named_calls_for_its_word() -> None:
    assert opening_of([afraid()], OPENINGS) == "utter_afraid"
    assert opening_of([UserUttered("几号还")], OPENINGS) is None


def test_it_is_not_said_twice_in_a_conversation_but_again_in_a_later_one() -> None:
    earlier: list[Event] = [afraid(), ActionExecuted("utter_afraid"), ActionExecuted("action_answer")]
    assert opening_of([afraid(), *reversed(earlier)], OPENINGS) is None
    assert opening_of([afraid(), ActionExecuted("action_session_start"), *reversed(earlier)], OPENINGS) == "utter_afraid"


def test_it_is_still_known_while_the_turn_goes_on() -> None:
    assert opening_of([ActionExecuted("utter_afraid"), afraid()], OPENINGS) == "utter_afraid"


def test_the_word_comes_first_and_the_answer_follows() -> None:
    options = {"urgent": frozenset({"crisis"}), "fallback": "nlu_fallback", "silence": SilenceRule("utter_no_answer")}

    def action(executed: tuple[str, ...], form: str | None = None) -> str:
        turn = Turn("ask", form, form, executed, form is not None, True, {}, opening="utter_afraid")
        return next_step(RULES, turn, **options).action  # type: ignore[arg-type]

    assert action(()) == "utter_afraid"
    assert action(("utter_afraid",)) == "action_answer"
    assert action(("utter_afraid", "action_answer")) == LISTEN
    assert action((), form="a_form") == "action_answer", "a form that is under way is not talked over"
