"""Paying only a part: the minimum of a line and its example to the end, and what a part payment settles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.backend import new_plans
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount, Paid
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading
from bot.backend.wire import shown_rate
from bot.backend.wire_difficulty import BillInstalments, MinimumExample, MinimumMonth, MinimumPayment, PartialPayment
from bot.backend.wire_filings import RestructureQuoteAsk
from bot.loans.money import daily_interest_fen
from bot.loans.overdue import PenaltyBase
from bot.loans.payments import AmountDue, allocate
from bot.loans.revolving import next_statement_date

_SHOWN_MONTHS = 6
_LONGEST_EXAMPLE = 600


def minimum_payment(reading: Reading, policy: Policy, account: Account, amount_fen: int | None) -> MinimumPayment:
    """What paying only a part means for this loan, as of the reading's day; nothing is written.

    Raises:
        Problem: `loan-closed`, `payment-exceeds-outstanding`.
    """
    unpaid = account.unpaid(reading.today)
    if not unpaid and account.row.closed_date is not None:
        raise Problem("loan-closed", "Nothing is owed.")
    owed_fen = sum(due.outstanding_fen for due in unpaid)
    if amount_fen is not None and amount_fen > owed_fen:
        raise Problem("payment-exceeds-outstanding", "More than is owed.", outstanding_fen=owed_fen)
    if isinstance(account, LineAccount):
        return _of_line(reading, policy, account, amount_fen)
    return _of_loan(reading, account, unpaid, amount_fen)


def _of_loan(reading: Reading, account: LoanAccount, unpaid: list[AmountDue], amount_fen: int | None) -> MinimumPayment:
    due = _due_now(unpaid, reading.today)
    late_fen = sum(_a_day_late_fen(account, row) for row in due)
    return MinimumPayment(
        loan_id=account.row.loan_id,
        product_name=account.product.name,
        offered=False,
        due_date=due[0].due_date if due else None,
        due_fen=sum(row.outstanding_fen for row in due),
        days_past_due=account.days_past_due(reading.today),
        a_day_late_fen=late_fen,
        minimum_fen=None,
        minimum_share=None,
        rest_fen=None,
        rest_a_day_fen=None,
        daily_rate=None,
        example=None,
        bill_instalments=None,
        deferral_offered=account.product.deferral is not None,
        partial=_part_of_loan(account, unpaid, due, amount_fen) if amount_fen and due else None,
        as_of=reading.now,
    )


def _due_now(unpaid: list[AmountDue], today: date) -> list[AmountDue]:
    """What is past due; where nothing is, what is due next."""
    past = [due for due in unpaid if due.due_date < today]
    return past or [due for due in unpaid if due.due_date == unpaid[0].due_date]


def _a_day_late_fen(account: LoanAccount, due: AmountDue) -> int:
    """Penalty of a day on what is unpaid, once grace is over."""
    rules = account.product.penalty_rules()
    rate = account.terms.exact_daily_rate * rules.multiplier.as_integer_ratio()[0] / rules.multiplier.as_integer_ratio()[1]
    base_fen = due.principal_fen + (due.interest_fen + due.fee_fen if rules.base is PenaltyBase.INSTALMENT else 0)
    compound_fen = due.interest_fen if rules.compound_on_interest else 0
    return daily_interest_fen(base_fen + compound_fen, rate, 1)


def _part_of_loan(account: LoanAccount, unpaid: list[AmountDue], due: list[AmountDue], amount_fen: int) -> PartialPayment:
    settled = allocate(amount_fen, unpaid)
    numbers = {row.instalment_number for row in due}
    left = [row for row in settled.remaining if row.instalment_number in numbers and row.due_date <= due[-1].due_date]
    return PartialPayment(
        amount_fen=amount_fen,
        fee_fen=sum(row.fee_fen for row in settled.allocations),
        interest_fen=sum(row.interest_fen for row in settled.allocations),
        penalty_fen=sum(row.penalty_fen for row in settled.allocations),
        principal_fen=sum(row.principal_fen for row in settled.allocations),
        still_due_fen=sum(row.outstanding_fen for row in left),
        due_date=due[0].due_date,
        a_day_late_fen=sum(_a_day_late_fen(account, row) for row in left),
    )


def _of_line(reading: Reading, policy: Policy, account: LineAccount, amount_fen: int | None) -> MinimumPayment:
    today, rules, current = reading.today, account.product.line, account.current
    assert rules is not None
    owed_fen = current.dues(account.terms, today)[0].outstanding_fen if current else 0
    minimum_fen = account.minimum_unpaid_fen(today)
    rest = _after_payment(account, minimum_fen) if current and owed_fen > minimum_fen else None
    return MinimumPayment(
        loan_id=account.row.loan_id,
        product_name=account.product.name,
        offered=True,
        due_date=current.statement.due_date if current and owed_fen else None,
        due_fen=owed_fen,
        days_past_due=account.days_past_due(today),
        a_day_late_fen=_line_a_day_late_fen(account, minimum_fen),
        minimum_fen=minimum_fen,
        minimum_share=shown_rate(rules.minimum_share),
        rest_fen=owed_fen - minimum_fen if current else 0,
        rest_a_day_fen=_rest_a_day_fen(rest) if rest else 0,
        daily_rate=shown_rate(rules.daily_rate),
        example=example_of_minimum_only(account, rules.example_ends_below_fen) if rest else None,
        bill_instalments=_bill_instalments(reading, policy, account),
        deferral_offered=False,
        partial=_part_of_line(account, owed_fen, minimum_fen, amount_fen) if amount_fen and current and owed_fen else None,
        as_of=reading.now,
    )


def _after_payment(account: LineAccount, amount_fen: int) -> LineAccount:
    """The line as it would be with so much paid of its statement: fees and interest first."""
    current = account.current
    assert current is not None
    statement, paid = current.statement, current.paid
    fee_fen = min(amount_fen, statement.fees_fen - paid.fee_fen)
    interest_fen = min(amount_fen - fee_fen, statement.interest_fen - min(paid.interest_fen, statement.interest_fen))
    principal_fen = amount_fen - fee_fen - interest_fen
    now = Paid(
        paid.principal_fen + principal_fen, paid.interest_fen + interest_fen, paid.fee_fen + fee_fen, paid.penalty_fen, None
    )
    return replace(account, statements=(*account.statements[:-1], replace(current, paid=now)))


def _rest_a_day_fen(account: LineAccount) -> int:
    """Interest of the first day after the due date."""
    assert account.current is not None
    due_date = account.current.statement.due_date
    position = account.current.position(account.terms, due_date + timedelta(days=1))
    return position.interest_fen


def _line_a_day_late_fen(account: LineAccount, minimum_fen: int) -> int:
    """What a day costs on an unpaid minimum: the late fee, or interest where the product charges the fee once."""
    return daily_interest_fen(minimum_fen, account.terms.late_fee_daily_rate or account.terms.daily_rate, 1)


def _part_of_line(account: LineAccount, owed_fen: int, minimum_fen: int, amount_fen: int) -> PartialPayment:
    assert account.current is not None
    amount_fen = min(amount_fen, owed_fen)
    before, after = account.current, _after_payment(account, amount_fen).current
    assert after is not None
    return PartialPayment(
        amount_fen=amount_fen,
        fee_fen=after.paid.fee_fen - before.paid.fee_fen,
        interest_fen=after.paid.interest_fen - before.paid.interest_fen,
        penalty_fen=0,
        principal_fen=after.paid.principal_fen - before.paid.principal_fen,
        still_due_fen=max(0, minimum_fen - amount_fen),
        due_date=before.statement.due_date,
        a_day_late_fen=_line_a_day_late_fen(account, max(0, minimum_fen - amount_fen)),
    )


def example_of_minimum_only(account: LineAccount, ends_below_fen: int) -> MinimumExample | None:
    """The statements to come when each time only the minimum is paid, on the due date, and nothing new is bought.

    It is the ledger's own arithmetic, statement by statement. None where a minimum of nothing would never end.
    """
    months: list[MinimumMonth] = []
    total_fen = 0
    interest_to_come_fen = (
        -account.current.dues(account.terms, account.current.statement.due_date)[0].interest_fen if account.current else 0
    )
    for _ in range(_LONGEST_EXAMPLE):
        current = account.current
        assert current is not None
        due_date = current.statement.due_date
        of_statement, accrued = current.dues(account.terms, due_date)
        payment_fen = account.minimum_unpaid_fen(due_date)
        ends = of_statement.outstanding_fen - payment_fen <= ends_below_fen
        if ends:
            payment_fen = of_statement.outstanding_fen + accrued.outstanding_fen
        interest_fen = min(of_statement.interest_fen, payment_fen) + (accrued.interest_fen if ends else 0)
        rest_fen = 0 if ends else of_statement.outstanding_fen - payment_fen
        if not payment_fen and months:
            return None
        if payment_fen:  # where the minimum of this month is paid already, the example begins with the next
            month = MinimumMonth(due_date=due_date, payment_fen=payment_fen, interest_fen=interest_fen, rest_fen=rest_fen)
            months.append(month)
        interest_to_come_fen += interest_fen
        total_fen += payment_fen
        if ends:
            return MinimumExample(
                number_of_months=len(months),
                total_interest_fen=interest_to_come_fen,
                total_payment_fen=total_fen,
                last_payment_date=due_date,
                ends_below_fen=ends_below_fen,
                first_months=months[:_SHOWN_MONTHS],
            )
        account = _after_payment(account, payment_fen)
        account = account.with_statement(next_statement_date(account.terms, current.statement.statement_date))
    return None


def _bill_instalments(reading: Reading, policy: Policy, account: LineAccount) -> BillInstalments | None:
    """The statement split into as many instalments as there are on offer; None where it cannot be."""
    try:
        basis = new_plans.basis_of(reading, policy, account)
        terms = new_plans.terms(reading, policy, account, RestructureQuoteAsk.parse_obj({"term": basis.max_term}))
    except Problem:
        return None
    return BillInstalments(
        term=terms.new_term,
        monthly_payment_fen=terms.new_payment_fen,
        total_interest_fen=sum(row.interest_fen for row in terms.instalments),
        last_due_date=terms.last_due_date,
    )
