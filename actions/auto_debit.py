"""Automatic debit and cards (intents `ask_auto_debit`, `manage_bank_card`): how things stand, and adding a card.

Changes of what is there are confirmed first: `actions/debit_change.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, entities_of, intent_of, say
from actions.secure_links import hand_over
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.paying import Debits, PaymentMethods

OFF, ON, FIRST, REMOVE, ADD = "off", "on", "first", "remove", "add"
ROWS = 6
_ANSWERED = ("debit_after_paying", "debit_partial", "debit_for_late", "debit_not_yet")


def change_asked(entities: Mapping[str, Any], aspects: Sequence[str], intent: str) -> str | None:
    """The change that a message asks for: "off", "on", "first" (a card drawn on first), "remove", "add"; None for a question.

    A button names its change; words of a card are changes only where cards are the topic.
    """
    if "debit_change" in entities:
        return str(entities["debit_change"])
    if "card_number_typed" in aspects:
        return ADD
    if "card_remove" in aspects and intent == "manage_bank_card":
        return REMOVE
    for aspect, change in (("debit_order_change", FIRST), ("debit_off", OFF), ("debit_on", ON)):
        if aspect in aspects:
            return change
    if intent == "manage_bank_card" and "card_which" not in aspects:
        return ADD
    return None


class ActionShowAutoDebit(BorrowerAction):
    """Shows when auto debit draws what from where; hands over to the secure page for a new card."""

    general_response = "utter_auto_debit_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_auto_debit"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Says nothing when a change is asked for: `debit_change_form` follows and does."""
        aspects = aspects_of(tracker)
        change = change_asked(entities_of(tracker), aspects, intent_of(tracker))
        if change not in (None, ADD):
            return []
        loans = self.loans_of(tracker)
        methods = loans.payment_methods()
        if change == ADD:
            self._add_card(dispatcher, loans, methods, aspects)
            return []
        debits = loans.debits()
        for aspect in (name for name in _ANSWERED if name in aspects):
            self._answer_aspect(dispatcher, aspect, debits)
        say_debits(dispatcher, debits, methods)
        return []

    def _add_card(
        self, dispatcher: CollectingDispatcher, loans: BorrowerLoans, methods: PaymentMethods, aspects: Sequence[str]
    ) -> None:
        if "card_lost" in aspects:
            say(dispatcher, "utter_card_lost")
        if "card_fails" in aspects:
            say(dispatcher, "utter_card_fails")
        say_methods(dispatcher, methods)
        hand_over(dispatcher, loans, "add_card")
        if len(methods.payment_methods) > 1:
            say(dispatcher, "utter_cards_next_several")
        else:
            say(dispatcher, "utter_cards_next")

    def _answer_aspect(self, dispatcher: CollectingDispatcher, aspect: str, debits: Debits) -> None:
        if aspect == "debit_partial":
            say(dispatcher, "utter_debit_partial_yes" if debits.draws_part else "utter_debit_partial_no")
        elif aspect == "debit_for_late":
            say(dispatcher, "utter_debit_for_late", retry_days=debits.retry_days)
        elif aspect == "debit_not_yet":
            say(dispatcher, "utter_debit_not_yet" if debits.debits else "utter_debit_not_yet_nothing")
        else:
            say(dispatcher, "utter_debit_after_paying")


def say_debits(dispatcher: CollectingDispatcher, debits: Debits, methods: PaymentMethods) -> None:
    """The next attempts, the order of the cards, and what can be changed."""
    if not debits.auto_debit:
        say(dispatcher, "utter_auto_debit_is_off", as_of_at=debits.as_of)
        return
    if debits.debits:
        first = debits.debits[0]
        say(
            dispatcher,
            "utter_next_debit",
            product_name=first.product_name,
            attempt_at=first.attempt_at,
            amount_fen=first.amount_fen,
            hours=formats.listed(debits.hours),
            as_of_at=debits.as_of,
        )
        later = debits.debits[1 : 1 + ROWS]
        if later:
            rows = formats.lines(f"{d.product_name} {formats.moment(d.attempt_at)} {formats.yuan(d.amount_fen)}" for d in later)
            say(dispatcher, "utter_later_debits", debits=rows)
    else:
        say(dispatcher, "utter_no_debit_ahead", hours=formats.listed(debits.hours), as_of_at=debits.as_of)
    if debits.fixed_by_product_names:
        say_methods(dispatcher, methods)
        say(dispatcher, "utter_debit_next_steps_fixed", product_names=formats.listed(debits.fixed_by_product_names))
    else:
        say_methods(dispatcher, methods)
        say(dispatcher, "utter_debit_next_steps")


def say_methods(dispatcher: CollectingDispatcher, methods: PaymentMethods) -> None:
    """The cards in the order in which they are drawn on."""
    if not methods.payment_methods:
        say(dispatcher, "utter_no_card")
        return
    say(
        dispatcher,
        "utter_debit_order" if len(methods.payment_methods) > 1 else "utter_one_card",
        methods=formats.lines(
            f"{number}. {formats.method_name(row)}" for number, row in enumerate(methods.payment_methods[:ROWS], start=1)
        ),
    )
