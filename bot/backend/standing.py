"""How the borrower's loans look to a credit bureau, and why; by the lender's rows, never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.loans.days import add_months

Standing = Literal["good", "attention", "overdue"]

# What was late longer ago is in the report too, but says little about how the loan goes now.
_LOOK_BACK_MONTHS = 24


@dataclass(frozen=True)
class Reason:
    """One thing that counts, of one loan."""

    code: str
    loan_id: str
    product_name: str
    days_past_due: int | None = None
    amount_fen: int | None = None
    since_date: date | None = None


def reasons_for(accounts: list[Account], deferred_loans: dict[str, Any], today: date) -> list[Reason]:
    """What counts, the gravest first: `overdue_reported`, `overdue_not_yet_reported`, `with_agency`, `restructured`,
    `paid_late`, `deferral_in_force`.
    """  # noqa: D205 - one sentence, two lines
    found: list[Reason] = []
    for account in accounts:
        loan = {"loan_id": account.row.loan_id, "product_name": account.product.name}
        late_days, unpaid = account.days_past_due(today), account.unpaid(today)
        if late_days:
            reported = late_days >= account.product.reported_from_days_past_due
            found.append(
                Reason(
                    "overdue_reported" if reported else "overdue_not_yet_reported",
                    **loan,
                    days_past_due=late_days,
                    amount_fen=sum(due.outstanding_fen for due in unpaid if due.due_date < today),
                    since_date=unpaid[0].due_date,
                )
            )
        if account.row.collection_agency and unpaid:
            found.append(Reason("with_agency", **loan))
        if account.row.restructured_date:
            found.append(Reason("restructured", **loan, since_date=account.row.restructured_date))
        paid_late = _paid_late(account, today)
        if paid_late:
            found.append(Reason("paid_late", **loan, days_past_due=paid_late[0], since_date=paid_late[1]))
        if account.row.loan_id in deferred_loans:
            found.append(Reason("deferral_in_force", **loan))
    order = ("overdue_reported", "overdue_not_yet_reported", "with_agency", "restructured", "paid_late", "deferral_in_force")
    return sorted(found, key=lambda reason: order.index(reason.code))


def standing(reasons: list[Reason]) -> Standing:
    """`overdue` when something past due is reported, `attention` when something soon may be, else `good`."""
    codes = {reason.code for reason in reasons}
    if "overdue_reported" in codes:
        return "overdue"
    return "attention" if "overdue_not_yet_reported" in codes else "good"


def _paid_late(account: Account, today: date) -> tuple[int, date] | None:
    """Days and day of the latest instalment that was paid so late that it was reported."""
    if not isinstance(account, LoanAccount):
        return None
    late = [
        (row.paid.last_date, (row.paid.last_date - row.due_date).days)
        for row in account.plan
        if row.paid.last_date and not account.due_of(row, today).outstanding_fen
    ]
    counted = [
        (day, days)
        for day, days in late
        if days >= account.product.reported_from_days_past_due and day > add_months(today, -_LOOK_BACK_MONTHS)
    ]
    return (max(counted)[1], max(counted)[0]) if counted else None
