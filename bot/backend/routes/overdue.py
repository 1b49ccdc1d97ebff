"""Being late: penalty, consequences by day, and the credit record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Query

from bot.backend import credit_disputes, credit_record, doors, penalties, standing
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.problems import Problem, responses
from bot.backend.routes.common import BorrowerId, LoanId, TheCall, router
from bot.backend.routes.loans import deferrals_in_force
from bot.backend.wire import shown_rate
from bot.backend.wire_overdue import (
    ArrearsRow,
    CreditRecord,
    LateSpell,
    OverdueStep,
    OverdueSteps,
    Penalty,
    PenaltyRow,
    RecoveryStep,
    ReportingRule,
    rate_and_multiplier,
)
from bot.loans.late_record import reported_on
from bot.loans.penalty_sum import charged_from

routes = router("being late")

_DOORS = ("borrower-not-found", "loan-not-found")
_LATEST_DAYS = 400


def _until(text: str | None, today: date) -> date:
    """The day asked about, today by default.

    Raises:
        Problem: `validation`, when it is no day of the calendar, has passed, or lies too far away.
    """
    if text is None:
        return today
    try:
        until = date.fromisoformat(text)
    except ValueError:
        until = date.min
    if not today <= until <= today + timedelta(days=_LATEST_DAYS):
        detail = f"a day from today on, {_LATEST_DAYS} days ahead at most"
        raise Problem("validation", detail, errors=[{"pointer": "query:until_date", "detail": detail}])
    return until


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/penalty",
    operation_id="getPenalty",
    response_model=Penalty,
    responses=responses(*_DOORS),
)
def get_penalty(
    call: TheCall,
    borrower_id: BorrowerId,
    loan_id: LoanId,
    until_date: Annotated[
        str | None,
        Query(regex=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="As of that day, if nothing is paid until then."),
    ] = None,
) -> Any:
    """The penalty as a sum that can be checked by hand, and what a further day adds."""
    with call.store.read() as reading:
        account = doors.account(reading, call.policy, borrower_id, loan_id)
        found = penalties.penalty_of(account, reading.today, _until(until_date, reading.today))
        rate, is_exact = penalties.normal_daily_rate(account)
        first, grace = found.counted_from_date, account.product.grace_period_days
        yearly = account.terms.annual_rate if isinstance(account, LoanAccount) and not is_exact else None
        return Penalty(
            as_of=reading.now,
            loan_id=loan_id,
            product_name=account.product.name,
            until_date=found.until_date,
            counted_from_date=first,
            days_past_due=found.days_past_due,
            grace_period_days=grace,
            charged_from_date=charged_from(first, grace) if first else None,
            **rate_and_multiplier(rate, penalties.multiplier(account)),
            daily_rate_is_exact=is_exact,
            annual_rate=shown_rate(yearly) if yearly is not None else None,
            day_base=account.product.day_base,
            base=account.product.penalty.base.value if isinstance(account, LoanAccount) else "minimum_payment",
            compound_on_interest=isinstance(account, LoanAccount) and account.product.penalty.compound_on_interest,
            penalty_fen=found.penalty_fen,
            earlier_penalty_fen=found.earlier_fen,
            paid_penalty_fen=found.paid_fen,
            penalty_a_day_fen=found.a_day_more_fen,
            overdue_fen=found.overdue_fen,
            rows=[
                PenaltyRow(
                    instalment_number=number,
                    on=row.on.value,
                    base_fen=row.base_fen,
                    **rate_and_multiplier(row.daily_rate, row.multiplier),
                    days=row.days,
                    from_date=row.from_date,
                    until_date=row.until_date,
                    amount_fen=row.amount_fen,
                )
                for number, row in found.rows
            ],
        )


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/overdue-steps",
    operation_id="listOverdueSteps",
    response_model=OverdueSteps,
    responses=responses(*_DOORS),
)
def list_overdue_steps(call: TheCall, borrower_id: BorrowerId, loan_id: LoanId) -> Any:
    """What being late leads to on which day, by the product's rules, and what comes back after settling."""
    with call.store.read() as reading:
        account, today = doors.account(reading, call.policy, borrower_id, loan_id), reading.today
        counted_from, late_days = penalties.counted_from(account, today), account.days_past_due(today)
        start = today if late_days else credit_record.last_settled_date([account], today)
        return OverdueSteps(
            as_of=reading.now,
            loan_id=loan_id,
            product_name=account.product.name,
            counted_from_date=counted_from,
            days_past_due=late_days,
            steps=_steps(account, counted_from, late_days),
            recovery_from_date=start,
            recovery=_recovery(account, start, today, is_late=bool(late_days)),
        )


