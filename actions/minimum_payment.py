"""Paying only a part (intent `ask_minimum_payment`): the minimum and what it costs in the end, or a part of an instalment."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, entities_of, say, text_of, today
from actions.choosing import named_loans
from actions.my_debt import open_loans_meant
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.difficulty import MinimumPayment, PartialPayment
from bot.client.results import Loan

# What exactly is asked, and the sentence that answers it.
_ANSWERS = {
    "minimum_late": "utter_minimum_is_on_time",
    "minimum_record": "utter_minimum_is_on_time",
    "minimum_share": "utter_minimum_share",
    "minimum_debited": "utter_minimum_and_auto_debit",
    "minimum_rest_when": "utter_minimum_rest_when",
}
_SHOWN_MONTHS = 4


class ActionShowMinimumPayment(BorrowerAction):
    """Shows what paying only a part means."""

    general_response = "utter_minimum_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_minimum_payment"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Of a line the minimum, the rest's cost and the example; of an instalment loan what a part payment does."""
        loans = self.loans_of(tracker)
        aspects = aspects_of(tracker)
        chosen = _those_with_a_minimum(open_loans_meant(loans.loans(), dispatcher, tracker), tracker)
        amount = entities_of(tracker).get("amount")
        amount_fen = amount if isinstance(amount, int) else None
        for loan in chosen[:2]:
            _show(dispatcher, loans, loan, amount_fen if len(chosen) == 1 else None, aspects)
        return []


def _those_with_a_minimum(loans: Sequence[Loan], tracker: Tracker) -> list[Loan]:
    """The loans that are meant: those named, else the lines, which alone have a minimum, else the most urgent loan."""
    entities = {name: value for name, value in entities_of(tracker).items() if name != "amount"}
    named = named_loans(entities, loans, text_of(tracker))
    lines = [loan for loan in loans if loan.kind == "revolving"]
    return named or lines or list(loans[:1])


def _show(
    dispatcher: CollectingDispatcher, loans: BorrowerLoans, loan: Loan, amount_fen: int | None, aspects: Sequence[str]
) -> None:
    if amount_fen is not None and amount_fen > loan.outstanding_fen:
        say(dispatcher, "utter_more_than_owed", product_name=loan.product_name, outstanding_fen=loan.outstanding_fen)
        return
    found = loans.minimum_payment(loan.loan_id, amount_fen)
    if not found.due_fen:
        say(dispatcher, "utter_nothing_due", product_name=found.product_name, as_of_at=found.as_of)
    elif found.offered:
        _show_line(dispatcher, found, aspects)
    else:
        _show_loan(dispatcher, found)


def _show_line(dispatcher: CollectingDispatcher, found: MinimumPayment, aspects: Sequence[str]) -> None:
    """First what was asked, then how much, then what it comes to."""
    values = {
        "product_name": found.product_name,
        "due_date": found.due_date,
        "due_fen": found.due_fen,
        "minimum_fen": found.minimum_fen,
        "minimum_share_rate": found.minimum_share,
        "rest_fen": found.rest_fen,
        "rest_a_day_fen": found.rest_a_day_fen,
        "daily_rate": found.daily_rate,
        "days_past_due": found.days_past_due,
        "as_of_at": found.as_of,
    }
    if found.partial is not None:
        say(
            dispatcher,
            "utter_part_below_minimum" if found.partial.still_due_fen else "utter_part_reaches_minimum",
            **{**values, **_partial_values(found.partial)},
        )
    for response in dict.fromkeys(_ANSWERS[aspect] for aspect in aspects if aspect in _ANSWERS):
        say(dispatcher, response, **values)
    if not found.minimum_fen:
        say(dispatcher, "utter_minimum_paid", **values)
    else:
        say(dispatcher, "utter_minimum_past_due" if found.days_past_due else "utter_minimum_payment", **values)
    if found.example is not None:
        example = found.example
        say(
            dispatcher,
            "utter_minimum_example",
            number_of_months=example.number_of_months,
            total_interest_fen=example.total_interest_fen,
            last_payment_date=example.last_payment_date,
            ends_below_fen=example.ends_below_fen,
            months=formats.lines(formats.minimum_row(row, today()) for row in example.first_months[:_SHOWN_MONTHS]),
        )
        _compare(dispatcher, found)


def _compare(dispatcher: CollectingDispatcher, found: MinimumPayment) -> None:
    """The minimum beside splitting the statement; that a line knows no deferral is said, too."""
    split, example = found.bill_instalments, found.example
    if split is None or example is None:
        say(dispatcher, "utter_minimum_alone", product_name=found.product_name)
        return
    say(
        dispatcher,
        "utter_minimum_or_instalments",
        product_name=found.product_name,
        loan_id=found.loan_id,
        number_of_months=example.number_of_months,
        total_interest_fen=example.total_interest_fen,
        term=split.term,
        monthly_payment_fen=split.monthly_payment_fen,
        instalment_interest_fen=split.total_interest_fen,
        last_due_date=split.last_due_date,
    )


def _show_loan(dispatcher: CollectingDispatcher, found: MinimumPayment) -> None:
    values = {
        "product_name": found.product_name,
        "due_date": found.due_date,
        "due_fen": found.due_fen,
        "days_past_due": found.days_past_due,
        "a_day_late_fen": found.a_day_late_fen,
        "as_of_at": found.as_of,
    }
    say(dispatcher, "utter_no_minimum_past_due" if found.days_past_due else "utter_no_minimum", **values)
    if found.partial is None:
        say(dispatcher, "utter_part_of_instalment", **values)
    elif found.partial.still_due_fen:
        say(dispatcher, "utter_part_of_instalment_of", **{**values, **_partial_values(found.partial)})
    else:
        say(dispatcher, "utter_part_is_all_of_it", **{**values, **_partial_values(found.partial)})
    say(dispatcher, "utter_part_next_steps", loan_id=found.loan_id)


def _partial_values(partial: PartialPayment) -> dict[str, object]:
    return {
        "amount_fen": partial.amount_fen,
        "to_interest_fen": partial.interest_fen + partial.fee_fen + partial.penalty_fen,
        "to_principal_fen": partial.principal_fen,
        "still_due_fen": partial.still_due_fen,
        "a_day_late_fen": partial.a_day_late_fen,
    }
