"""Paying early, all or a part (intent `ask_early_repayment`): a quote to the cent, then the lender's payment page."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, entities_of, intent_of, say, today
from actions.choosing import named_loans
from actions.forms import Answer
from actions.my_debt import open_loans_meant
from actions.prepayment_quote import PART, limit_response, quote_values, say_quote, show_cards
from actions.requests import AskAgain, Asking, RequestForm, slots_of
from actions.secure_links import hand_over
from bot.client.client import BorrowerLoans
from bot.client.errors import (
    LoanClosed,
    PrepaymentNotOffered,
    PrepaymentTooLarge,
    PrepaymentTooSmall,
    ProblemError,
    QuoteExpired,
    QuoteNotFound,
    QuoteStale,
)
from bot.client.paying import PrepaymentQuote
from bot.client.results import Loan
from bot.nlu.amounts import HALF
from bot.nlu.aspects import find_aspects

log = logging.getLogger(__name__)

TOPIC = "early_repayment"
QUESTIONS = ("kind", "amount", "effect", "day")
_FULL = "full"
_SMALLER, _FEWER = "smaller_instalments", "fewer_instalments"
_DAYS_AHEAD = 31
# What is asked about paying early; each has its answer in a quote for the whole.
_QUESTIONS_ABOUT_IT = ("prepay_fee", "prepay_saving", "prepay_limit", "prepay_record", "prepay_still_due")
_ROWS = 6


def only_asks(entities: Mapping[str, Any], aspects: Sequence[str]) -> bool:
    """Whether a message asks about paying early and does not say that it wants to; a tap and a sum always want to."""
    wants = "prepayment" in entities or isinstance(entities.get("amount"), int)
    return not wants and any(aspect in aspects for aspect in _QUESTIONS_ABOUT_IT)


class ActionExplainEarlyRepayment(BorrowerAction):
    """Answers a question about paying early with the borrower's own figures."""

    general_response = "utter_early_repayment_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_explain_early_repayment"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Says nothing when the borrower wants to pay early: `early_repayment_form` follows and does."""
        aspects = aspects_of(tracker)
        if not only_asks(entities_of(tracker), aspects):
            return []
        loans = self.loans_of(tracker)
        chosen = open_loans_meant(loans.loans(), dispatcher, tracker)
        for loan in chosen[:_ROWS]:
            self._explain(dispatcher, loans, loan, aspects)
        if chosen:
            say(dispatcher, "utter_early_repayment_offer", loan_id=chosen[0].loan_id if len(chosen) == 1 else "")
        return []

    def _explain(self, dispatcher: CollectingDispatcher, loans: BorrowerLoans, loan: Loan, aspects: Sequence[str]) -> None:
        try:
            quote = loans.prepayment_quote(loan.loan_id)
        except PrepaymentNotOffered as refusal:
            say(dispatcher, refusal.response, product_name=loan.product_name)
            return
        say(
            dispatcher,
            "utter_early_repayment_costs_fee" if quote.prepayment_fee_fen else "utter_early_repayment_is_free",
            **quote_values(quote, loan),
        )
        if "prepay_limit" in aspects:
            say(dispatcher, limit_response(quote))
        if "prepay_record" in aspects:
            say(dispatcher, f"utter_prepayment_credit_{quote.credit_effect}")
        if "prepay_still_due" in aspects:
            say(dispatcher, "utter_early_repayment_still_due")


def _principal(loan: Loan, amount: int | str) -> int:
    """How much principal is to be repaid, in fen; of a half, whole yuan of what is left now."""
    return int(amount) if amount != HALF else loan.outstanding_principal_fen // 200 * 100


class ValidateEarlyRepaymentForm(RequestForm):
    """Asks which loan, all or how much, and for a part which effect; shows a quote; a yes leads to the payment page."""

    topic = TOPIC
    recalled_in_a_sentence = False
    questions = QUESTIONS
    own_intents = frozenset({"ask_early_repayment", "ask_how_to_repay", "ask_minimum_payment"})
    general_response = "utter_early_repayment_in_general"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """As any request; a message that only asks something has been answered by then, and ends it unheard."""
        if answer.asked is None and not answer.put_again and only_asks(answer.entities, aspects_of(tracker)):
            return self.stop()
        return super().proceed(answer, dispatcher, tracker)

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """All or a part, how much, which effect, on which day."""
        answer = asking.answer
        aspects = [name for name, _, _ in find_aspects("" if answer.is_tap else answer.text)]
        effect = answer.entities.get("prepayment_effect") or _effect_in(aspects)
        said: dict[str, Any] = {} if effect is None else {"effect": str(effect)}
        kind, amount = answer.entities.get("prepayment"), answer.entities.get("amount")
        if kind is None and isinstance(amount, int):
            kind, said["amount"] = PART, amount
        elif kind is None and "prepay_half" in aspects:
            kind, said["amount"] = PART, HALF
        elif kind is None and effect is None:
            # "早点还完" names an effect and not the whole.
            kind = _FULL if "prepay_full" in aspects else PART if "prepay_part" in aspects else None
        if kind is not None:
            said["kind"] = str(kind)
        if kind == _FULL:
            said.update(amount=None, effect=None)
        if isinstance(amount, int):
            # A sum is how much, and not which loan, however near it is to what is owed of another.
            said["loan_id"] = _loan_without_sum(asking) or asking.known.get("loan_id")
        if "date" in answer.entities:
            said["day"] = str(answer.entities["date"])
        return said

    def is_asked(self, question: str, asking: Asking) -> bool:
        """How much and which effect, only of a part; the day is today unless another is named."""
        return question == "kind" or (question in ("amount", "effect") and asking.known.get("kind") == PART)

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """The quote, asked of the backend this very moment."""
        loan = asking.loan
        assert loan is not None
        day = self._day(asking, dispatcher)
        quote = self._quote(asking, loan, day, dispatcher)
        if quote is None:
            return None
        say_quote(dispatcher, quote, loan, briefly=asking.answer.put_again)
        if not asking.answer.put_again:
            show_cards(dispatcher, asking.loans, quote, loan)
        if quote.prepay_date != today():
            # A quote holds for some minutes; on that day it has to be made anew.
            say(dispatcher, "utter_early_repayment_on_its_day", prepay_date=quote.prepay_date)
            return None
        return {"offer_id": quote.quote_id, "loan_id": loan.loan_id}

    def _day(self, asking: Asking, dispatcher: CollectingDispatcher) -> date | None:
        """The day that was named, where a quote can be had for it."""
        named = asking.known.get("day")
        if named is None:
            return None
        day = date.fromisoformat(str(named))
        if today() <= day <= today() + timedelta(days=_DAYS_AHEAD):
            return day
        asking.known["day"] = None
        say(dispatcher, "utter_early_repayment_day_too_far", latest_date=today() + timedelta(days=_DAYS_AHEAD))
        return None

    def _quote(self, asking: Asking, loan: Loan, day: date | None, dispatcher: CollectingDispatcher) -> PrepaymentQuote | None:
        """The quote; a part that would be all of it is quoted as the whole.

        Raises:
            AskAgain: a part too small.
        """
        known = asking.known
        if known["kind"] == PART:
            try:
                return asking.loans.prepayment_quote(
                    loan.loan_id, principal_fen=_principal(loan, known["amount"]), effect=known["effect"], prepay_date=day
                )
            except PrepaymentTooSmall as refusal:
                say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
                raise AskAgain("amount") from refusal
            except PrepaymentTooLarge as refusal:
                say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
                known.update(kind=_FULL, amount=None, effect=None)
            except ProblemError as refusal:
                say(dispatcher, refusal.response, product_name=loan.product_name, loan_id=loan.loan_id, **refusal.details())
                return None
        try:
            return asking.loans.prepayment_quote(loan.loan_id, prepay_date=day)
        except ProblemError as refusal:
            say(dispatcher, refusal.response, product_name=loan.product_name, loan_id=loan.loan_id, **refusal.details())
            return None

    def _decide(
        self, answer: Answer, known: dict[str, Any], shown: dict[str, Any] | None, dispatcher: CollectingDispatcher
    ) -> Events:
        """A no is asked from the beginning: all of it, or a part."""
        if answer.intent == "deny" or not shown:
            say(dispatcher, f"utter_{TOPIC}_not_confirmed")
            again = {f"{TOPIC}_{name}": None for name in (*QUESTIONS, "offer")}
            return self.ask(f"{TOPIC}_kind", {**again, f"{TOPIC}_loan_id": known.get("loan_id")})
        return super()._decide(answer, known, shown, dispatcher)


class ActionOpenPrepaymentPage(BorrowerAction):
    """Hands over to the payment page with the quote that was confirmed; the bot itself books nothing."""

    def name(self) -> str:
        """As in the domain."""
        return "action_open_prepayment_page"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A link that carries the quote, or why there is none."""
        offered = tracker.get_slot(f"{TOPIC}_offer")
        if intent_of(tracker) != "affirm" or not offered:
            say(dispatcher, "utter_early_repayment_expired")
            return _forget()
        try:
            hand_over(dispatcher, self.loans_of(tracker), "pay", loan_id=offered["loan_id"], quote_id=offered["offer_id"])
        except (QuoteExpired, QuoteStale, QuoteNotFound, LoanClosed) as refusal:
            log.warning("prepayment %s: %s", offered["offer_id"], refusal)
            say(dispatcher, "utter_early_repayment_expired")
        else:
            say(dispatcher, "utter_early_repayment_after_paying")
        return _forget()

    def after_failure(self, tracker: Tracker) -> Events:
        """What was confirmed must not outlive the failure."""
        return _forget()


def _loan_without_sum(asking: Asking) -> str | None:
    """The loan that the message names by anything but a sum."""
    entities = {name: value for name, value in asking.answer.entities.items() if name != "amount"}
    named = named_loans(entities, asking.open_loans, asking.answer.text)
    return named[0].loan_id if len(named) == 1 else None


def _effect_in(aspects: Sequence[str]) -> str | None:
    """What shall become of the plan, where the words say it."""
    if "prepay_smaller" in aspects:
        return _SMALLER
    return _FEWER if "prepay_fewer" in aspects else None


def _forget() -> Events:
    return [SlotSet(name, None) for name in slots_of(TOPIC, QUESTIONS, wants_loan=True)]
