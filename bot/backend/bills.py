"""The bill of a month over all loans, and the days and hours that matter for each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from bot.backend import doors, due_days
from bot.backend.clock import SHANGHAI
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.store import Reading
from bot.backend.wire_loans import instalments_of
from bot.backend.wire_my_debt import Bill, BillItem, DueDays, DueDaysOfAll, Owed, OwedOnLoan
from bot.loans.auto_debit import DebitHours, next_attempt
from bot.loans.days import add_months
from bot.loans.due_day import due_day_of
from bot.loans.payments import AmountDue
from bot.loans.revolving import next_statement_date, statement_due_date

_COMING_DUE_DATES = 3


def bill(reading: Reading, policy: Policy, borrower_id: str, month: date | None) -> Bill:
    """All that falls due in a month, the present one by default, and what is owed in all.

    Raises:
        Problem: `borrower-not-found`.
    """
    first = month or reading.today.replace(day=1)
    accounts = doors.accounts(reading, policy, borrower_id)
    items = [item for account in accounts for item in _items(account, first, reading.today)]
    items.sort(key=lambda item: (item.due_date, item.loan_id))
    open_accounts = [account for account in accounts if account.row.closed_date is None]
    return Bill(
        as_of=reading.now,
        month=f"{first:%Y-%m}",
        items=items,
        payment_fen=sum(item.payment_fen for item in items),
        paid_fen=sum(item.paid_fen for item in items),
        outstanding_fen=sum(item.outstanding_fen for item in items),
        past_due_fen=sum(item.outstanding_fen for item in items if item.due_date < reading.today),
        not_billed_yet=[a.product.name for a in open_accounts if isinstance(a, LineAccount) and _comes(a, first, reading.today)],
        owed=Owed(**_owed(due for account in accounts for due in account.unpaid(reading.today))),
        owed_by_loan=[_owed_on(account, reading.today) for account in open_accounts],
        bill_places=policy.lender.file.my_debt.bill_places,
    )


def _items(account: Account, first: date, today: date) -> list[BillItem]:
    """A loan's instalments of the month; in the present month those of earlier ones that are unpaid, too."""
    end, is_present = add_months(first, 1), first == today.replace(day=1)
    found = []
    for row in instalments_of(account, today):
        values = row.dict(include=BillItem.__fields__.keys())
        if isinstance(account, LineAccount):
            values.update(_as_billed(account, row.instalment_number, today))
        left_over = is_present and row.due_date < first and values["outstanding_fen"] > 0
        if first <= row.due_date < end or left_over:
            found.append(BillItem(**values, loan_id=account.row.loan_id, product_name=account.product.name))
    return found


def _as_billed(line: LineAccount, number: int, today: date) -> dict[str, int]:
    """A statement as it was made: what has accrued since is billed with the next one."""
    row = next(row for row in line.statements if row.statement_number == number)
    statement = row.statement
    parts = {
        "principal_fen": statement.purchases_fen + statement.instalments_fen + statement.past_due_fen,
        "interest_fen": statement.interest_fen,
        "fee_fen": statement.fees_fen,
        "penalty_fen": 0,
    }
    payment_fen = sum(parts.values())
    owed_fen = 0 if row.carried_forward else row.dues(line.terms, today)[0].outstanding_fen
    return {
        **parts,
        "payment_fen": payment_fen,
        "paid_fen": min(payment_fen, row.paid_of_statement_fen),
        "outstanding_fen": owed_fen,
    }


def _comes(line: LineAccount, first: date, today: date) -> bool:
    """Whether the month has a statement of a line that is not made yet."""
    if first < today.replace(day=1):
        return False
    next_due_date = statement_due_date(line.terms, next_statement_date(line.terms, today))
    return first >= next_due_date.replace(day=1)


def _owed(dues: Iterable[AmountDue]) -> dict[str, int]:
    dues = list(dues)
    parts = ("outstanding_fen", "principal_fen", "interest_fen", "fee_fen", "penalty_fen")
    return {name: sum(getattr(due, name) for due in dues) for name in parts}


def _owed_on(account: Account, today: date) -> OwedOnLoan:
    unpaid = account.unpaid(today)
    by_number = isinstance(account, LoanAccount)
    return OwedOnLoan(
        **_owed(unpaid),
        loan_id=account.row.loan_id,
        product_name=account.product.name,
        instalments_paid=len(account.plan) - len(unpaid) if isinstance(account, LoanAccount) else None,
        instalments_left=len(unpaid) if by_number else None,
    )


def due_days_of_all(reading: Reading, policy: Policy, borrower_id: str) -> DueDaysOfAll:
    """When each open loan is due, until what hour, and when auto debit draws.

    Raises:
        Problem: `borrower-not-found`.
    """
    borrower = doors.borrower(reading, borrower_id)
    rule, mine = policy.lender.file.lender.auto_debit, policy.lender.file.my_debt
    hours = DebitHours(rule.hours, rule.retry_days) if rule and borrower.auto_debit else None
    accounts = [row for row in doors.accounts(reading, policy, borrower_id) if row.row.closed_date is None]
    pending = doors.pending_plan_change(reading, [account.row.loan_id for account in accounts])
    return DueDaysOfAll(
        as_of=reading.now,
        pay_until=mine.pay_until,
        auto_debit=hours is not None,
        debit_hours=[f"{hour:%H:%M}" for hour in rule.hours] if rule and hours else [],
        loans=[
            _due_days(reading, account, hours, mine.pay_until_time, movable=account.row.loan_id not in pending)
            for account in accounts
        ],
    )


def _due_days(reading: Reading, account: Account, hours: DebitHours | None, pay_until: time | None, *, movable: bool) -> DueDays:
    unpaid, today = account.unpaid(reading.today), reading.today
    next_due_date = unpaid[0].due_date if unpaid else None
    grace_days = account.product.grace_period_days
    statement, next_statement = None, None
    if isinstance(account, LineAccount):
        statement = account.current.statement.statement_date if account.current else None
        next_statement = next_statement_date(account.terms, today)
    return DueDays(
        loan_id=account.row.loan_id,
        product_name=account.product.name,
        due_day=account.terms.due_day if isinstance(account, LineAccount) else due_day_of(account.terms),
        next_due_date=next_due_date,
        next_due_fen=sum(due.outstanding_fen for due in unpaid if due.due_date == next_due_date) if unpaid else None,
        coming_due_dates=sorted({due.due_date for due in unpaid if due.due_date >= today})[:_COMING_DUE_DATES],
        pay_until_at=_in_time_until(next_due_date, pay_until) if next_due_date else None,
        grace_period_days=grace_days,
        grace_until_date=next_due_date + timedelta(days=grace_days) if next_due_date and grace_days else None,
        debit_at=next_attempt(next_due_date, hours, reading.now) if next_due_date and hours else None,
        last_statement_date=statement,
        next_statement_date=next_statement,
        card_last4=account.row.card_last4,
        can_be_moved=movable and due_days.refusal(reading, account) is None,
    )


def _in_time_until(due_date: date, pay_until: time | None) -> datetime:
    """The last moment at which a payment is in time; midnight belongs to the next day, so it is 23:59."""
    return datetime.combine(due_date, pay_until or time(23, 59), SHANGHAI)
