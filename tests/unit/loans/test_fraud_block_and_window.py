"""A block outranks whatever else holds of a line; and between which days a due day can be moved."""

from __future__ import annotations

from datetime import date

import pytest

from bot.loans.credit_line import FraudBlock, LineOnFile, LineRules, LineStatus, OpenLoan, line_standing
from bot.loans.deferral import DeferralRefusal, DeferralRefusalCode, DeferralRules, DeferralWindow, deferral_window
from bot.loans.payments import AmountDue

TODAY = date(2026, 11, 24)
BLOCK = FraudBlock(date(2026, 11, 23), "FR00000001")
LATE = OpenLoan("L1", "P1", 100_000, 50_000, 12)


def line(status: LineStatus = LineStatus.OPEN, **values: object) -> LineOnFile:
    return LineOnFile("P1", status, 500_000, date(2025, 1, 1), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [LineStatus.OPEN, LineStatus.SUSPENDED])
def test_a_block_shuts_what_could_be_used_one_day_and_gives_nothing(status: LineStatus) -> None:
    found = line_standing(line(status), [], LineRules(), TODAY, BLOCK)
    assert (found.status, found.available_fen, found.since_date) == (LineStatus.BLOCKED, 0, BLOCK.since_date)
    assert (found.reasons[0].code, found.reasons[0].request_id) == ("fraud_block", "FR00000001")


@pytest.mark.parametrize("status", [LineStatus.CLOSED, LineStatus.REFUSED, LineStatus.NOT_OPENED])
def test_what_cannot_be_used_anyway_stays_as_it_is(status: LineStatus) -> None:
    assert line_standing(line(status), [], LineRules(), TODAY, BLOCK).status is status


def test_paying_what_is_past_due_does_not_lift_a_block() -> None:
    late = line_standing(line(), [LATE], LineRules(), TODAY, BLOCK)
    assert [reason.code for reason in late.reasons][:2] == ["fraud_block", "overdue"]
    assert line_standing(line(), [], LineRules(), TODAY, BLOCK).status is LineStatus.BLOCKED


def test_a_suspension_whose_day_is_over_does_not_end_a_block() -> None:
    over = line(LineStatus.SUSPENDED, until_date=date(2026, 11, 20))
    found = line_standing(over, [], LineRules(), TODAY, BLOCK)
    assert (found.status, found.until_date) == (LineStatus.BLOCKED, None)


def due(day: date) -> AmountDue:
    return AmountDue(1, day, 100_000)


def test_days_count_from_the_due_day_and_from_today_when_it_is_past() -> None:
    rules = DeferralRules(min_days=1, max_days=60, max_days_past_due=30)
    coming = deferral_window(rules, [due(date(2026, 11, 27))], TODAY)
    assert coming == DeferralWindow(date(2026, 11, 27), date(2026, 11, 28), date(2027, 1, 26), None)
    late = deferral_window(rules, [due(date(2026, 11, 10))], TODAY)
    assert isinstance(late, DeferralWindow)
    assert (late.earliest_date, late.latest_date) == (date(2026, 11, 25), date(2027, 1, 23))


def test_where_only_months_are_known_no_day_is_named() -> None:
    rules = DeferralRules(max_days=None, max_months=6)
    assert deferral_window(rules, [due(date(2026, 11, 27))], TODAY) == DeferralWindow(date(2026, 11, 27), None, None, 6)


def test_a_window_is_refused_where_no_day_would_do() -> None:
    rules = DeferralRules(max_days_past_due=5)
    refusal = deferral_window(rules, [due(date(2026, 11, 10))], TODAY)
    assert isinstance(refusal, DeferralRefusal) and refusal.code is DeferralRefusalCode.OVERDUE_TOO_LONG
    used_up = deferral_window(DeferralRules(), [due(date(2026, 11, 27))], TODAY, [date(2026, 8, 1)])
    assert isinstance(used_up, DeferralRefusal) and used_up.next_possible_date == date(2027, 8, 1)
