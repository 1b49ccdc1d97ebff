"""What a loan costs, and the borrower's coupons."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.backend import costs, doors
from bot.backend.costs import Parts
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.problems import responses
from bot.backend.routes.common import BorrowerId, LoanId, TheCall, router
from bot.backend.schema_cost import coupons
from bot.backend.store import Reading
from bot.backend.wire import shown_rate
from bot.backend.wire_cost import CostParts, Costs, Coupon, Coupons, NextCost
from bot.backend.wire_overdue import exact_rate
from bot.loans.cost import CEILING_RATE
from bot.loans.coupons import Coupon as CouponTerms
from bot.loans.coupons import CouponLoan, coupon_status, not_usable_because
from bot.loans.rates import percent

routes = router("cost")


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/costs",
    operation_id="getCosts",
    response_model=Costs,
    responses=responses("borrower-not-found", "loan-not-found"),
)
def get_costs(call: TheCall, borrower_id: BorrowerId, loan_id: LoanId) -> Any:
    """Rates, what was paid beyond principal and what is to come, and how the next instalment's interest is made up."""
    with call.store.read() as reading:
        account, today = doors.account(reading, call.policy, borrower_id, loan_id), reading.today
        year, (daily_rate, is_exact) = costs.yearly(account), _daily_rate(account)
        return Costs(
            as_of=reading.now,
            loan_id=loan_id,
            product_name=account.product.name,
            kind=account.product.kind,
            disbursed_date=account.row.disbursed_date,
            principal_fen=account.row.principal_fen,
            outstanding_principal_fen=sum(due.principal_fen for due in account.unpaid(today)),
            daily_rate=daily_rate,
            daily_rate_is_exact=is_exact,
            annual_rate=shown_rate(percent(year.simple) / 100),
            effective_annual_rate=shown_rate(percent(year.effective) / 100) if year.effective is not None else None,
            ceiling_rate=shown_rate(CEILING_RATE),
            over_ceiling=year.over_ceiling,
            paid=_parts(costs.paid_so_far(reading, loan_id)),
            to_come=_parts(costs.still_to_come(account, today)),
            next=_next(account, reading),
        )


def _parts(parts: Parts) -> CostParts:
    return CostParts(**vars(parts), total_fen=parts.total_fen)


def _daily_rate(account: Account) -> tuple[str | None, bool]:
    """The rate a day that interest runs at, and whether six decimals say it exactly; None for a flat fee."""
    if not isinstance(account, LoanAccount):
        return shown_rate(account.terms.daily_rate), True
    if not (account.terms.method.by_day or account.terms.method.by_month):
        return None, True
    rate = account.terms.exact_daily_rate
    return exact_rate(rate), (rate * 10**6).denominator == 1


def _next(account: Account, reading: Reading) -> NextCost | None:
    found = costs.next_sum(account, reading.today)
    if found is None:
        return None
    number, made_up = found
    return NextCost(
        instalment_number=number,
        by=made_up.by.value,
        base_fen=made_up.base_fen,
        rate=exact_rate(made_up.rate),
        count=made_up.count,
        amount_fen=made_up.amount_fen,
    )


@routes.get(
    "/borrowers/{borrower_id}/coupons",
    operation_id="listCoupons",
    response_model=Coupons,
    responses=responses("borrower-not-found"),
)
def list_coupons(call: TheCall, borrower_id: BorrowerId) -> Any:
    """The borrower's coupons with their conditions: valid, used, expired, and why one cannot be used now."""
    with call.store.read() as reading:
        loans = [_as_seen_by_coupons(account, reading) for account in doors.accounts(reading, call.policy, borrower_id)]
        query = sa.select(coupons).where(coupons.c.borrower_id == borrower_id).order_by(coupons.c.coupon_id)
        names = {product_id: product.name for product_id, product in call.policy.products.items()}
        found = [_coupon(row, loans, names, reading) for row in reading.rows(query)]
        found.sort(key=lambda coupon: (coupon.not_usable_because is not None, coupon.status != "valid", coupon.valid_until_date))
        return Coupons(as_of=reading.now, coupons=found)


def _as_seen_by_coupons(account: Account, reading: Reading) -> CouponLoan:
    unpaid = account.unpaid(reading.today)
    next_due_fen = sum(due.outstanding_fen for due in unpaid if due.due_date == unpaid[0].due_date) if unpaid else None
    return CouponLoan(account.row.product_id, next_due_fen, bool(account.days_past_due(reading.today)))


def _coupon(row: Any, loans: list[CouponLoan], product_names: dict[str, str], reading: Reading) -> Coupon:
    terms = CouponTerms(
        valid_from_date=row.valid_from_date,
        valid_until_date=row.valid_until_date,
        used_date=row.used_date,
        product_ids=frozenset(row.product_ids),
        min_payment_fen=row.min_payment_fen,
        only_when_nothing_is_past_due=row.only_when_nothing_is_past_due,
    )
    reason = not_usable_because(terms, loans, reading.today)
    own = Coupon.__fields__.keys() - {"product_names", "status", "not_usable_because"}
    return Coupon(
        **{name: row._mapping[name] for name in own},
        product_names=[product_names.get(product_id, product_id) for product_id in row.product_ids],
        status=coupon_status(terms, reading.today).value,
        not_usable_because=reason.value if reason else None,
    )