def _steps(account: Account, counted_from: date | None, late_days: int) -> list[OverdueStep]:
    if counted_from is None:
        return []
    return [
        OverdueStep(
            code=step.code,
            text=step.text,
            from_day=day,
            on_date=counted_from + timedelta(days=day),
            reached=late_days >= day,
        )
        for day, step in account.product.overdue_steps_by_day()
    ]


def _recovery(account: Account, start: date | None, today: date, *, is_late: bool) -> list[RecoveryStep]:
    if start is None:
        return []
    rows = sorted(account.product.recovery_steps, key=lambda step: step.after_days)
    days = [(step, start + timedelta(days=step.after_days)) for step in rows]
    return [
        RecoveryStep(code=step.code, text=step.text, after_days=step.after_days, on_date=on, reached=not is_late and on <= today)
        for step, on in days
    ]


@routes.get(
    "/borrowers/{borrower_id}/credit-record",
    operation_id="getCreditRecord",
    response_model=CreditRecord,
    responses=responses("borrower-not-found"),
)
def get_credit_record(call: TheCall, borrower_id: BorrowerId) -> Any:
    """What the lender reported or would report, until when it is kept, and what to settle first."""
    with call.store.read() as reading:
        accounts, today = doors.accounts(reading, call.policy, borrower_id), reading.today
        deferred = deferrals_in_force(reading, [account.row.loan_id for account in accounts])
        disputed = credit_disputes.disputed(reading, borrower_id)
        found = [row for account in accounts for row in credit_record.spells_of(account, today)]
        found.sort(key=lambda row: row.spell.since_date, reverse=True)
        return CreditRecord(
            as_of=reading.now,
            standing=standing.standing(standing.reasons_for(accounts, deferred, today)),
            spells=[
                LateSpell(
                    **_named(row.account),
                    since_date=row.spell.since_date,
                    days_past_due=row.spell.days_past_due,
                    ended_date=row.spell.ended_date,
                    reported=row.reported,
                    kept_until_date=row.spell.kept_until_date if row.reported else None,
                    disputed_request_id=disputed.get((row.account.row.loan_id, row.spell.since_date)),
                )
                for row in found
            ],
            settle_first=[
                ArrearsRow(
                    **_named(account),
                    overdue_fen=row.overdue_fen,
                    days_past_due=row.days_past_due,
                    reported=row.is_reported(today),
                    reported_on_date=row.reported_on_date,
                )
                for account, row in credit_record.in_order_of_settling(accounts, today)
            ],
            rules=[_rule(account, today) for account in accounts if account.row.closed_date is None],
            last_settled_date=credit_record.last_settled_date(accounts, today),
        )


def _named(account: Account) -> dict[str, str]:
    return {"loan_id": account.row.loan_id, "product_name": account.product.name}


def _rule(account: Account, today: date) -> ReportingRule:
    due, days = penalties.counted_from(account, today), account.product.reported_from_days_past_due
    return ReportingRule(
        **_named(account),
        reported_from_days_past_due=days,
        next_due_date=due,
        would_be_reported_on_date=reported_on(due, days) if due else None,
    )
