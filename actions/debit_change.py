"""Changes of automatic debit and cards: what follows is said first, and nothing is changed without a yes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.auto_debit import ADD, FIRST, OFF, ON, REMOVE, ROWS, change_asked, say_methods
from actions.base import BorrowerAction, Events, aspects_of, button, intent_of, offer, say, show
from actions.forms import Answer
from actions.requests import AskAgain, Asking, RequestForm, slots_of
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.errors import BackendUnavailable, FilingUnknown, ProblemError
from bot.client.paying import Debits, PaymentMethod, PaymentMethods
from bot.nlu.aspects import find_aspects

log = logging.getLogger(__name__)

TOPIC = "debit_change"
QUESTIONS = ("kind", "method")
_OF_A_METHOD = frozenset({FIRST, REMOVE})


class ValidateDebitChangeForm(RequestForm):
    """Changes the debit order, takes a card away, or switches auto debit: what follows is said first, then a yes is asked for."""

    topic = TOPIC
    recalled_in_a_sentence = False  # what follows from it has to be read together with the yes
    questions = QUESTIONS
    wants_loan = False
    own_intents = frozenset({"ask_auto_debit", "manage_bank_card", "ask_how_to_repay"})
    general_response = "utter_auto_debit_in_general"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """As any request; a message that only asks something has been answered by then, and ends it unheard."""
        if answer.asked is None and not answer.put_again:
            change = change_asked(answer.entities, aspects_of(tracker), answer.intent)
            if change in (None, ADD):
                return self.stop()
        return super().proceed(answer, dispatcher, tracker)

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """The change, and the card that it is about."""
        answer = asking.answer
        aspects = [name for name, _, _ in find_aspects("" if answer.is_tap else answer.text)]
        said: dict[str, Any] = {}
        change = change_asked(answer.entities, aspects, answer.intent)
        if change not in (None, ADD) and change != asking.known.get("kind"):
            said.update(kind=change, method=None)
        method = self._method_in(asking, aspects)
        if method is not None:
            said["method"] = method
        return said

    def _method_in(self, asking: Asking, aspects: Sequence[str]) -> str | None:
        answer = asking.answer
        if "payment_method_id" in answer.entities:
            return str(answer.entities["payment_method_id"])
        found = named_methods(asking.loans.payment_methods().payment_methods, answer.entities, answer.text)
        return found[0].payment_method_id if len(found) == 1 else None

    def is_asked(self, question: str, asking: Asking) -> bool:
        """Which card, only where one is meant and there are several."""
        if question == "kind":
            return True
        if asking.known.get("kind") not in _OF_A_METHOD:
            return False
        methods = asking.loans.payment_methods().payment_methods
        if len(methods) == 1:
            asking.known["method"] = methods[0].payment_method_id
        return len(methods) != 1

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """Shows the cards to choose from."""
        if question == "method":
            rows = asking.loans.payment_methods().payment_methods[:ROWS]
            choice = [button(formats.method_name(row), "inform", payment_method_id=row.payment_method_id) for row in rows]
            offer(dispatcher, f"utter_which_card_{asking.known['kind']}", choice)

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What the change would lead to."""
        methods, debits = asking.loans.payment_methods(), asking.loans.debits()
        kind, wanted = str(asking.known["kind"]), asking.known.get("method")
        method = next((row for row in methods.payment_methods if row.payment_method_id == wanted), None)
        if kind in _OF_A_METHOD and method is None:
            say(dispatcher, "utter_card_not_found")
            raise AskAgain("method")
        why_not = _why_not(kind, method, methods, debits)
        if why_not is not None:
            say(dispatcher, why_not, product_names=formats.listed(debits.fixed_by_product_names))
            return None
        order = _order_after(kind, method, methods.payment_methods)
        self._say_what_follows(dispatcher, kind, method, order, debits, methods)
        ids = [row.payment_method_id for row in order]
        return {"offer_id": f"{kind}-{'-'.join(ids)}", "kind": kind, "method": wanted, "order": ids}

    def _say_what_follows(
        self,
        dispatcher: CollectingDispatcher,
        kind: str,
        method: PaymentMethod | None,
        order: Sequence[PaymentMethod],
        debits: Debits,
        methods: PaymentMethods,
    ) -> None:
        first = debits.debits[0] if debits.debits else None
        say(
            dispatcher,
            f"utter_debit_change_{kind}" if kind != OFF or first else "utter_debit_change_off_nothing_due",
            method=formats.method_name(method) if method else None,
            methods=formats.lines(f"{number}. {formats.method_name(row)}" for number, row in enumerate(order, start=1)),
            product_name=first.product_name if first else None,
            due_date=first.due_date if first else None,
            amount_fen=first.amount_fen if first else None,
            as_of_at=methods.as_of,
        )
        if kind in _OF_A_METHOD:
            names = {"old_order": methods.payment_methods, "new_order": order}
            rows = [{"name": n, "value_text": formats.listed(map(formats.method_name, m))} for n, m in names.items()]
            show(dispatcher, {"type": "summary", "kind": f"debit_{kind}", "product_name": "", "rows": rows})

    def _decide(
        self, answer: Answer, known: dict[str, Any], shown: dict[str, Any] | None, dispatcher: CollectingDispatcher
    ) -> Events:
        """A no ends it: there is nothing to haggle about."""
        if answer.intent == "deny" or not shown:
            say(dispatcher, f"utter_{TOPIC}_stopped")
            return self.stop()
        return super()._decide(answer, known, shown, dispatcher)


