"""Payments that look like one taken twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.loans.bookings import Booking, doubled

AT = datetime(2026, 11, 24, 8)


def booking(name: str, amount_fen: int, hours: float) -> Booking:
    return Booking(name, amount_fen, AT + timedelta(hours=hours))


def test_the_same_amount_twice_within_two_days_looks_doubled() -> None:
    assert doubled([booking("P2", 500, 6), booking("P1", 500, 0)]) == [("P1", "P2")]


def test_another_amount_or_a_month_between_does_not() -> None:
    assert doubled([booking("P1", 500, 0), booking("P2", 501, 1), booking("P3", 500, 24 * 30)]) == []


def test_three_times_is_two_pairs_the_latest_first() -> None:
    assert doubled([booking("P1", 500, 0), booking("P2", 500, 1), booking("P3", 500, 2)]) == [("P2", "P3"), ("P1", "P2")]
