"""Another due day for good: what moves, what the first moved instalment comes to, and what keeps the day where it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.loans.due_day import DueDayRefusalCode, DueDayRules, due_day_effect, due_day_refusal
from bot.loans.payments import AmountDue
from bot.loans.schedule import LoanTerms, RepaymentMethod, repayment_schedule

TODAY = date(2026, 11, 24)
TERMS = LoanTerms(
    principal_fen=1_200_000,
    method=RepaymentMethod.EQUAL_PAYMENT,
    term=12,
    disbursed_date=date(2026, 6, 12),
    first_due_date=date(2026, 7, 12),
    annual_rate=Decimal("0.1460"),
)


def unpaid(terms: LoanTerms = TERMS, paid: int = 5) -> list[AmountDue]:
    rows = repayment_schedule(terms)[paid:]
    return [AmountDue(row.instalment_number, row.due_date, row.principal_fen, row.interest_fen, row.fee_fen) for row in rows]


def test_a_later_day_costs_the_days_between_on_the_first_moved_instalment_and_nothing_after() -> None:
    effect = due_day_effect(TERMS, unpaid(), 20, decided_by=date(2026, 11, 26))
    assert effect is not None and effect.days == 8
    owed_fen = sum(due.principal_fen for due in unpaid())
    assert effect.extra_interest_fen == round(owed_fen * 0.146 / 365 * 8)
    first, second = effect.moves[:2]
    assert (first.old_due_date, first.new_due_date) == (date(2026, 12, 12), date(2026, 12, 20))
    assert first.new_payment_fen - first.old_payment_fen == effect.extra_interest_fen
    assert (second.new_due_date, second.new_payment_fen) == (date(2027, 1, 20), second.old_payment_fen)
    assert len(effect.moves) == 7


def test_an_earlier_day_takes_the_days_off_the_first_moved_instalment() -> None:
    effect = due_day_effect(TERMS, unpaid(), 5, decided_by=date(2026, 11, 26))
    assert effect is not None and effect.days == -7
    assert effect.extra_interest_fen < 0
    assert effect.moves[0].new_due_date == date(2026, 12, 5)
    assert effect.moves[0].new_payment_fen == effect.moves[0].old_payment_fen + effect.extra_interest_fen


@pytest.mark.parametrize(("decided_by", "first"), [(date(2026, 12, 4), 6), (date(2026, 12, 5), 7), (date(2026, 12, 20), 7)])
def test_an_instalment_due_before_a_person_has_decided_stays_where_it_is(decided_by: date, first: int) -> None:
    effect = due_day_effect(TERMS, unpaid(), 5, decided_by=decided_by)
    assert effect is not None and effect.moves[0].instalment_number == first


def test_of_a_flat_fee_the_amounts_stay_the_same() -> None:
    terms = replace(
        TERMS, method=RepaymentMethod.FLAT_FEE, annual_rate=None, fee_rate=Decimal("0.066"), daily_rate=Decimal("0.0003")
    )
    effect = due_day_effect(terms, unpaid(terms), 20, decided_by=TODAY)
    assert effect is not None and effect.extra_interest_fen == 0


def test_the_last_of_the_month_finds_its_way_to_a_day_every_month_has() -> None:
    terms = replace(TERMS, first_due_date=date(2026, 7, 31), anchor_day=31)
    effect = due_day_effect(terms, unpaid(terms, paid=4), 28, decided_by=TODAY)
    assert effect is not None
    assert [move.new_due_date.day for move in effect.moves] == [28] * len(effect.moves)
    assert effect.days == -2  # the next one falls on the last of November


def test_nothing_is_left_to_move_when_the_last_day_comes_before_the_decision() -> None:
    assert due_day_effect(TERMS, unpaid(paid=11), 5, decided_by=date(2027, 6, 12)) is None


@pytest.mark.parametrize("due_day", [0, 29, 31])
def test_a_day_that_not_every_month_has_is_no_due_day(due_day: int) -> None:
    with pytest.raises(ValueError, match="1 to 28"):
        due_day_effect(TERMS, unpaid(), due_day, decided_by=TODAY)


def test_what_keeps_the_day_where_it_is() -> None:
    def code(
        rules: DueDayRules | None = None,
        owed: list[AmountDue] | None = None,
        changed_on: tuple[date, ...] = (),
        deferred_until: date | None = None,
        due_day: int | None = 20,
    ) -> DueDayRefusalCode | None:
        refusal = due_day_refusal(TERMS, rules or DueDayRules(), owed or unpaid(), TODAY, changed_on, deferred_until, due_day)
        return refusal.code if refusal else None

    assert code() is None
    assert code(due_day=None) is None
    assert code(DueDayRules(offered=False)) is DueDayRefusalCode.NOT_OFFERED
    assert code(owed=unpaid(paid=4)) is DueDayRefusalCode.PAST_DUE
    assert code(due_day=12) is DueDayRefusalCode.SAME_DAY
    assert code(deferred_until=date(2026, 12, 27)) is DueDayRefusalCode.DEFERRAL_IN_FORCE
    assert code(changed_on=(date(2025, 11, 25),)) is DueDayRefusalCode.USED_UP
    assert code(changed_on=(date(2025, 11, 24),)) is None  # a year is over on this very day


def test_who_has_used_up_the_changes_hears_when_the_next_is_possible() -> None:
    rules = DueDayRules(changes_allowed=2, allowed_within_months=12)
    refusal = due_day_refusal(TERMS, rules, unpaid(), TODAY, [date(2026, 3, 1), date(2026, 9, 1)], None, 20)
    assert refusal is not None and refusal.next_possible_date == date(2027, 3, 1)
    assert refusal.changes_allowed == 2
