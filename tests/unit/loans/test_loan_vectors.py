"""Every case of loan_vectors.json to the fen; a new case in the file is picked up, a new kind of case fails until tested."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest

from bot.loans.days import days_between
from bot.loans.money import daily_interest_fen, round_fen
from bot.loans.overdue import PenaltyRules, cap_check, days_past_due, penalty, rolled_up_penalty
from bot.loans.payments import AmountDue, allocate
from bot.loans.rates import annual_rates, percent
from bot.loans.schedule import LoanTerms, RepaymentMethod, regular_payment_fen, repayment_schedule
from tests.unit.loans.loan_vectors import VECTORS, Case, assert_rows, assert_totals, case_id, every_figure_of, loan, terms_of


def cases(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("values", VECTORS[section], ids=case_id)


def test_every_section_of_the_file_has_its_test_and_every_case_its_own_id():
    tested_here = {"loans", "rounding_cases", "overdue"}
    tested_beside = {"prepayment", "deferral", "restructuring"}  # test_loan_vectors_of_changes.py
    assert set(VECTORS) == tested_here | tested_beside
    ids = [case_id(case) for section in VECTORS.values() for case in section]
    assert len(ids) == len(set(ids))


@cases("loans")
def test_schedule_totals_and_rates_are_as_stated(values):
    with every_figure_of(values) as case:
        terms = terms_of(case)
        rows = repayment_schedule(terms)
        assert_rows(rows, case["schedule"])
        assert_totals(rows, case)
        if "regular_payment" in case:
            assert regular_payment_fen(terms) == case.fen("regular_payment")
        if "irr" in case:
            rates = annual_rates(terms)
            assert percent(rates.monthly_irr, 4) == case["irr"].rate("monthly_irr_pct")
            assert percent(rates.simple, 4) == case["irr"].rate("apr_simple_12x_pct")
            assert percent(rates.compound, 4) == case["irr"].rate("apr_compound_pct")


@cases("rounding_cases")
def test_half_a_fen_goes_up(values):
    with every_figure_of(values) as case:
        exact = Fraction(1)
        for operator, number in re.findall(r"([*/]?)([0-9.]+)", case["expr"]):
            exact = exact / Fraction(number) if operator == "/" else exact * Fraction(number)
        assert exact == Fraction(case["exact"])
        assert round_fen(exact * 100) == case.fen("half_up")
        to_even = Decimal(case["exact"]).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
        assert to_even == case.rate("half_even")  # what the file contrasts it with


@cases("overdue")
def test_being_late_costs_as_stated(values):
    shapes = {
        "overdue_days": check_instalment_of_a_loan if "loan" in values else check_penalty,
        "cases": check_grace,
        "items": check_several,
        "applied": check_part_payment,
        "cap_24pct_365": check_cap,
        "months": check_rolled_up,
    }
    check = next(check for key, check in shapes.items() if key in values)
    with every_figure_of(values) as case:
        check(case)


def rules_of(case: Case) -> PenaltyRules:
    grace_days = case["grace_days"] if "grace_days" in case else 0
    assert "grace_mode" not in case or case["grace_mode"] == "forgive_if_within_else_from_due"
    return PenaltyRules(multiplier=case.rate("penalty_multiplier"), grace_period_days=grace_days)


def check_penalty(case: Case, of: Case | None = None) -> int:
    of = of or case  # where the terms stand that several payments share
    due_date = (case if "due_date" in case else of).day("due_date")
    principal_fen = (case if "overdue_principal" in case else of).fen("overdue_principal")
    pay_date = case.day("pay_date")
    found = penalty(due_date, pay_date, of.rate("daily_rate"), rules_of(of), principal_fen=principal_fen)
    assert found.days_past_due == days_past_due(due_date, pay_date) == case["overdue_days"]
    assert found.total_fen == case.fen("penalty")
    return found.total_fen


def check_grace(case: Case) -> None:
    for payment in case["cases"]:
        check_penalty(payment, case)


def check_several(case: Case) -> None:
    assert sum(check_penalty(item, case) for item in case["items"]) == case.fen("total_penalty")


def check_instalment_of_a_loan(case: Case) -> None:
    terms = loan(case["loan"])
    row = repayment_schedule(terms)[case["term"] - 1]
    assert terms.annual_rate == case.rate("annual_rate") and terms.day_base == case["day_base"]
    assert (row.principal_fen, row.interest_fen) == (case.fen("overdue_principal"), case.fen("overdue_interest"))
    found = penalty(
        row.due_date,
        row.due_date + timedelta(days=case["overdue_days"]),
        terms.exact_daily_rate,
        PenaltyRules(case.rate("penalty_multiplier"), compound_on_interest=True),
        principal_fen=row.principal_fen,
        interest_fen=row.interest_fen,
    )
    assert found.penalty_interest_fen == case.fen("penalty_on_principal")
    assert found.compound_interest_fen == case.fen("compound_on_interest")
    assert row.payment_fen + found.total_fen == case.fen("total_due")


def check_part_payment(case: Case) -> None:
    terms = loan("L05")
    due_date, pay_date = terms.first_due_date, terms.first_due_date + timedelta(days=10)
    due = AmountDue(1, due_date, case.fen("principal"), case.fen("interest"), case.fen("fee"), case.fen("penalty"))
    paid = allocate(case.fen("pay"), [due])
    (settled,), (left,), stated = paid.allocations, paid.remaining, case["applied"]
    assert settled.fee_fen == stated.fen("fee")
    assert settled.interest_fen + settled.penalty_fen == stated.fen("interest_and_penalty")
    assert settled.principal_fen == stated.fen("principal")
    assert left.outstanding_fen == left.principal_fen == case.fen("remaining_principal")
    until = pay_date + timedelta(days=10)
    later = penalty(due_date, until, case.rate("daily_rate"), rules_of(case), principal_fen=left.principal_fen, since=pay_date)
    assert later.total_fen == case.fen("next_10_days_penalty")


def check_cap(case: Case) -> None:
    principal_fen, days = case.fen("principal"), case["days"]
    due_date = loan("L01").first_due_date
    interest_fen = daily_interest_fen(principal_fen, case.rate("daily_rate"), days)
    until = due_date + timedelta(days=days)
    late = penalty(due_date, until, case.rate("daily_rate"), rules_of(case), principal_fen=principal_fen)
    assert interest_fen == case.fen("interest")
    assert late.total_fen - interest_fen == case.fen("penalty_uplift")
    assert late.total_fen == case.fen("total_cost")
    check = cap_check(principal_fen, days, late.total_fen)
    assert (check.cap_fen, check.over_cap_fen) == (case.fen("cap_24pct_365"), case.fen("over_cap"))


def check_rolled_up(case: Case) -> None:
    start_fen, annual_rate, multiplier = case.fen("start"), case.rate("annual_rate"), case.rate("penalty_multiplier")
    months = rolled_up_penalty(start_fen, annual_rate, multiplier, len(case["months"]))
    for month, stated in zip(months, case["months"], strict=True):
        assert month.month == stated["month"]
        assert month.base_fen == stated.fen("base")
        assert month.added_fen == stated.fen("added")
        assert month.balance_fen == stated.fen("balance")
    simple = rolled_up_penalty(start_fen, annual_rate, multiplier, 1)[0].added_fen * len(months)
    assert simple == case.fen("simple_for_compare")


def test_a_loan_repaid_at_once_has_its_yearly_cost_by_days_not_by_months():
    terms = loan("L12")
    days = days_between(terms.disbursed_date, terms.first_due_date)
    rates = annual_rates(terms)
    assert rates.monthly_irr is None
    assert percent(rates.simple, 4) == percent(Decimal("0.00045") * 365, 4)
    assert percent(rates.compound, 2) == Decimal("17.66")
    assert days == 45


def test_contract_year_of_360_days_makes_the_same_yearly_rate_dearer():
    terms = loan("L05")
    by_year = {"daily_rate": None, "annual_rate": Decimal("0.18")}
    interest = {
        base: sum(
            row.interest_fen
            for row in repayment_schedule(
                LoanTerms(
                    terms.principal_fen,
                    RepaymentMethod.EQUAL_PRINCIPAL_DAILY,
                    terms.term,
                    terms.disbursed_date,
                    terms.first_due_date,
                    day_base=base,
                    **by_year,
                )
            )
        )
        for base in (360, 365)
    }
    assert Decimal(interest[360]) / interest[365] == pytest.approx(Decimal(365) / 360, rel=Decimal("0.0005"))
