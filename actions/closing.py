"""Closing a credit line: what is open first, then the request, which a person decides (intent `close_account`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, button, offer, say, show
from actions.credit_line import another_lenders, lines_named, say_how_it_is
from actions.forms import Answer
from actions.requests import Asking, FileRequest, RequestForm
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.credit_line import Closing, CreditLineStanding
from bot.client.results import FiledRequest

_ROWS = 6
# Asked beside the wish to close; each has a response utter_<aspect>.
_SIDE_QUESTIONS = ("closing_undone_later", "closing_still_owed", "closing_other_account", "closing_only_pause")


class ActionAboutClosing(BorrowerAction):
    """What was asked about closing, before the form goes on with it; silent where only the wish was said."""

    def name(self) -> str:
        """As in the domain."""
        return "action_about_closing"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The answer to each question that the message asks beside the wish."""
        for aspect in aspects_of(tracker):
            if aspect in _SIDE_QUESTIONS:
                say(dispatcher, f"utter_{aspect}")
        return []


class ValidateClosingForm(RequestForm):
    """Which line, what stands in its way, and a yes or no."""

    topic = "closing"
    questions = ("product_id",)
    wants_loan = False
    own_intents = frozenset({"close_account"})
    general_response = "utter_closing_in_general"
    unavailable_response = "utter_cannot_look_up"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A no ends it: there is nothing about a closing that could be different."""
        if answer.asked == "closing_confirmed" and answer.intent == "deny" and not answer.put_again:
            say(dispatcher, "utter_closing_not_confirmed")
            return self.stop()
        if answer.asked is None:
            product = another_lenders(tracker, [])
            if product is not None:
                say(dispatcher, "utter_closing_another_lenders", product=product)
                return self.stop()
            found = self.loans_of(tracker).credit_lines()
            gone = [line for line in lines_named(found.credit_lines, tracker) if not line.was_opened]
            if gone:
                say_how_it_is(dispatcher, gone[0], found.as_of)
                return self.stop()
        return super().proceed(answer, dispatcher, tracker)

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """The line that the message names, by its product."""
        said = f"{asking.answer.text} {asking.answer.entities.get('product', '')}"
        named = [line for line in _can_be_closed(asking.loans) if line.product_name in said]
        longest = max((len(line.product_name) for line in named), default=0)
        chosen = [line for line in named if len(line.product_name) == longest]
        return {"product_id": chosen[0].product_id} if len(chosen) == 1 else {}

    def is_asked(self, question: str, asking: Asking) -> bool:
        """Which line: only where there are several."""
        return len(_can_be_closed(asking.loans)) > 1

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """The lines, to be tapped."""
        lines = _can_be_closed(asking.loans)
        choice = [button(line.product_name, "inform", product=line.product_name) for line in lines]
        offer(dispatcher, "utter_which_line_to_close", choice)

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What is open first; where nothing is, what closing means."""
        product_id = asking.known.get("product_id")
        if product_id is None:
            lines = _can_be_closed(asking.loans)
            if not lines:
                say(dispatcher, "utter_nothing_to_close")
                return None
            product_id = lines[0].product_id
        closing = asking.loans.closing(product_id)
        if not closing.can_be_filed:
            _say_what_is_open(dispatcher, closing)
            return None
        say(
            dispatcher,
            "utter_closing_quote",
            product_name=closing.product_name,
            limit_fen=closing.limit_fen,
            decision_due_at=closing.decision_due_at,
            as_of_at=closing.as_of,
        )
        if closing.running_refunds:
            say(dispatcher, "utter_closing_refunds_first", running_refunds=closing.running_refunds)
        show(dispatcher, _summary(closing))
        # The key names the terms: it changes when this wish was taken back or refused before.
        return {"offer_id": closing.filing_key, "product_id": product_id, "filing_key": closing.filing_key}


class ActionFileClosing(FileRequest):
    """Files the closing that the borrower has just confirmed."""

    topic = "closing"
    questions = ("product_id",)
    wants_loan = False

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Files it under the key that the preview named."""
        return loans.request_closing(offered["product_id"], filing_key=offered["filing_key"])

    def filed_values(self, filed: FiledRequest) -> dict[str, Any]:
        """The product that is closed when the desk agrees."""
        return {"product_name": filed.terms.get("product_name", "")}


def _can_be_closed(loans: BorrowerLoans) -> Sequence[CreditLineStanding]:
    return [line for line in loans.credit_lines().credit_lines if line.was_opened]


def _say_what_is_open(dispatcher: CollectingDispatcher, closing: Closing) -> None:
    """What stands in the way of closing a line, with the sums."""
    values = {"product_name": closing.product_name, "as_of_at": closing.as_of}
    if closing.pending_request_id:
        say(dispatcher, "utter_closing_pending", request_id=closing.pending_request_id, **values)
        return
    if closing.loans_in_use:
        rows = [
            f"{formats.day(loan.next_due_date)} {formats.yuan(loan.outstanding_fen)}"
            if loan.next_due_date
            else formats.yuan(loan.outstanding_fen)
            for loan in closing.loans_in_use[:_ROWS]
        ]
        say(
            dispatcher,
            "utter_closing_owed_first" if len(closing.loans_in_use) == 1 else "utter_closing_several_owed_first",
            number_of_loans=len(closing.loans_in_use),
            outstanding_fen=closing.outstanding_fen,
            loans=formats.lines(rows),
            **values,
        )
    if closing.running_application_id:
        say(dispatcher, "utter_closing_application_first", **values)


def _summary(closing: Closing) -> dict[str, Any]:
    return {
        "type": "summary",
        "kind": "closing",
        "product_name": closing.product_name,
        "rows": [
            {"name": "limit", "value_fen": closing.limit_fen},
            {"name": "outstanding", "value_fen": closing.outstanding_fen},
            {"name": "decision_due", "value_at": closing.decision_due_at},
        ],
    }
