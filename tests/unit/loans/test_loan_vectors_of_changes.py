"""The cases of loan_vectors.json that change a loan: prepayment, deferral, restructuring."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.loans.days import Period, PeriodUnit, days_between
from bot.loans.deferral import DeferralKind, DeferralRules, InterestFreeRule, deferral_effect
from bot.loans.overdue import PenaltyRules, penalty
from bot.loans.payments import AmountDue, amounts_due
from bot.loans.prepayment import (
    PrepaymentEffect,
    PrepaymentRules,
    RemainingFee,
    part_prepayment_quote,
    payoff_quote,
)
from bot.loans.restructure import compare_plans, restructure_plan, settlement_plan
from bot.loans.schedule import LoanTerms, RepaymentMethod, regular_payment_fen, repayment_schedule
from tests.unit.loans.loan_vectors import VECTORS, Case, assert_rows, assert_totals, case_id, every_figure_of, loan

FREE = DeferralRules(max_days=90, max_months=3, interest_free=InterestFreeRule(always=True), max_days_past_due=90)
NORMAL = DeferralRules(max_days=90, max_months=3)
LATE = PenaltyRules(Decimal("1.5"))


def cases(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("values", VECTORS[section], ids=case_id)


@cases("prepayment")
def test_paying_early_costs_as_stated(values):
    shapes = {
        "principal": check_same_day,
        "schedule": check_part,
        "current_payment": check_payoff_on_due_date,
        "remaining_fee": check_flat_fees,
        "base": check_payoff_with_fee,
        "days": check_payoff,
    }
    check = next(check for key, check in shapes.items() if key in values)
    with every_figure_of(values) as case:
        check(case)


def check_payoff(case: Case) -> None:
    terms = loan(case["loan"])
    unpaid = amounts_due(repayment_schedule(terms), case["paid_terms"])
    quote = payoff_quote(terms, unpaid, case.day("prepay_date"))
    assert quote.due_fen == 0
    assert quote.days == case["days"]
    assert quote.remaining_principal_fen == case.fen("remaining_principal")
    assert quote.accrued_interest_fen == case.fen("accrued_interest")
    assert quote.amount_fen == case.fen("quote")
    if "fee" in case:
        assert quote.prepayment_fee_fen == case.fen("fee")
    if "interest_saved" in case:
        assert quote.interest_saved_fen == case.fen("interest_saved")


def check_payoff_with_fee(case: Case) -> None:
    base = Case(next(values for values in VECTORS["prepayment"] if values["id"] == case["base"]))
    terms = loan(case["loan"])
    unpaid = amounts_due(repayment_schedule(terms), base["paid_terms"])
    quote = payoff_quote(terms, unpaid, base.day("prepay_date"), PrepaymentRules(case.rate("prepay_fee_rate")))
    assert quote.prepayment_fee_fen == case.fen("fee")
    assert quote.amount_fen == case.fen("quote")


def check_payoff_on_due_date(case: Case) -> None:
    terms, day = loan(case["loan"]), case.day("prepay_date")
    rows = repayment_schedule(terms)
    quote = payoff_quote(terms, amounts_due([row for row in rows if row.due_date >= day]), day)
    assert quote.due_fen == case.fen("current_payment")
    assert quote.remaining_principal_fen == case.fen("remaining_principal_after")
    assert quote.accrued_interest_fen == 0
    assert quote.amount_fen == case.fen("quote")
    assert quote.interest_saved_fen == case.fen("interest_saved")


def check_part(case: Case) -> None:
    terms = loan(case["loan"])
    rows = repayment_schedule(terms)
    row, unpaid = rows[case["after_term"] - 1], amounts_due(rows, case["after_term"] - 1)
    prepaid_fen = row.closing_principal_fen - case.fen("remaining_after")
    smaller = "new_regular_payment" in case
    effect = PrepaymentEffect.SMALLER_INSTALMENTS if smaller else PrepaymentEffect.FEWER_INSTALMENTS
    quote = part_prepayment_quote(terms, unpaid, row.due_date, prepaid_fen, effect)
    assert quote.amount_fen == row.payment_fen + prepaid_fen  # on the due date nothing comes on top
    assert quote.remaining_principal_fen == case.fen("remaining_after")
    assert quote.instalments[0].instalment_number == case["after_term"] + 1
    assert len(quote.instalments) == case["new_terms"]
    assert_rows(quote.instalments, case["schedule"])
    if smaller:
        assert row.closing_principal_fen == case.fen("remaining_before")
        assert quote.prepaid_principal_fen == case.fen("prepaid")
        assert quote.instalments[0].payment_fen == case.fen("new_regular_payment")
        assert sum(row.interest_fen for row in quote.instalments) == case.fen("new_total_interest")
    else:
        assert quote.instalments[0].payment_fen == case.fen("regular_payment")
        assert_totals(quote.instalments, case)


def check_flat_fees(case: Case) -> None:
    terms = loan(case["loan"])
    rows = repayment_schedule(terms)
    unpaid, day = amounts_due(rows, case["paid_terms"]), rows[case["paid_terms"] - 1].due_date + timedelta(days=7)
    waived = payoff_quote(terms, unpaid, day, PrepaymentRules(remaining_fee=RemainingFee.WAIVED))
    charged = payoff_quote(terms, unpaid, day, PrepaymentRules(remaining_fee=RemainingFee.CHARGED))
    assert waived.remaining_principal_fen == charged.remaining_principal_fen == case.fen("remaining_principal")
    assert waived.fee_saved_fen == charged.remaining_fee_fen == case.fen("remaining_fee")
    assert waived.amount_fen == case.fen("quote_fee_waived")
    assert charged.amount_fen == case.fen("quote_fee_charged")


def check_same_day(case: Case) -> None:
    day = loan("L11").disbursed_date
    terms = LoanTerms(
        case.fen("principal"),
        RepaymentMethod.EQUAL_PAYMENT_DAILY,
        12,
        day,
        loan("L11").first_due_date,
        daily_rate=case.rate("daily_rate"),
    )
    quote = payoff_quote(terms, amounts_due(repayment_schedule(terms)), day)
    assert quote.days == case["days"]
    assert quote.accrued_interest_fen == case.fen("accrued_interest")
    assert quote.amount_fen == case.fen("quote")


@cases("deferral")
def test_a_deferral_moves_and_costs_what_is_stated(values):
    shapes = {
        "rows": check_holiday,
        "interest_due_on_old_date": check_last_principal,
        "approved_date": check_already_overdue,
        "new_payment": check_one_instalment,
    }
    check = next(check for key, check in shapes.items() if key in values)
    with every_figure_of(values) as case:
        check(case)


def check_one_instalment(case: Case) -> None:
    terms = loan(case["loan"])
    unpaid = amounts_due(repayment_schedule(terms), case["term"] - 1)
    old, new = case.day("old_due"), case.day("new_due")
    period, today = Period(PeriodUnit.DAYS, days_between(old, new)), old - timedelta(days=5)
    effect = deferral_effect(terms, unpaid, period, today, FREE, LATE)
    (change,) = effect.changes  # the others stay where they are
    assert change.instalment_number == case["term"]
    assert (change.old_due_date, change.new_due_date) == (old, new)
    assert (change.old_payment_fen, change.new_payment_fen) == (case.fen("old_payment"), case.fen("new_payment"))
    assert effect.extra_interest_fen == case.fen("extra_cost")
    assert effect.normal_interest_fen == case.fen("compare_normal_interest_30d")
    assert effect.saved_interest_fen == case.fen("waived_vs_normal")
    assert effect.penalty_if_late_fen == case.fen("compare_penalty_30d")
    charged = deferral_effect(terms, unpaid, period, today, NORMAL, LATE)
    assert charged.changes[0].new_payment_fen == case.fen("old_payment") + case.fen("compare_normal_interest_30d")


def check_holiday(case: Case) -> None:
    terms = loan(case["loan"])
    unpaid = amounts_due(repayment_schedule(terms), case["from_term"] - 1)
    period, today = Period(PeriodUnit.MONTHS, case["months"]), unpaid[0].due_date
    effect = deferral_effect(terms, unpaid, period, today, FREE, LATE)
    assert effect.kind is DeferralKind.ALL_REMAINING
    for change, stated in zip(effect.changes, case["rows"], strict=True):
        assert change.instalment_number == stated["term"]
        assert (change.old_due_date, change.new_due_date) == (stated.day("old_due"), stated.day("new_due"))
        assert change.old_payment_fen == change.new_payment_fen == stated.fen("payment")
    assert effect.deferred_principal_fen == case.fen("frozen_principal")
    assert effect.days == case["days"]
    assert effect.extra_interest_fen == case.fen("extra_cost")
    assert effect.saved_interest_fen == case.fen("interest_that_would_accrue")
    charged = deferral_effect(terms, unpaid, period, today, NORMAL, LATE)
    assert charged.extra_interest_fen == case.fen("interest_that_would_accrue")


def check_last_principal(case: Case) -> None:
    terms = loan(case["loan"])
    unpaid = amounts_due(repayment_schedule(terms), case["term"] - 1)
    old, new = case.day("old_due"), case.day("new_due")
    free, charged = (deferral_effect(terms, unpaid, Period(PeriodUnit.MONTHS, 3), old, rules, LATE) for rules in (FREE, NORMAL))
    for effect in (free, charged):
        (change,) = effect.changes
        assert effect.kind is DeferralKind.LAST_PRINCIPAL
        assert (change.old_due_date, change.new_due_date) == (old, new)
        assert change.stays_due_fen == case.fen("interest_due_on_old_date")
    assert free.changes[0].new_payment_fen == case.fen("free_pay_on_new_due")
    assert charged.extra_interest_fen == case.fen("normal_total_extra_interest")
    assert free.saved_interest_fen == case.fen("saved")


def check_already_overdue(case: Case) -> None:
    due_date, approved, new = case.day("due_date"), case.day("approved_date"), case.day("new_due")
    rules, daily_rate = PenaltyRules(case.rate("penalty_multiplier")), case.rate("daily_rate")
    principal_fen = case.fen("overdue_principal")
    terms = LoanTerms(
        principal_fen,
        RepaymentMethod.BULLET_DAILY,
        1,
        due_date - timedelta(days=30),
        due_date,
        daily_rate=daily_rate,
    )
    before = penalty(due_date, approved, daily_rate, rules, principal_fen=principal_fen)
    assert (before.days_past_due, before.total_fen) == (case["days_before"], case.fen("penalty_before"))
    due = AmountDue(1, due_date, principal_fen, penalty_fen=before.total_fen)
    effect = deferral_effect(terms, [due], Period.parse(new.isoformat()), approved, FREE, rules)
    assert effect.new_due_date == new
    assert effect.penalty_to_date_fen == case.fen("penalty_before")
    on_new_day = penalty(effect.new_due_date, new, daily_rate, rules, principal_fen=principal_fen)
    assert on_new_day.total_fen == case.fen("penalty_during_deferral")
    pay_fen = effect.changes[0].new_payment_fen
    assert pay_fen == case.fen("pay_on_new_due_if_waived")
    assert pay_fen + effect.penalty_to_date_fen == case.fen("pay_on_new_due_if_not_waived")


@cases("restructuring")
def test_a_new_plan_is_as_stated(values):
    shapes = {
        "loan": check_remaining_loan,
        "waived": check_settlement,
        "interest_only_terms": check_interest_first,
        "last_due": check_zero_rate,
    }
    check = next(check for key, check in shapes.items() if key in values)
    with every_figure_of(values) as case:
        check(case)


def check_remaining_loan(case: Case) -> None:
    terms = loan(case["loan"])
    unpaid = amounts_due(repayment_schedule(terms), case["after_term"])
    principal_fen = sum(due.principal_fen for due in unpaid)
    assert principal_fen == case.fen("remaining_principal")
    plan = restructure_plan(
        principal_fen,
        case.rate("new_annual_rate"),
        case["new_terms"],
        case.day("first_due_date"),
        anchor_day=case["anchor_day"],
    )
    assert_rows(plan.instalments, case["schedule"])
    assert plan.regular_payment_fen == case.fen("new_regular_payment")
    compared = compare_plans(unpaid, plan)
    assert compared.old_payment_fen == regular_payment_fen(terms) == case.fen("old_regular_payment")
    assert compared.payment_drop_fen == case.fen("payment_drop")
    assert plan.total_interest_fen == compared.new_total_interest_fen == case.fen("total_interest")
    assert compared.old_remaining_interest_fen == case.fen("old_remaining_interest")


def check_zero_rate(case: Case) -> None:
    plan = restructure_plan(case.fen("principal"), Decimal(0), case["terms"], case.day("first_due_date"))
    assert plan.regular_payment_fen == case.fen("regular_payment")
    assert {row.payment_fen for row in plan.instalments[:-1]} == {case.fen("regular_payment")}
    assert plan.instalments[-1].payment_fen == case.fen("last_payment")
    assert plan.instalments[-1].due_date == case.day("last_due")
    assert plan.total_payment_fen == case.fen("total_payment")


def check_interest_first(case: Case) -> None:
    start_terms, level_terms = case["interest_only_terms"], case["level_terms"]
    plan = restructure_plan(
        case.fen("principal"),
        case.rate("annual_rate"),
        start_terms + level_terms,
        case.day("first_due_date"),
        interest_only_terms=start_terms,
    )
    assert_rows(plan.instalments, case["schedule"])
    assert_totals(plan.instalments, case)
    assert {row.payment_fen for row in plan.instalments[:start_terms]} == {case.fen("interest_only_payment")}
    assert plan.regular_payment_fen == case.fen("level_payment")


def check_settlement(case: Case) -> None:
    settled = settlement_plan(
        case.fen("principal"),
        case.fen("interest"),
        case.fen("penalty"),
        case["terms"],
        loan("L02").first_due_date,
        waived_penalty_share=Decimal("0.5"),
        down_payment_share=Decimal("0.1"),
    )
    assert settled.waived_fen == case.fen("waived")
    assert settled.settle_total_fen == case.fen("settle_total")
    assert settled.down_payment_fen == case.fen("down_payment")
    assert settled.rest_fen == case.fen("rest")
    assert settled.plan.regular_payment_fen == case.fen("regular_payment")
    assert settled.plan.instalments[-1].payment_fen == case.fen("last_payment")
    assert settled.plan.total_payment_fen + settled.down_payment_fen == case.fen("total_payment")
    assert settled.plan.total_interest_fen == 0
