"""How a new plan is told: the quote beside the old plan and beside a deferral, its cards, and questions about instalments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, say, show
from actions.my_debt import open_loans_meant
from actions.requests import Asking
from bot import formats
from bot.client.difficulty import PaymentRange, RestructureQuote
from bot.client.errors import ProblemError
from bot.client.results import Loan

# Questions about instalments, and the sentence that answers each with the borrower's own figures.
_QUESTIONS = {
    "instalment_stop_interest": "utter_restructure_stop_interest",
    "instalment_credit": "utter_restructure_credit",
    "instalment_again": "utter_restructure_again",
    "instalment_cancel": "utter_restructure_cancel",
    "instalment_limit": "utter_restructure_limit",
    "instalment_shopping": "utter_restructure_shopping",
    "instalment_why_not": "utter_restructure_why_not",
    "instalment_cost": "utter_restructure_cost",
}


def answer_questions(action: BorrowerAction, aspects: Sequence[str], dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Answers a message that asks about instalments instead of asking for them; False when it does not."""
    asked = [_QUESTIONS[aspect] for aspect in aspects if aspect in _QUESTIONS]
    if not asked or "restructure_monthly" in aspects:
        return False
    loans = action.loans_of(tracker)
    chosen = open_loans_meant(loans.loans(), dispatcher, tracker)
    for response in dict.fromkeys(asked):
        say(dispatcher, response, product_names=formats.listed(loan.product_name for loan in chosen))
    possible: list[Loan] = []
    for loan in chosen[:3]:
        try:
            found = loans.restructure_range(loan.loan_id)
        except ProblemError as refusal:
            say(dispatcher, refusal.response, product_name=loan.product_name, **refusal.details())
            continue
        say_range(dispatcher, found)
        possible.append(loan)
    if possible:
        say(dispatcher, "utter_restructure_offer", loan_id=possible[0].loan_id)
    return True


def say_range(dispatcher: CollectingDispatcher, found: PaymentRange) -> None:
    """What is paid a month at present, and how little it can be."""
    say(
        dispatcher,
        "utter_restructure_range_of_statement" if found.splits_statement else "utter_restructure_range",
        product_name=found.product_name,
        present_payment_fen=found.present_payment_fen,
        min_monthly_payment_fen=found.min_monthly_payment_fen,
        max_term=found.max_term,
        as_of_at=found.as_of,
    )


def say_quote(dispatcher: CollectingDispatcher, asking: Asking, loan: Loan, quote: RestructureQuote) -> None:
    """The new plan: how much, how long, what it costs in all and a year, what it does to the record, who decides."""
    values = quote_values(quote, loan)
    if asking.answer.put_again:
        say(dispatcher, "utter_restructure_quote_again", **values)
        return
    if quote.other_payments_fen is not None:
        alone = not quote.other_payments_fen
        say(dispatcher, "utter_restructure_reckoned_alone" if alone else "utter_restructure_reckoned", **values)
    say(dispatcher, "utter_restructure_quote_of_statement" if loan.kind == "revolving" else "utter_restructure_quote", **values)
    say(dispatcher, "utter_restructure_costs_more" if quote.extra_interest_fen > 0 else "utter_restructure_costs_less", **values)
    if quote.arrears_fen and loan.kind != "revolving":
        say(dispatcher, "utter_restructure_arrears", **values)
    elif quote.arrears_fen:
        say(dispatcher, "utter_restructure_interest_stays", **values)
    say(dispatcher, f"utter_restructure_credit_{quote.credit_effect}", **values)
    _compare_with_deferral(dispatcher, asking, loan, quote)


def _compare_with_deferral(dispatcher: CollectingDispatcher, asking: Asking, loan: Loan, quote: RestructureQuote) -> None:
    options = asking.loans.hardship_options(loan.loan_id)
    deferral = options.way("interest_free_deferral", "deferral")
    if deferral is not None:
        say(
            dispatcher,
            "utter_restructure_or_deferral",
            new_due_date=deferral.new_due_date,
            deferral_interest_fen=deferral.extra_interest_fen,
            new_payment_fen=quote.new_payment_fen,
            new_term=quote.new_term,
        )


def quote_values(quote: RestructureQuote, loan: Loan) -> dict[str, Any]:
    """The figures of a quote, named with their units."""
    return {
        "product_name": loan.product_name,
        "old_payment_fen": quote.old_payment_fen,
        "new_payment_fen": quote.new_payment_fen,
        "new_term": quote.new_term,
        "monthly_payment_fen": quote.monthly_payment_fen,
        "other_payments_fen": quote.other_payments_fen,
        "first_due_date": quote.first_due_date,
        "last_due_date": quote.last_due_date,
        "total_payment_fen": quote.total_payment_fen,
        "more_interest_fen": abs(quote.extra_interest_fen),
        "arrears_fen": quote.arrears_fen,
        "effective_annual_rate": _shown(quote.effective_annual_rate),
        "decision_due_at": quote.decision_due_at,
        "as_of_at": quote.as_of,
    }


def show_cards(dispatcher: CollectingDispatcher, asking: Asking, loan: Loan, quote: RestructureQuote) -> None:
    """The two plans side by side, and what would be filed."""
    if asking.answer.put_again:
        return
    before = next((row.instalments for row in asking.loans.plans() if row.loan_id == loan.loan_id), ())
    show(
        dispatcher,
        {
            "type": "comparison",
            "kind": "restructure",
            "product_name": loan.product_name,
            "before": [_card_row(row) for row in before if row.outstanding_fen],
            "after": [_card_row(row) for row in quote.instalments],
            "extra_interest_fen": quote.extra_interest_fen,
        },
    )
    rows = [
        {"name": "old_payment", "value_fen": quote.old_payment_fen},
        {"name": "new_payment", "value_fen": quote.new_payment_fen},
        {"name": "new_term", "value_text": str(quote.new_term)},
        {"name": "first_due_date", "value_date": quote.first_due_date},
        {"name": "last_due_date", "value_date": quote.last_due_date},
        {"name": "total_payment", "value_fen": quote.total_payment_fen},
        {"name": "effective_annual_rate", "value_text": formats.percent(_shown(quote.effective_annual_rate))},
        {"name": "decision_due_at", "value_at": quote.decision_due_at},
    ]
    show(dispatcher, {"type": "summary", "kind": "restructure", "product_name": loan.product_name, "rows": rows})


def _shown(rate: Decimal) -> Decimal:
    """A yearly rate as it is said: in per cent with two decimals."""
    return rate.quantize(Decimal("0.0001"))


def _card_row(row: Any) -> dict[str, Any]:
    names = ("instalment_number", "due_date", "principal_fen", "interest_fen", "fee_fen", "payment_fen")
    return {name: getattr(row, name) for name in names}
