"""What comes next, from the rules and the turn alone."""

from __future__ import annotations

import dataclasses

import pytest

from bot.policies.rulebook import LISTEN, AfterForm, Conditional, Rulebook, SilenceRule, Step, Turn, next_step

RULES = Rulebook(
    answers={
        "ask_bill": ("action_show_bill",),
        "two": ("utter_first", "utter_second"),
        "defer": ("deferral_form",),
        "restructure": ("restructure_form",),
        "crisis": ("action_crisis",),
        "nlu_fallback": ("action_clarify",),
    },
    after_form={"deferral_form": (AfterForm(("action_file", "utter_after"), {"confirmed": True}),)},
    forms=frozenset({"deferral_form", "restructure_form"}),
)


def step(
    intent: str | None,
    executed: tuple[str, ...] = (),
    *,
    before: str | None = None,
    now: str | None = None,
    rejected: bool = False,
    said: bool = True,
    confirmed: bool | None = None,
    asks_more: bool = False,
    ended: bool = False,
) -> Step:
    turn = Turn(intent, before, now, executed, rejected, said, {"confirmed": confirmed}, asks_more, ended)
    return next_step(
        RULES,
        turn,
        urgent=frozenset({"crisis"}),
        fallback="nlu_fallback",
        silence=SilenceRule("utter_no_answer", {"action_file": "utter_filing_unknown"}),
        offer="action_offer_second",
    )


def test_an_intent_is_answered_by_its_rule_and_then_the_bot_listens() -> None:
    assert step("ask_bill").action == "action_show_bill"
    assert step("ask_bill", ("action_show_bill",)).action == LISTEN


def test_a_rule_of_two_actions_runs_both_in_order() -> None:
    assert step("two").action == "utter_first"
    assert step("two", ("utter_first",)).action == "utter_second"
    assert step("two", ("utter_first", "utter_second")).action == LISTEN


def test_an_intent_without_a_rule_is_answered_by_the_fallback() -> None:
    assert step("something_new").action == "action_clarify"


def test_a_new_session_without_a_message_is_only_listened_to() -> None:
    assert step(None, said=False).action == LISTEN


def test_a_form_that_began_waits_for_the_answer() -> None:
    assert step("defer").action == "deferral_form"
    assert step("defer", ("deferral_form",), now="deferral_form").action == LISTEN


def test_an_active_form_sees_the_message_first() -> None:
    assert step("ask_bill", before="deferral_form", now="deferral_form").action == "deferral_form"


def test_a_message_that_is_no_answer_is_answered_by_its_rule_and_then_the_form_asks_again() -> None:
    inside = {"before": "deferral_form", "now": "deferral_form", "rejected": True}
    assert step("ask_bill", **inside).action == "action_show_bill"
    assert step("ask_bill", ("action_show_bill",), **inside) == Step("deferral_form", interrupted=True)
    assert step("ask_bill", ("action_show_bill", "deferral_form"), **inside).action == LISTEN


def test_a_rejected_message_with_the_forms_own_intent_only_makes_it_ask_again() -> None:
    inside = {"before": "deferral_form", "now": "deferral_form", "rejected": True}
    assert step("defer", **inside) == Step("deferral_form", interrupted=True)


def test_another_form_takes_over_when_its_intent_interrupts() -> None:
    inside = {"before": "deferral_form", "rejected": True}
    assert step("restructure", now="deferral_form", **inside).action == "restructure_form"
    assert step("restructure", ("restructure_form",), now="restructure_form", **inside).action == LISTEN


def test_an_urgent_intent_comes_before_the_form_and_may_end_it() -> None:
    assert step("crisis", before="deferral_form", now="deferral_form").action == "action_crisis"
    assert step("crisis", ("action_crisis",), before="deferral_form", now=None).action == LISTEN


