from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loans.days import Period
from bot.loans.deferral import DeferralRules, InterestFreeRule, deferral_effect
from bot.loans.overdue import PenaltyRules
from bot.loans.payments import AmountDue, amounts_due
from bot.loans.prepayment import (
    PrepaymentEffect,
    PrepaymentRules,
    RemainingFee,
    part_prepayment_quote,
    payoff_quote,
)
from bot.loans.schedule import repayment_schedule
from tests.unit.loans.loan_vectors import loan
from tests.unit.loans.properties import same_every_time

FEWER, SMALLER = PrepaymentEffect.FEWER_INSTALMENTS, PrepaymentEffect.SMALLER_INSTALMENTS


def unpaid_of(loan_id: str, paid_instalments: int) -> tuple[AmountDue, ...]:
    return amounts_due(repayment_schedule(loan(loan_id)), paid_instalments)


def test_days_count_from_the_last_due_date_and_the_day_before_the_next_is_the_dearest():
    terms, unpaid = loan("L05"), unpaid_of("L05", 2)  # 8000.00 left, 05-10 to 06-10
    accrued = [payoff_quote(terms, unpaid, date(2026, 5, day)).accrued_interest_fen for day in (10, 11, 12)]
    assert accrued == [0, 400, 800]
    assert payoff_quote(terms, unpaid, date(2026, 6, 9)).accrued_interest_fen == 30 * 400


def test_what_is_overdue_is_paid_with_its_penalty_on_top():
    terms, unpaid = loan("L05"), list(unpaid_of("L05", 2))
    unpaid[0] = replace(unpaid[0], penalty_fen=999)  # due 06-10
    quote = payoff_quote(terms, unpaid, date(2026, 6, 20))
    assert quote.due_fen == 112_400 + 999
    assert (quote.remaining_principal_fen, quote.days, quote.accrued_interest_fen) == (700_000, 10, 3_500)
    assert quote.amount_fen == 112_400 + 999 + 700_000 + 3_500


def test_when_everything_is_overdue_no_interest_runs_besides():
    unpaid = unpaid_of("L05", 8)
    quote = payoff_quote(loan("L05"), unpaid, date(2027, 3, 1))
    assert (quote.amount_fen, quote.days) == (sum(due.outstanding_fen for due in unpaid), 0)


def test_an_instalment_paid_ahead_is_not_charged_interest_again():
    quote = payoff_quote(loan("L05"), unpaid_of("L05", 3), date(2026, 5, 25))  # the one of 06-10 is paid already
    assert (quote.days, quote.accrued_interest_fen) == (0, 0)


def test_the_first_day_costs_a_day_even_when_repaid_at_once_but_not_twice():
    terms, unpaid = loan("L11"), unpaid_of("L11", 0)
    assert payoff_quote(terms, unpaid, terms.disbursed_date).days == 1
    assert payoff_quote(terms, unpaid, terms.disbursed_date + timedelta(days=1)).days == 1


def test_paying_early_in_a_long_period_never_costs_more_than_its_instalment():
    terms = replace(loan("L01"), disbursed_date=date(2025, 11, 1))  # by month, yet 106 days to the first due date
    unpaid = amounts_due(repayment_schedule(terms))
    quote = payoff_quote(terms, unpaid, date(2026, 2, 14))
    assert quote.days == 105
    assert quote.accrued_interest_fen == unpaid[0].interest_fen


def test_days_of_an_interest_free_deferral_stay_free_when_the_loan_is_paid_off_in_it():
    terms, unpaid = loan("L06"), unpaid_of("L06", 5)
    free = DeferralRules(max_days=90, interest_free=InterestFreeRule(always=True))
    effect = deferral_effect(terms, unpaid, Period.parse("P60D"), date(2026, 12, 1), free, PenaltyRules())
    deferred = AmountDue(6, effect.new_due_date, effect.changes[0].new_payment_fen)
    assert payoff_quote(terms, [deferred], date(2027, 1, 15)).amount_fen == 3_000_000


def test_penalty_from_before_a_deferral_is_part_of_the_payoff():
    deferred = AmountDue(6, date(2027, 1, 30), 3_000_000, penalty_fen=1_800)
    assert payoff_quote(loan("L06"), [deferred], date(2027, 1, 15)).due_fen == 1_800


def test_a_replaced_plan_names_where_its_interest_starts():
    terms, rest = loan("L05"), [AmountDue(30, date(2027, 6, 10), 100_000, 2_000)]
    with pytest.raises(ValueError, match="name the day"):
        payoff_quote(terms, rest, date(2027, 5, 20))
    quote = payoff_quote(terms, rest, date(2027, 5, 20), interest_from_date=date(2027, 5, 10))
    assert (quote.days, quote.accrued_interest_fen) == (10, 500)


