"""A new plan for what is left of a loan: what it is drawn up from, and its terms. Nothing is written here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.backend import bill_instalments, doors
from bot.backend.blocks import refuse_if_blocked
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.line import LineAccount
from bot.backend.plan_basis import PlanBasis
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading
from bot.backend.wire import shown_rate
from bot.backend.wire_filings import PlannedInstalment, RestructureQuoteAsk, RestructureTerms
from bot.loans.affordability import PaymentRange, affordable_fen, payment_range
from bot.loans.days import add_months
from bot.loans.money import MONTHS_A_YEAR
from bot.loans.payments import AmountDue
from bot.loans.protection import NEW_LOANS
from bot.loans.rates import monthly_irr
from bot.loans.restructure import PaymentTooSmall, RestructurePlan, compare_plans, plan_for_monthly_payment, restructure_plan


def terms(reading: Reading, policy: Policy, account: Account, ask: RestructureQuoteAsk) -> RestructureTerms:
    """The terms of the plan that was asked for.

    Raises:
        Problem: `loan-closed`, `request-pending`, `restructure-…`.
    """
    basis = basis_of(reading, policy, account)
    other_fen = None
    if ask.term is not None:
        plan = _plan_of_term(basis, ask.term)
        monthly_fen = plan.largest_payment_fen
    else:
        monthly_fen = ask.monthly_payment_fen or 0
        if ask.household is not None:
            hardship = policy.lender.file.hardship
            other_fen = _other_payments_fen(reading, policy, account)
            monthly_fen = affordable_fen(
                ask.household.monthly_income_fen,
                ask.household.essential_expenses_fen,
                other_fen,
                hardship.kept_share,
                hardship.step_fen,
            )
        plan = _plan_that_fits(basis, monthly_fen)
    compared = compare_plans(basis.replaced, plan)
    if compared.payment_drop_fen <= 0:
        raise Problem("restructure-not-lower", "The plan in force fits already.", monthly_payment_fen=compared.old_payment_fen)
    return RestructureTerms(
        loan_id=account.row.loan_id,
        monthly_payment_fen=monthly_fen,
        household=ask.household,
        other_payments_fen=other_fen,
        reason_code=ask.reason_code,
        old_payment_fen=compared.old_payment_fen,
        new_payment_fen=compared.new_payment_fen,
        new_term=plan.term,
        annual_rate=shown_rate(basis.annual_rate),
        effective_annual_rate=shown_rate(effective_annual_rate(basis.principal_fen, plan)),
        first_due_date=basis.first_due_date,
        last_due_date=plan.instalments[-1].due_date,
        principal_fen=basis.principal_fen,
        arrears_fen=basis.arrears_fen,
        extra_interest_fen=compared.extra_interest_fen,
        total_payment_fen=plan.total_payment_fen + basis.arrears_fen,
        instalments=[
            PlannedInstalment.of(replace(row, instalment_number=basis.numbers_behind + row.instalment_number))
            for row in plan.instalments
        ],
        credit_effect=basis.credit_effect,
        conditions=["decided_by_person", *basis.conditions],
        decision_due_at=policy.decision_due_at("restructure", reading.now),
    )


def range_of(reading: Reading, policy: Policy, account: Account) -> tuple[PlanBasis, PaymentRange]:
    """Between which monthly payments the borrower can choose.

    Raises:
        Problem: as for `terms`.
    """
    basis = basis_of(reading, policy, account)
    longest = _plan_of_term(basis, basis.max_term)
    present_fen = compare_plans(basis.replaced, longest).old_payment_fen
    found = payment_range(longest.largest_payment_fen, present_fen, policy.lender.file.hardship.step_fen)
    if found is None:
        raise Problem("restructure-not-lower", "The plan in force fits already.", monthly_payment_fen=present_fen)
    return basis, found


def basis_of(reading: Reading, policy: Policy, account: Account) -> PlanBasis:
    """What a new plan for this loan is drawn up from.

    Raises:
        Problem: `loan-closed`, `restructure-not-offered`, `request-pending`, and of a line `blocked-after-fraud`: splitting its
            statement opens a loan.
    """
    unpaid = account.unpaid(reading.today)
    if not unpaid:
        raise Problem("loan-closed", "Nothing is owed.")
    if isinstance(account, LineAccount):
        refuse_if_blocked(reading, account.row.borrower_id, NEW_LOANS)
        basis = bill_instalments.basis(account, policy.products, reading.today)
    else:
        basis = _basis_of_loan(account, unpaid, reading.today)
    if basis is None:
        raise Problem("restructure-not-offered", f"Not for this loan of {account.product.product_id}.")
    pending = doors.pending_plan_change(reading, [account.row.loan_id]).get(account.row.loan_id)
    if pending:
        raise Problem("request-pending", f"{pending} waits for a decision.", request_id=pending)
    return basis


def _basis_of_loan(account: LoanAccount, unpaid: list[AmountDue], today: date) -> PlanBasis | None:
    rules = account.product.restructure
    principal_fen = sum(due.principal_fen for due in unpaid)
    if rules is None or principal_fen < max(1, rules.min_principal_fen):
        return None
    first_due_date, anchor_day = _first_due_date(account, unpaid, today)
    arrears_fen = sum(arrears(account, today))
    # Numbers go on behind what is paid; arrears are an instalment of their own, before the new plan's.
    kept = max((row.instalment_number for row in account.plan if row.paid.total_fen), default=0)
    return PlanBasis(
        principal_fen=principal_fen,
        annual_rate=rules.annual_rate,
        terms_offered=range(1, rules.max_term + 1),
        first_due_date=first_due_date,
        anchor_day=anchor_day,
        replaced=tuple(unpaid),
        arrears_fen=arrears_fen,
        numbers_behind=kept + (1 if arrears_fen else 0),
        credit_effect="reported_as_restructured",
        conditions=("arrears_with_first_instalment",) if arrears_fen else (),
    )


def _first_due_date(account: LoanAccount, unpaid: list[AmountDue], today: date) -> tuple[date, int]:
    """The next due day of the plan in force, so that no day of interest is lost or counted twice."""
    anchor_day = account.terms.anchor_day or account.terms.first_due_date.day
    coming = [due.due_date for due in unpaid if due.due_date > today]
    if coming:
        return coming[0], anchor_day
    this_month = add_months(today, 0, anchor_day)
    return (this_month if this_month > today else add_months(today, 1, anchor_day)), anchor_day


def arrears(account: LoanAccount, today: date) -> tuple[int, int]:
    """Interest with fee of instalments whose first day is over, and all penalty: owed whatever the new plan."""
    interest_fen = penalty_fen = 0
    for row in account.plan:
        penalty_fen += account.due_of(row, today).penalty_fen
        if account.first_day_is_over(row, today):
            due = account.owed_already(row, today)
            interest_fen += due.interest_fen + due.fee_fen
    return interest_fen, penalty_fen


def _plan_that_fits(basis: PlanBasis, monthly_fen: int) -> RestructurePlan:
    plan = plan_for_monthly_payment(
        basis.principal_fen,
        max(1, monthly_fen),
        basis.annual_rate,
        basis.max_term,
        basis.first_due_date,
        anchor_day=basis.anchor_day,
        terms_offered=basis.terms_offered,
    )
    if isinstance(plan, PaymentTooSmall):
        raise Problem(
            "restructure-payment-too-low",
            f"The longest plan takes more than {monthly_fen} fen a month.",
            min_monthly_payment_fen=plan.minimum_monthly_payment_fen,
            max_term=plan.max_term,
        )
    return plan


def _plan_of_term(basis: PlanBasis, term: int) -> RestructurePlan:
    """The plan with so many instalments, or with the next number on offer."""
    offered = next((number for number in basis.terms_offered if number >= term), None)
    if offered is None:
        raise Problem("restructure-term-not-offered", "Fewer instalments are on offer.", max_term=basis.max_term)
    return restructure_plan(basis.principal_fen, basis.annual_rate, offered, basis.first_due_date, anchor_day=basis.anchor_day)


def _other_payments_fen(reading: Reading, policy: Policy, account: Account) -> int:
    """What the borrower's other loans here take a month."""
    taken_fen = 0
    for other in doors.accounts(reading, policy, account.row.borrower_id):
        if other.row.loan_id == account.row.loan_id:
            continue
        if isinstance(other, LineAccount):
            taken_fen += other.minimum_unpaid_fen(reading.today)
        elif unpaid := other.unpaid(reading.today):
            taken_fen += unpaid[0].outstanding_fen - unpaid[0].penalty_fen
    return taken_fen


def effective_annual_rate(principal_fen: int, plan: RestructurePlan) -> Decimal:
    """What the plan costs a year by internal rate of return, compounded; its payments are taken as a month apart."""
    rate = monthly_irr(principal_fen, [row.payment_fen for row in plan.instalments])
    return (1 + rate) ** MONTHS_A_YEAR - 1