def test_a_confirmed_form_is_followed_by_its_actions_even_when_the_first_clears_the_confirmation() -> None:
    ended = {"before": "deferral_form", "now": None, "ended": True}
    assert step("affirm", ("deferral_form",), confirmed=True, **ended).action == "action_file"
    assert step("affirm", ("deferral_form", "action_file"), confirmed=None, **ended).action == "utter_after"
    assert step("affirm", ("deferral_form", "action_file", "utter_after"), confirmed=None, **ended).action == LISTEN


def test_a_form_that_ended_without_a_confirmation_files_nothing() -> None:
    assert step("cancel", ("deferral_form",), before="deferral_form", now=None, ended=True).action == LISTEN


def test_a_form_that_is_complete_at_once_is_followed_by_its_actions() -> None:
    assert step("defer", ("deferral_form",), now=None, confirmed=True, ended=True).action == "action_file"


def test_a_form_whose_action_failed_is_followed_by_nothing_even_if_an_old_confirmation_is_left() -> None:
    assert step("defer", ("deferral_form",), now=None, confirmed=True, said=False).action == "utter_no_answer"
    assert step("defer", ("deferral_form",), now=None, confirmed=True).action == LISTEN


def test_a_rule_whose_condition_holds_comes_before_the_general_one() -> None:
    rules = Rulebook(RULES.answers, {}, frozenset(), (Conditional("ask_bill", ("utter_stay",), {"in_crisis": True}),))
    assert rules.answer("ask_bill", {"in_crisis": True}) == ("utter_stay",)
    assert rules.answer("ask_bill", {"in_crisis": None}) == ("action_show_bill",)
    assert Rulebook.from_json(rules.to_json()) == rules


def test_a_turn_never_ends_in_silence() -> None:
    assert step("ask_bill", ("action_show_bill",), said=False).action == "utter_no_answer"
    assert step("ask_bill", ("action_show_bill", "utter_no_answer"), said=True).action == LISTEN


def test_a_filing_that_said_nothing_is_called_unknown_and_not_failed() -> None:
    ended = {"before": "deferral_form", "now": None, "said": False, "ended": True}
    assert step("affirm", ("deferral_form", "action_file", "utter_after"), **ended).action == "utter_filing_unknown"


def test_silence_is_broken_once_even_when_that_fails_too() -> None:
    assert step("ask_bill", ("action_show_bill", "utter_no_answer"), said=False).action == LISTEN


@pytest.mark.parametrize("rules", [RULES])
def test_a_rulebook_survives_the_model_archive(rules: Rulebook) -> None:
    assert Rulebook.from_json(rules.to_json()) == rules


def test_the_second_question_is_offered_once_and_after_the_first_was_answered() -> None:
    assert step("ask_bill", asks_more=True, said=False).action == "action_show_bill"
    assert step("ask_bill", ("action_show_bill",), asks_more=True).action == "action_offer_second"
    assert step("ask_bill", ("action_show_bill", "action_offer_second"), asks_more=True).action == LISTEN


def test_nothing_is_offered_in_a_crisis_or_after_silence() -> None:
    assert step("crisis", ("action_crisis",), asks_more=True).action == LISTEN
    assert step("ask_bill", ("action_show_bill",), asks_more=True, said=False).action == "utter_no_answer"


def test_a_second_question_beside_a_form_is_offered_after_the_form_has_asked() -> None:
    assert step("defer", ("deferral_form",), now="deferral_form", asks_more=True).action == "action_offer_second"


def test_a_form_that_was_interrupted_by_another_is_gone_on_with_after_that_one_has_ended() -> None:
    turn = Turn(
        "cancel", "restructure_form", None, ("restructure_form",), False, True, {}, form_ended=True, suspended="deferral_form"
    )
    options = {"urgent": frozenset({"crisis"}), "fallback": "nlu_fallback", "silence": SilenceRule("utter_no_answer")}
    assert next_step(RULES, turn, **options) == Step("deferral_form", interrupted=True)  # type: ignore[arg-type]
    resumed = dataclasses.replace(turn, executed=("restructure_form", "deferral_form"), form_now="deferral_form")
    assert next_step(RULES, resumed, **options).action == LISTEN  # type: ignore[arg-type]
