"""The rules of `data/rules/` as a table, and the next step read from it. Pure: no Rasa objects.

A turn is what has happened since the borrower's last message. The next step follows from the table and the turn alone, so it
costs the same in message 10 and in message 1,000, and two people reading the rules predict the same step.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

LISTEN = "action_listen"


class RuleError(ValueError):
    """A rule cannot be put into the table; the message names it and says why."""


@dataclass(frozen=True)
class AfterForm:
    """What follows when a form has ended, provided that the slots hold these values."""

    actions: tuple[str, ...]
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Conditional:
    """An intent's answer while the slots hold these values."""

    intent: str
    actions: tuple[str, ...]
    slots: Mapping[str, Any]


@dataclass(frozen=True)
class Rulebook:
    """All rules: an answer per intent, and what follows a form that has ended."""

    answers: Mapping[str, tuple[str, ...]]
    after_form: Mapping[str, tuple[AfterForm, ...]]
    forms: frozenset[str]
    under_condition: tuple[Conditional, ...] = ()

    def answer(self, intent: str, slots: Mapping[str, Any]) -> tuple[str, ...] | None:
        """What answers an intent: a rule whose condition holds before the general one; None when there is none."""
        for rule in self.under_condition:
            if rule.intent == intent and all(slots.get(name) == value for name, value in rule.slots.items()):
                return rule.actions
        return self.answers.get(intent)

    def to_json(self) -> dict[str, Any]:
        """The rulebook as plain JSON values, for the model archive."""
        return {
            "answers": {intent: list(actions) for intent, actions in self.answers.items()},
            "after_form": {
                form: [{"actions": list(rule.actions), "slots": dict(rule.slots)} for rule in rules]
                for form, rules in self.after_form.items()
            },
            "forms": sorted(self.forms),
            "under_condition": [
                {"intent": rule.intent, "actions": list(rule.actions), "slots": dict(rule.slots)} for rule in self.under_condition
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rulebook:
        """The inverse of `to_json`."""
        return cls(
            answers={intent: tuple(actions) for intent, actions in data["answers"].items()},
            after_form={
                form: tuple(AfterForm(tuple(rule["actions"]), rule["slots"]) for rule in rules)
                for form, rules in data["after_form"].items()
            },
            forms=frozenset(data["forms"]),
            under_condition=tuple(
                Conditional(rule["intent"], tuple(rule["actions"]), rule["slots"]) for rule in data["under_condition"]
            ),
        )


@dataclass(frozen=True)
class Turn:
    """What has happened since the borrower's last message.

    Attributes:
        intent: what the message was understood as; None when no message started the turn (a new session).
        form_before: the form that was active when the message came.
        form_now: the form that is active now.
        executed: names of the actions run so far, in order.
        rejected: the active form looked at the message and said that it is no answer to its question.
        said_something: the borrower has heard something in this turn.
        slots: values of the slots.
        asks_more: the message asks a second thing beside its intent.
        form_ended: a form has said in this turn that it is over. A form whose action failed has not: nothing follows it.
        suspended: the form that was under way when the form that ended now had begun; None when there was none.
        opening: a kind word to what the message says of the borrower's feelings, said before its answer; None for none.
    """

    intent: str | None
    form_before: str | None
    form_now: str | None
    executed: Sequence[str]
    rejected: bool
    said_something: bool
    slots: Mapping[str, Any]
    asks_more: bool = False
    form_ended: bool = False
    suspended: str | None = None
    opening: str | None = None


@dataclass(frozen=True)
class Step:
    """The next action; `interrupted` tells a form to ask again without taking the message for an answer."""

    action: str
    interrupted: bool = False


@dataclass(frozen=True)
class SilenceRule:
    """Which response is said when every action of a turn failed: one for an action or an intent that matters, or the general one.

    A yes has words of its own, whatever was to answer it: the same button on another device may just have filed.
    """

    default: str
    by_action: Mapping[str, str] = field(default_factory=dict)
    by_intent: Mapping[str, str] = field(default_factory=dict)

    def response(self, executed: Sequence[str], intent: str | None = None) -> str:
        """The response for the last action of the turn that has one of its own, else for the intent.

        `action_file_*` stands for all that begin so.
        """
        for name in reversed(executed):
            for pattern, response in self.by_action.items():
                if fnmatchcase(name, pattern):
                    return response
        return self.by_intent.get(intent or "", self.default)


def next_step(
    rulebook: Rulebook, turn: Turn, *, urgent: frozenset[str], fallback: str, silence: SilenceRule, offer: str = ""
) -> Step:
    """The next step of a turn.

    A form that is active looks at the message first. If it says that this is no answer to its question, the intent's own
    rule answers, and the form asks again. When that rule begins another form, the first is gone on with after the second has
    ended. Urgent intents are answered before any form. A turn never ends in silence.

    Args:
        rulebook: the rules.
        turn: what has happened since the borrower's last message.
        urgent: intents that are answered before an active form sees the message.
        fallback: the intent whose rule serves intents without one.
        silence: what is said when nothing was said.
        offer: the action that offers the second thing a message asks, after the first was answered; "" for none.
    """
    if turn.opening and turn.intent not in urgent and not turn.executed and not turn.form_before:
        return Step(turn.opening)
    executed = [name for name in turn.executed if name != turn.opening]
    turn = dataclasses.replace(turn, executed=executed) if turn.opening else turn
    step = _planned_step(rulebook, turn, urgent, fallback)
    if step.action != LISTEN or turn.intent is None:
        return step
    if not turn.said_something:
        response = silence.response(turn.executed, turn.intent)
        return Step(response) if response not in turn.executed else step
    if turn.form_ended and turn.form_now is None and turn.suspended and turn.suspended not in turn.executed:
        return Step(turn.suspended, interrupted=True)
    if turn.asks_more and offer and turn.intent not in urgent and offer not in turn.executed:
        return Step(offer)
    return step


def _planned_step(rulebook: Rulebook, turn: Turn, urgent: frozenset[str], fallback: str) -> Step:
    if turn.intent is None:
        return Step(LISTEN)
    form = turn.form_before
    answer = rulebook.answer(turn.intent, turn.slots) or rulebook.answers[fallback]
    if form and turn.intent not in urgent and not turn.rejected:
        return _after_own_step(rulebook, turn, form, list(turn.executed))
    done = [name for name in turn.executed if name != form]
    if form:
        # The question is put again afterwards by the form itself, so a rule that would start the same form is not followed.
        answer = tuple(name for name in answer if name != form)
    if len(done) < len(answer):
        return Step(answer[len(done)])
    started = next((name for name in answer if name in rulebook.forms), None)
    if started and turn.form_now != started:
        return _follow_up(rulebook, turn, started, done[len(answer) :])
    if form and turn.form_now == form and form not in turn.executed:
        return Step(form, interrupted=True)
    return Step(LISTEN)


def _after_own_step(rulebook: Rulebook, turn: Turn, form: str, executed: list[str]) -> Step:
    """The active form takes the message; when that ends it, what follows it comes next."""
    if not executed:
        return Step(form)
    if turn.form_now == form:
        return Step(LISTEN)
    return _follow_up(rulebook, turn, form, executed[1:])


def _follow_up(rulebook: Rulebook, turn: Turn, form: str, done: list[str]) -> Step:
    if not turn.form_ended:
        return Step(LISTEN)
    for rule in rulebook.after_form.get(form, ()):
        # The first action of a rule usually clears the very slots that chose it, so a rule once begun is gone on with.
        begun = bool(done) and done[0] == rule.actions[0]
        if begun or all(turn.slots.get(name) == value for name, value in rule.slots.items()):
            return Step(rule.actions[len(done)]) if len(done) < len(rule.actions) else Step(LISTEN)
    return Step(LISTEN)