@pytest.mark.parametrize(
    ("unpaid", "day", "sentence"),
    [((), date(2026, 5, 1), "nothing is unpaid"), (unpaid_of("L01", 0), date(2026, 1, 14), "cannot be prepaid on 2026-01-14")],
)
def test_a_payoff_of_nothing_or_before_the_loan_is_refused(unpaid, day, sentence):
    with pytest.raises(ValueError, match=sentence):
        payoff_quote(loan("L01"), unpaid, day)


@pytest.mark.parametrize("fee_rate", ["-0.01", "1.01", "NaN"])
def test_a_prepayment_fee_is_a_share(fee_rate):
    with pytest.raises(ValueError, match="share from 0 to 1"):
        PrepaymentRules(Decimal(fee_rate))


def test_between_due_dates_interest_is_paid_on_the_prepaid_part_for_the_days_used():
    terms, unpaid = loan("L05"), unpaid_of("L05", 2)  # 8000.00 left, period 05-10 to 06-10
    quote = part_prepayment_quote(terms, unpaid, date(2026, 5, 25), 240_000, SMALLER, PrepaymentRules(Decimal("0.01")))
    assert (quote.due_fen, quote.days, quote.accrued_interest_fen) == (0, 15, 1_800)
    assert quote.prepayment_fee_fen == 2_400
    assert quote.amount_fen == 240_000 + 1_800 + 2_400
    first = quote.instalments[0]
    assert (first.instalment_number, first.due_date, first.days) == (3, date(2026, 6, 10), 31)
    assert (first.principal_fen, first.interest_fen) == (70_000, 8_680)  # 5600.00 for the whole period


def test_what_is_due_comes_before_the_part_prepaid():
    unpaid = unpaid_of("L05", 1)  # the one of 05-10 is overdue
    quote = part_prepayment_quote(loan("L05"), unpaid, date(2026, 5, 25), 240_000, SMALLER)
    assert quote.due_fen == unpaid[0].outstanding_fen


def test_equal_principal_keeps_its_part_and_ends_sooner():
    quote = part_prepayment_quote(loan("L04"), unpaid_of("L04", 4), date(2026, 8, 8), 500_000, FEWER)
    assert [row.principal_fen for row in quote.instalments] == [200_000, 200_000, 200_000, 100_000]
    assert quote.interest_saved_fen > 0


def test_an_interest_only_loan_keeps_its_term_and_pays_less_interest_either_way():
    fewer, smaller = (
        part_prepayment_quote(loan("L06"), unpaid_of("L06", 2), date(2026, 8, 1), 1_000_000, effect)
        for effect in (FEWER, SMALLER)
    )
    assert fewer == smaller
    assert [row.payment_fen for row in fewer.instalments] == [20_000, 20_000, 20_000, 2_020_000]
    assert fewer.interest_saved_fen == 4 * 10_000


@pytest.mark.parametrize(("remaining_fee", "fees_fen"), [(RemainingFee.WAIVED, 30_800), (RemainingFee.CHARGED, 61_600)])
@pytest.mark.parametrize(("effect", "term"), [(SMALLER, 7), (FEWER, 4)])
def test_flat_fees_shrink_with_the_principal_or_stay_as_the_contract_says(remaining_fee, fees_fen, effect, term):
    rules = PrepaymentRules(remaining_fee=remaining_fee)
    quote = part_prepayment_quote(loan("L08"), unpaid_of("L08", 5), date(2027, 4, 20), 350_000, effect, rules)
    assert len(quote.instalments) == term
    assert sum(row.fee_fen for row in quote.instalments) == fees_fen
    assert quote.fee_saved_fen == 61_600 - fees_fen
    assert quote.accrued_interest_fen == 0


@pytest.mark.parametrize("amount_fen", [0, -1, 819_184, 819_185])
def test_a_part_is_more_than_nothing_and_less_than_all(amount_fen):
    with pytest.raises(ValueError, match="between 0 and 819184 fen"):
        part_prepayment_quote(loan("L01"), unpaid_of("L01", 4), date(2026, 5, 27), amount_fen, SMALLER)


@same_every_time
@given(
    st.sampled_from(["L01", "L02", "L04", "L05", "L06", "L07", "L08", "L11"]),
    st.data(),
    st.sampled_from(PrepaymentEffect),
)
def test_a_part_prepayment_repays_the_loan_and_never_costs_interest(loan_id, data, effect):
    terms, rows = loan(loan_id), repayment_schedule(loan(loan_id))
    paid = data.draw(st.integers(0, len(rows) - 1))
    start = rows[paid - 1].due_date if paid else terms.disbursed_date
    day = start + timedelta(days=data.draw(st.integers(0, (rows[paid].due_date - start).days - 1)))
    prepaid_fen = data.draw(st.integers(1, rows[paid].opening_principal_fen - 1))
    quote = part_prepayment_quote(terms, amounts_due(rows, paid), day, prepaid_fen, effect)
    assert sum(row.principal_fen for row in quote.instalments) + prepaid_fen == rows[paid].opening_principal_fen
    assert len(quote.instalments) <= len(rows) - paid
    assert quote.interest_saved_fen >= -len(rows)  # whole fen an instalment at most, from rounding