class ActionFileDebitChange(BorrowerAction):
    """Carries out the change that the borrower has just confirmed."""

    def name(self) -> str:
        """As in the domain."""
        return f"action_file_{TOPIC}"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ends in one of: done, refused, not done, unknown."""
        offered = tracker.get_slot(f"{TOPIC}_offer")
        if intent_of(tracker) != "affirm" or not offered:
            # Nothing is changed but on a yes of this very message, whatever is left in the slots.
            say(dispatcher, f"utter_{TOPIC}_not_done")
            return _forget()
        try:
            methods = _carry_out(self.loans_of(tracker), offered)
        except FilingUnknown as error:
            log.warning("debit change %s: %s", offered["offer_id"], error)
            say(dispatcher, f"utter_{TOPIC}_unknown")
        except BackendUnavailable as error:
            log.warning("debit change %s: %s", offered["offer_id"], error)
            say(dispatcher, f"utter_{TOPIC}_not_done")
        except ProblemError as refusal:
            fixed_by = formats.listed(self.loans_of(tracker).debits().fixed_by_product_names)
            say(dispatcher, refusal.response, product_names=fixed_by, **refusal.details())
        else:
            say(dispatcher, f"utter_{TOPIC}_done_{offered['kind']}", as_of_at=methods.as_of)
            if offered["kind"] != OFF:
                say_methods(dispatcher, methods)
        return _forget()


def named_methods(methods: Sequence[PaymentMethod], entities: Mapping[str, Any], text: str) -> list[PaymentMethod]:
    """The payment methods that words point at: by the tail of the card, by label, by place ("第二张"), or the balance."""
    last4 = entities.get("card_last4")
    if last4 is not None:
        return [row for row in methods if row.card_last4 == str(last4)]
    by_words = [row for row in methods if row.label in text or (row.card_last4 and row.card_last4 in text)]
    if by_words:
        return by_words
    reference = str(entities.get("loan_reference") or "")
    if reference.isdigit() and 1 <= int(reference) <= len(methods):
        return [methods[int(reference) - 1]]
    if any(name == "pay_by_balance" for name, _, _ in find_aspects(text)):
        return [row for row in methods if row.kind == "balance"]
    return []


def _why_not(kind: str, method: PaymentMethod | None, methods: PaymentMethods, debits: Debits) -> str | None:
    """The response that says why a change cannot be; None when it can."""
    if kind == OFF and debits.fixed_by_product_names:
        return "utter_auto_debit_fixed"
    if kind == OFF and not methods.auto_debit:
        return "utter_auto_debit_off_already"
    if kind == ON and methods.auto_debit:
        return "utter_auto_debit_on_already"
    if kind == FIRST and (len(methods.payment_methods) < 2 or method == methods.payment_methods[0]):
        return "utter_card_is_first_already"
    if kind == REMOVE and len(methods.payment_methods) < 2 and debits.debits:
        return "utter_last_card"
    return None


def _order_after(kind: str, method: PaymentMethod | None, methods: Sequence[PaymentMethod]) -> list[PaymentMethod]:
    others = [row for row in methods if row != method]
    if kind == REMOVE:
        return others
    return [method, *others] if kind == FIRST and method else list(methods)


def _carry_out(loans: BorrowerLoans, offered: Mapping[str, Any]) -> PaymentMethods:
    if offered["kind"] == FIRST:
        return loans.change_debit_order(offered["order"])
    if offered["kind"] == REMOVE:
        return loans.remove_payment_method(offered["method"])
    return loans.switch_auto_debit(enabled=offered["kind"] == ON)


def _forget() -> Events:
    return [SlotSet(name, None) for name in slots_of(TOPIC, QUESTIONS, wants_loan=False)]
