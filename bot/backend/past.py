"""A borrower's past, step by step: each step happens at its moment and may lead to a next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial

from bot.backend import booking, credit_past, deferrals, doors, filings, line, schema, schema_cost, schema_rights
from bot.backend.clock import SHANGHAI
from bot.backend.days import Day
from bot.backend.ledger import LoanAccount, terms_to_json
from bot.backend.lender_credit_line import RefundRow
from bot.backend.lender_file import BorrowerRow, FiledDeferral, LoanRow, PaymentRow, StatementRow
from bot.backend.line import LineAccount
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Writing
from bot.config import ConfigurationError
from bot.loans.days import add_months
from bot.loans.revolving import statement_due_date
from bot.loans.schedule import repayment_schedule


@dataclass(frozen=True)
class Step:
    """Something that happened: when, and what; taking it says what follows."""

    at: datetime
    do: Callable[[Writing], list[Step]]
    writing: Writing
    what: str

    def take(self) -> list[Step]:
        """Lets it happen at its moment.

        Raises:
            ConfigurationError: it cannot have happened so.
        """
        then = replace(self.writing, now=self.at, today=self.at.date(), changes=0, audited=0)
        try:
            return self.do(then)
        except (Problem, ValueError) as error:
            said = str(error).rstrip(".")
            raise ConfigurationError(f"Lender file, {self.what} on {then.today}: {said}.") from error


class Script:
    """What one borrower's rows say happened."""

    def __init__(self, writing: Writing, policy: Policy, borrower: BorrowerRow) -> None:
        self.writing = writing
        self.policy = policy
        self.borrower = borrower

    def beginnings(self) -> list[Step]:
        """The steps that need no other before them: the borrower comes, and then each loan begins."""
        days = [self._disbursed(loan) for loan in self.borrower.loans]
        first = min([*days, self.writing.today - timedelta(days=365)])
        return [self._step(first, time(8), partial(self._come, days), "the borrower")]

    def _step(self, day: date, hour: time, do: Callable[[Writing], list[Step]], what: str) -> Step:
        at = datetime.combine(day, hour, SHANGHAI)
        if day > self.writing.today:
            raise ConfigurationError(f"Lender file, {self.borrower.name}: {what} on {day} is still to come.")
        return Step(min(at, self.writing.now), do, self.writing, f"{self.borrower.name}, {what}")

    def _come(self, days: list[date], writing: Writing) -> list[Step]:
        row = self.borrower
        writing.insert(
            schema.borrowers,
            borrower_id=row.borrower_id,
            name=row.name,
            situation=row.situation,
            display_name=row.display_name,
            city=row.city,
            district=row.district,
            care_mode=row.care_mode,
            phone_masked=row.phone_masked,
            auto_debit=row.auto_debit,
            flags=row.flags,
        )
        for place, method in enumerate(row.payment_methods, start=1):
            writing.insert(schema.payment_methods, borrower_id=row.borrower_id, debit_order=place, **method.dict())
        for coupon in row.coupons:
            writing.insert(schema_cost.coupons, borrower_id=row.borrower_id, **coupon.values_on(self.writing.today))
        credit_past.plant_lines(writing, row, days, self.writing.today)
        writing.audit("borrower.added", row.borrower_id, row.borrower_id)
        return [
            self._step(day, time(9), partial(self._lend, loan), f"loan {loan.loan_id}")
            for day, loan in zip(days, row.loans, strict=True)
        ]

    def _anchor_day(self, loan: LoanRow) -> int:
        assert loan.next_due is not None
        return loan.anchor_day or loan.next_due.on(self.writing.today).day

    def _first_due_date(self, loan: LoanRow) -> date:
        """The first due date, counted back from the next one over what is paid."""
        assert loan.next_due is not None
        return add_months(loan.next_due.on(self.writing.today), -loan.paid_instalments, self._anchor_day(loan))

    def _disbursed(self, loan: LoanRow) -> date:
        if loan.disbursed:
            return loan.disbursed.on(self.writing.today)
        if loan.statements:
            return self._statement_dates(loan)[0] - timedelta(days=30)
        return add_months(self._first_due_date(loan), -1, self._anchor_day(loan))

    def _lend(self, loan: LoanRow, writing: Writing) -> list[Step]:
        product = self.policy.products[loan.product]
        shared = {
            "loan_id": loan.loan_id,
            "borrower_id": self.borrower.borrower_id,
            "product_id": loan.product,
            "disbursed_date": writing.today,
            "card_last4": loan.card_last4,
            "collection_agency": loan.collection_agency,
        }
        if product.kind == "revolving":
            assert loan.last_statement is not None and loan.next_due is not None
            days = {
                "statement_day": loan.last_statement.on(self.writing.today).day,
                "due_day": loan.next_due.on(self.writing.today).day,
            }
            writing.insert(schema.loans, principal_fen=loan.credit_limit_fen, terms=days, **shared)
            self._hand_to_agency(loan, writing)
            writing.audit("loan.opened", loan.loan_id, self.borrower.borrower_id)
            return [*self._statements(loan), *self._payments(loan), *self._refunds(loan)]
        assert loan.principal_fen is not None and loan.term is not None
        terms = product.loan_terms(
            loan.principal_fen, loan.term, writing.today, self._first_due_date(loan), self._anchor_day(loan)
        )
        writing.insert(schema.loans, principal_fen=loan.principal_fen, terms=terms_to_json(terms), **shared)
        self._hand_to_agency(loan, writing)
        for row in repayment_schedule(terms):
            writing.insert(
                schema.instalments,
                loan_id=loan.loan_id,
                instalment_number=row.instalment_number,
                due_date=row.due_date,
                original_due_date=row.due_date,
                principal_fen=row.principal_fen,
                interest_fen=row.interest_fen,
                fee_fen=row.fee_fen,
            )
        writing.audit("loan.opened", loan.loan_id, self.borrower.borrower_id)
        return [*self._next_instalment(writing, loan), *self._payments(loan), *self._deferrals(loan)]

    def _hand_to_agency(self, loan: LoanRow, writing: Writing) -> None:
        """Who collects for the lender, where the file says since when."""
        if loan.collection_agency and loan.with_agency_since:
            writing.insert(
                schema_rights.collection_cases,
                loan_id=loan.loan_id,
                agency=loan.collection_agency,
                since_date=loan.with_agency_since.on(self.writing.today),
                staff_numbers=loan.agency_staff_numbers,
            )

    # Instalments, each paid on its day or so many days late.

    def _next_instalment(self, writing: Writing, loan: LoanRow) -> list[Step]:
        """The payment of the oldest unpaid instalment that the file calls paid; its day is the plan's as it then stands."""
        account = self._account(writing, loan)
        late = {row.instalment: row.days_late for row in loan.late_payments}
        for due in account.unpaid(writing.today):
            number = due.instalment_number
            if number <= loan.paid_instalments:
                day = max(due.due_date + timedelta(days=late.get(number, 0)), writing.today)
                what = f"loan {loan.loan_id}, paying instalment {number}"
                return [self._step(day, time(12), partial(self._pay_instalment, loan, number), what)]
        return []

    def _pay_instalment(self, loan: LoanRow, number: int, writing: Writing) -> list[Step]:
        account = self._account(writing, loan)
        due = next((due for due in account.unpaid(writing.today) if due.instalment_number == number), None)
        if due is not None and due.due_date > writing.today:
            return self._next_instalment(writing, loan)  # deferred meanwhile: paid on its new day
        if due is not None:
            channel = "auto_debit" if due.due_date == writing.today else "manual"
            booking.book(writing, self.policy, account, due.outstanding_fen, writing.today, channel)
        return self._next_instalment(writing, loan)

    # Payments beside them.

    def _payments(self, loan: LoanRow) -> Iterator[Step]:
        for row in loan.payments:
            day = row.date.on(self.writing.today)
            yield self._step(day, time(13), partial(self._pay, loan, row), f"loan {loan.loan_id}, paying")

    def _pay(self, loan: LoanRow, row: PaymentRow, writing: Writing) -> list[Step]:
        account = self._account(writing, loan)
        unpaid = account.unpaid(writing.today)
        amount_fen = row.amount_fen or (unpaid[0].outstanding_fen if unpaid else 0)
        if not amount_fen:
            raise ValueError("nothing is owed, so name `amount_fen`")
        if row.status == "booked":
            booking.book(writing, self.policy, account, amount_fen, writing.today, row.channel)
        else:
            booking.insert_payment(
                writing,
                account.row,
                amount_fen,
                writing.today,
                row.channel,
                status=row.status,
                failure_reason=row.failure_reason,
            )
        return []

    # Refunds.

    def _refunds(self, loan: LoanRow) -> Iterator[Step]:
        for row in loan.refunds:
            day = (row.booked or row.requested).on(self.writing.today)

            def refund(writing: Writing, row: RefundRow = row) -> list[Step]:
                credit_past.plant_refund(writing, self.policy, self.borrower, loan, row, self.writing.today)
                return []

            yield self._step(day, time(14), refund, f"loan {loan.loan_id}, refund {row.refund_id}")

    # Deferrals.

    def _deferrals(self, loan: LoanRow) -> Iterator[Step]:
        for row in loan.deferrals:
            day = row.filed.on(self.writing.today)
            what = f"loan {loan.loan_id}, deferral"
            yield self._step(day, time(10), partial(self._file, loan, row), what)

    def _file(self, loan: LoanRow, row: FiledDeferral, writing: Writing) -> list[Step]:
        borrower_id = self.borrower.borrower_id
        quote_id = deferrals.quote(writing, self.policy, borrower_id, loan.loan_id, row.period, row.reason_code)
        quote = doors.quote(writing, borrower_id, loan.loan_id, "deferral", quote_id)
        filed = filings.file_quote(writing, self.policy, borrower_id, loan.loan_id, "deferral", quote_id, quote.filing_key)
        if row.status == "pending":
            return []
        decision = "approve" if row.status == "approved" else "refuse"
        day = writing.today + timedelta(days=row.decided_days_later)
        reason = row.decision_reason or row.status

        def decide(writing: Writing) -> list[Step]:
            filings.decide(writing, self.policy, filed.row.request_id, decision, reason, "desk")
            return self._next_instalment(writing, loan)

        return [self._step(day, time(15), decide, f"loan {loan.loan_id}, deciding on a deferral")]

    # Statements of a line.

    def _statement_dates(self, loan: LoanRow) -> list[date]:
        """A month apart, the last as the file says."""
        assert loan.last_statement is not None
        last = loan.last_statement.on(self.writing.today)
        return [add_months(last, -months) for months in reversed(range(len(loan.statements)))]

    def _statements(self, loan: LoanRow) -> Iterator[Step]:
        for day, row in zip(self._statement_dates(loan), loan.statements, strict=True):
            what = f"loan {loan.loan_id}, statement"
            yield self._step(day, time(8), partial(self._make_statement, loan, row), what)

    def _make_statement(self, loan: LoanRow, row: StatementRow, writing: Writing) -> list[Step]:
        # As of the day before, or the line would make its own statement of this day, without the spending.
        account = self._account(replace(writing, today=writing.today - timedelta(days=1)), loan)
        assert isinstance(account, LineAccount) and loan.next_due is not None
        spending = {"purchases_fen": row.purchases_fen, "instalments_fen": row.instalments_fen, "fees_fen": row.fees_fen}
        line.keep(writing, account.with_statement(writing.today, **spending))
        writing.audit("statement.made", loan.loan_id, self.borrower.borrower_id)
        due_date, next_due = statement_due_date(account.terms, writing.today), loan.next_due.on(self.writing.today)
        if row is loan.statements[-1] and due_date != next_due:
            raise ValueError(f"`next_due` is {next_due}, but the statement of {writing.today} is due on {due_date}")
        if not row.paid_fen:
            return []
        day = min(due_date, self.writing.today)
        paid = PaymentRow(date=Day(day), failure_reason=None, amount_fen=row.paid_fen, channel="auto_debit")
        return [self._step(day, time(12), partial(self._pay, loan, paid), f"loan {loan.loan_id}, paying")]

    def _account(self, writing: Writing, loan: LoanRow) -> LoanAccount | LineAccount:
        return doors.account(writing, self.policy, self.borrower.borrower_id, loan.loan_id)
