"""The words and cards of a prepayment quote."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.base import say, show
from bot.client.client import BorrowerLoans
from bot.client.paying import PlannedInstalment, PrepaymentQuote
from bot.client.results import Loan

PART = "part"
_INSTALMENT = (
    "instalment_number",
    "due_date",
    "principal_fen",
    "interest_fen",
    "fee_fen",
    "penalty_fen",
    "payment_fen",
    "outstanding_fen",
    "status",
)


def say_quote(dispatcher: CollectingDispatcher, quote: PrepaymentQuote, loan: Loan, *, briefly: bool = False) -> None:
    """What it takes now, what it saves, what it does to the plan, the limit and the record."""
    values = quote_values(quote, loan)
    if briefly:
        say(dispatcher, "utter_early_repayment_quote_again", **values)
        return
    say(dispatcher, f"utter_early_repayment_quote_{quote.kind}", **values)
    if quote.due_fen:
        say(dispatcher, "utter_early_repayment_with_due", **values)
    say(dispatcher, "utter_prepayment_fee" if quote.prepayment_fee_fen else "utter_prepayment_no_fee", **values)
    if quote.fee_saved_fen:
        say(dispatcher, "utter_prepayment_fee_saved", **values)
    if quote.kind == PART and quote.instalments:
        say(
            dispatcher,
            f"utter_prepayment_plan_{quote.effect}",
            next_payment_fen=quote.instalments[0].payment_fen,
            next_due_date=quote.instalments[0].due_date,
            instalments_left=len(quote.instalments),
            last_due_date=quote.instalments[-1].due_date,
        )
    say(dispatcher, limit_response(quote))
    say(dispatcher, f"utter_prepayment_credit_{quote.credit_effect}")


def quote_values(quote: PrepaymentQuote, loan: Loan) -> dict[str, Any]:
    """Values of a quote for the responses, named with their units."""
    return {
        "product_name": loan.product_name,
        "amount_fen": quote.amount_fen,
        "due_fen": quote.due_fen,
        "principal_fen": quote.principal_fen,
        "accrued_interest_fen": quote.accrued_interest_fen,
        "prepayment_fee_fen": quote.prepayment_fee_fen,
        "interest_saved_fen": quote.interest_saved_fen,
        "fee_saved_fen": quote.fee_saved_fen,
        "prepay_date": quote.prepay_date,
        "expires_at": quote.expires_at,
        "as_of_at": quote.as_of,
    }


def limit_response(quote: PrepaymentQuote) -> str:
    """The response that says what becomes of the credit limit."""
    return "utter_prepayment_limit_comes_back" if quote.limit_comes_back else "utter_prepayment_limit_stays_used"


def show_cards(dispatcher: CollectingDispatcher, loans: BorrowerLoans, quote: PrepaymentQuote, loan: Loan) -> None:
    """The same as cards: a summary, and the plan before and after with what each instalment consists of."""
    rows = [
        {"name": "amount", "value_fen": quote.amount_fen},
        {"name": "principal", "value_fen": quote.principal_fen},
        {"name": "accrued_interest", "value_fen": quote.accrued_interest_fen},
        {"name": "prepayment_fee", "value_fen": quote.prepayment_fee_fen},
        {"name": "interest_saved", "value_fen": quote.interest_saved_fen},
        {"name": "prepay_date", "value_date": quote.prepay_date},
    ]
    show(dispatcher, {"type": "summary", "kind": "prepayment", "product_name": loan.product_name, "rows": rows})
    plan = next((plan.instalments for plan in loans.plans() if plan.loan_id == loan.loan_id), ())
    before = [{name: getattr(row, name) for name in _INSTALMENT} for row in plan if row.outstanding_fen > 0]
    # What is due by the day is paid as it stands; the quote's principal is what was to come later.
    due = [row for row in before if row["due_date"] <= quote.prepay_date]
    later = [row for row in before if row["due_date"] > quote.prepay_date]
    after = [_planned(row) for row in quote.instalments] if quote.kind == PART else [*due, *_payoff(quote, later)]
    show(
        dispatcher,
        {
            "type": "comparison",
            "kind": "prepayment",
            "product_name": loan.product_name,
            "before": before,
            "after": after,
            "extra_interest_fen": -quote.interest_saved_fen,
        },
    )


def _planned(row: PlannedInstalment) -> dict[str, Any]:
    return {**asdict(row), "penalty_fen": 0, "outstanding_fen": row.payment_fen, "status": "upcoming"}


def _payoff(quote: PrepaymentQuote, later: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The one payment that takes the place of all that were to come; none where nothing was."""
    if not later:
        return []
    payment_fen = quote.amount_fen - quote.due_fen
    return [
        {
            "instalment_number": later[0]["instalment_number"],
            "due_date": quote.prepay_date,
            "principal_fen": quote.principal_fen,
            "interest_fen": quote.accrued_interest_fen,
            "fee_fen": quote.remaining_fee_fen + quote.prepayment_fee_fen,
            "penalty_fen": 0,
            "payment_fen": payment_fen,
            "outstanding_fen": payment_fen,
            "status": "due",
        }
    ]
