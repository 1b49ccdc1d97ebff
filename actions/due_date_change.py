"""Another due day for good (intent `change_due_date`): which loan, which day, the first changed bill, and a yes files it."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, say, show, today
from actions.deferral import say_time_not_clear
from actions.requests import AskAgain, Asking, FileRequest, RequestForm
from actions.said import due_day_said
from bot.client.client import BorrowerLoans
from bot.client.errors import DueDateChangeSameDay, ProblemError
from bot.client.my_debt import DueDateChangeQuote
from bot.client.results import FiledRequest

TOPIC = "due_date_change"
QUESTIONS = ("day",)
_LAST_DAY = 28  # later days are not in every month; the backend takes none of them


class ValidateDueDateChangeForm(RequestForm):
    """Which loan, which day of the month; then what the first changed bill comes to, and a yes or no."""

    topic = TOPIC
    questions = QUESTIONS
    own_intents = frozenset({"change_due_date", "request_deferral", "ask_due_date"})
    general_response = "utter_due_date_change_in_general"

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """A day of the month; "after my wages" has the day asked for."""
        answer = asking.answer
        if "due_day" in answer.entities:
            return {"day": str(answer.entities["due_day"])}
        if answer.is_tap or (answer.intent in ("request_deferral", "ask_due_date") and question is None):
            return {}
        day = due_day_said(answer.text, today())
        if day is not None:
            return {"day": str(day)}
        return {"day": None} if question == "day" and answer.unclear_time else {}

    def _next(self, asking: Asking, dispatcher: CollectingDispatcher) -> Events:
        """Offers only loans whose day can be moved, and asks no day of a loan that keeps its own."""
        if asking.known.get("loan_id") is None:
            if len(asking.open_loans) > 1:
                movable = {row.loan_id for row in asking.loans.due_days().loans if row.can_be_moved}
                can = [loan for loan in asking.open_loans if loan.loan_id in movable]
                if len(can) == 1 and not asking.answer.put_again:
                    say(dispatcher, "utter_due_date_change_only_one", product_name=can[0].product_name)
                asking.open_loans = can or asking.open_loans
            if len(asking.open_loans) == 1:
                asking.known["loan_id"] = asking.open_loans[0].loan_id
        loan = asking.loan
        if loan is not None and asking.known.get("day") is None:
            try:
                asking.known["options"] = asking.loans.due_date_change_options(loan.loan_id)
            except ProblemError as refusal:
                say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
                return self.stop()
        return super()._next(asking, dispatcher)

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """The present day and how often it can be moved; or that a day is wanted that can be told."""
        if asking.answer.unclear_time == "payday":
            say_time_not_clear(dispatcher, asking.answer.unclear_time)
            return
        options = asking.known["options"]
        say(
            dispatcher,
            "utter_due_date_change_how",
            product_name=options.product_name,
            present_due_day=options.due_day,
            changes_allowed=options.changes_allowed,
            allowed_within_months=options.allowed_within_months,
        )

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """The first bill that changes, asked of the backend this very moment."""
        loan, day = asking.loan, int(asking.known["day"])
        assert loan is not None
        if not 1 <= day <= _LAST_DAY:
            say(dispatcher, "utter_due_day_not_in_every_month", last_day=_LAST_DAY)
            raise AskAgain("day")
        try:
            quote = asking.loans.due_date_change_quote(loan.loan_id, day)
        except DueDateChangeSameDay as refusal:
            say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
            raise AskAgain("day") from refusal
        except ProblemError as refusal:
            say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
            return None
        _say_quote(dispatcher, quote, loan.product_name)
        return {
            "offer_id": quote.quote_id,
            "quote_id": quote.quote_id,
            "filing_key": quote.filing_key,
            "loan_id": quote.loan_id,
        }


def _say_quote(dispatcher: CollectingDispatcher, quote: DueDateChangeQuote, product_name: str) -> None:
    costs = "later" if quote.extra_interest_fen > 0 else "earlier" if quote.extra_interest_fen < 0 else "same"
    say(
        dispatcher,
        f"utter_due_date_change_{costs}",
        product_name=product_name,
        due_day=quote.due_day,
        old_due_day=quote.old_due_day,
        first_instalment_number=quote.first_instalment_number,
        first_old_due_date=quote.first_old_due_date,
        first_new_due_date=quote.first_new_due_date,
        first_old_payment_fen=quote.first_old_payment_fen,
        first_new_payment_fen=quote.first_new_payment_fen,
        days=abs(quote.days),
        interest_fen=abs(quote.extra_interest_fen),
        last_due_date=quote.last_due_date,
        as_of_at=quote.as_of,
    )
    if quote.unchanged_due_date:
        say(dispatcher, "utter_due_date_change_too_soon", unchanged_due_date=quote.unchanged_due_date)
    rows = [
        {"name": "old_due_date", "value_date": quote.first_old_due_date},
        {"name": "new_due_date", "value_date": quote.first_new_due_date},
        {"name": "old_payment", "value_fen": quote.first_old_payment_fen},
        {"name": "new_payment", "value_fen": quote.first_new_payment_fen},
        {"name": "extra_interest", "value_fen": quote.extra_interest_fen},
        {"name": "decision_due_at", "value_at": quote.decision_due_at},
    ]
    show(dispatcher, {"type": "summary", "kind": "due_date_change", "product_name": product_name, "rows": rows})
    if quote.next_change_possible_date:
        say(
            dispatcher,
            "utter_due_date_change_next",
            next_change_possible_date=quote.next_change_possible_date,
            decision_due_at=quote.decision_due_at,
        )


class ActionFileDueDateChange(FileRequest):
    """Files the other due day that was confirmed."""

    topic = TOPIC
    questions = QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Under the quote's own key."""
        return loans.request_due_date_change(offered["loan_id"], offered["quote_id"], filing_key=offered["filing_key"])

    def filed_values(self, filed: FiledRequest) -> dict[str, Any]:
        """The day and from when."""
        return {"due_day": filed.terms.get("due_day"), "first_new_due_date": filed.terms.get("first_new_due_date")}
