"""A new plan (intent `request_instalment`): what one can pay a month, said or reckoned, then the quote, and a yes files it."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, aspects_of, say, show
from actions.forms import Answer
from actions.household import household_said
from actions.my_debt import say_if_foreign
from actions.requests import AskAgain, Asking, FileRequest, RequestForm
from actions.restructure_words import answer_questions, say_quote, say_range, show_cards
from bot.client.client import BorrowerLoans
from bot.client.errors import (
    ProblemError,
    RestructureNotLower,
    RestructurePaymentTooLow,
    RestructureTermNotOffered,
)
from bot.client.results import FiledRequest
from bot.loans.money import fen

TOPIC = "restructure"
# The household is asked for only when the borrower wants it reckoned; the wish comes last, as a no asks for it again.
QUESTIONS = ("income", "expenses", "wish")
_RECKON = "household"
_DECLINED = "declined"
_BARE_YUAN = re.compile(r"[1-9][0-9]{2,6}")
_BARE_TERM = re.compile(r"[1-9][0-9]?")
_ANOTHER_WISH = (RestructurePaymentTooLow, RestructureNotLower, RestructureTermNotOffered)


class ValidateRestructureForm(RequestForm):
    """Which loan, how much a month (or from income and expenses), then the new plan beside the old, and a yes or no."""

    topic = TOPIC
    recalled_in_a_sentence = False
    questions = QUESTIONS
    own_intents = frozenset({"request_instalment", "report_hardship", "ask_minimum_payment"})
    general_response = "utter_restructure_in_general"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """As any request; a message that only asks about instalments is answered, and begins nothing."""
        aspects = [] if answer.is_tap else aspects_of(tracker)
        if answer.asked is None and not answer.put_again and answer_questions(self, aspects, dispatcher, tracker):
            return self.stop()
        answer = dataclasses.replace(answer, entities=_with_sum(answer, tracker, aspects))
        return super().proceed(answer, dispatcher, tracker)

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """A monthly sum, a number of instalments, that it be reckoned, or a sum of the household."""
        entities, intent = asking.answer.entities, asking.answer.intent
        sum_fen, wish = entities.get("said_sum_fen"), entities.get("restructure")
        household = entities.get("household")
        if household is not None:
            said = {"income": household.income_fen, "expenses": household.expenses_fen}
            return {"wish": _RECKON, **{name: str(sum_fen) for name, sum_fen in said.items() if sum_fen is not None}}
        if question in ("income", "expenses"):
            if isinstance(sum_fen, int):
                return {question: str(sum_fen)}
            if wish == _DECLINED or intent == "deny":
                return {"income": _DECLINED, "expenses": None, "wish": None}
        if wish == _RECKON or (question == "wish" and "restructure_reckon" in entities):
            return {"wish": _RECKON, "income": None, "expenses": None}
        if isinstance(wish, str) and wish.isdigit():
            return {"wish": wish}
        count = str(entities.get("instalment_count", ""))
        if question == "wish" and _BARE_TERM.fullmatch(asking.answer.text.strip()):
            count = asking.answer.text.strip()
        if count.isdigit() and int(count):
            return {"wish": f"{count}I"}
        if isinstance(sum_fen, int) and sum_fen and question in (None, "wish", "confirmed"):
            return {"wish": str(sum_fen)}
        return {}

    def is_an_answer(self, asking: Asking, question: str | None) -> bool:
        """A monthly sum, or one of the household, whatever else the message was taken for."""
        return question is not None and bool({"household", "monthly_sum"} & asking.answer.entities.keys())

    def is_asked(self, question: str, asking: Asking) -> bool:
        """Income and expenses, only when it is to be reckoned from them."""
        return question == "wish" or asking.known.get("wish") == _RECKON

    def _next(self, asking: Asking, dispatcher: CollectingDispatcher) -> Events:
        """Asks nothing about a loan that can have no new plan."""
        if asking.answer.asked is None and not asking.answer.put_again:
            say_if_foreign(dispatcher, asking.answer.entities, asking.open_loans)
        if len(asking.open_loans) == 1:
            asking.known["loan_id"] = asking.open_loans[0].loan_id
        loan = asking.loan
        if loan is not None and asking.known.get("wish") is None:
            try:
                asking.known["range"] = asking.loans.restructure_range(loan.loan_id)
            except ProblemError as refusal:
                say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
                return self.stop()
        return super()._next(asking, dispatcher)

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """Before the monthly sum is asked: between which sums it can lie."""
        found = asking.known.get("range")
        if question != "wish" or found is None:
            return
        if asking.known.get("income") == _DECLINED:
            say(dispatcher, "utter_restructure_declined")
        else:
            say_range(dispatcher, found)
        card = {
            "min_fen": found.min_monthly_payment_fen,
            "max_fen": found.max_monthly_payment_fen,
            "step_fen": found.step_fen,
            "suggested_fen": found.suggested_monthly_payment_fen,
        }
        show(dispatcher, {"type": "amount_choice", **card, "per": "month"})

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """The new plan beside the old and beside a deferral, asked of the backend this very moment."""
        loan, known = asking.loan, asking.known
        assert loan is not None
        try:
            quote = asking.loans.restructure_quote(loan.loan_id, **_wish(known))
        except _ANOTHER_WISH as refusal:
            say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
            known.update(income=None, expenses=None)
            raise AskAgain("wish") from refusal
        except ProblemError as refusal:
            say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
            return None
        say_quote(dispatcher, asking, loan, quote)
        offered = {
            "offer_id": quote.quote_id,
            "quote_id": quote.quote_id,
            "filing_key": quote.filing_key,
            "loan_id": loan.loan_id,
        }
        show_cards(dispatcher, asking, loan, quote)
        return offered


def _wish(known: dict[str, Any]) -> dict[str, Any]:
    """What the backend is asked for: a sum, a number of instalments, or the household."""
    wish = str(known["wish"])
    if wish == _RECKON:
        return {"household": (int(known["income"]), int(known["expenses"]))}
    return {"term": int(wish[:-1])} if wish.endswith("I") else {"monthly_payment_fen": int(wish)}


def _with_sum(answer: Answer, tracker: Tracker, aspects: list[str]) -> dict[str, Any]:
    """The message's values, a sum among them under a name of its own: what can be paid a month points at no loan.

    A rough sum ("六百左右") will do here, as the plan is shown before anything is filed; a bare number is yuan. What she earns
    or has to spend ("一个月挣3000") is no wish, but what a wish is reckoned from.
    """
    entities = dict(answer.entities)
    asks_sum = answer.asked in tuple(f"{TOPIC}_{name}" for name in (*QUESTIONS, "confirmed"))
    if not asks_sum and "restructure_monthly" not in aspects:
        return entities
    if "restructure_reckon" in aspects:
        entities["restructure_reckon"] = True
    entities.pop("amount", None)
    sums = [] if answer.put_again or answer.is_tap else _sums(tracker)
    asked = (answer.asked or "").removeprefix(f"{TOPIC}_")
    household = household_said(answer.text, sums, asked if asked in ("income", "expenses") else None)
    if household.is_told and not answer.is_tap:
        entities["household"] = household
        return entities
    sum_fen = sums[0][2] if sums else None
    text = answer.text.strip()
    if sum_fen is None and asks_sum and _BARE_YUAN.fullmatch(text):
        sum_fen = fen(text)
    if sum_fen is None and asks_sum and "restructure_nothing" in aspects:
        sum_fen = 0
    if isinstance(sum_fen, int):
        entities["said_sum_fen"] = sum_fen
        if "restructure_monthly" in aspects:
            entities["monthly_sum"] = True
    return entities


def _sums(tracker: Tracker) -> list[tuple[int, int, int]]:
    """The sums of the message as (start, end, fen), rough ones too; a relative one ("the minimum") is none."""
    found = [e for e in tracker.latest_message.get("entities") or [] if e["entity"] == "amount" and isinstance(e["value"], int)]
    return [(int(e.get("start") or 0), int(e.get("end") or 0), e["value"]) for e in found]


class ActionFileRestructure(FileRequest):
    """Files the new plan that the borrower has just confirmed."""

    topic = TOPIC
    questions = QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Under the quote's key."""
        return loans.request_restructure(offered["loan_id"], offered["quote_id"], filing_key=offered["filing_key"])

    def filed_values(self, filed: FiledRequest) -> dict[str, Any]:
        """The new plan in short."""
        names = ("new_payment_fen", "new_term", "first_due_date", "last_due_date")
        return {name: filed.terms.get(name) for name in names}
