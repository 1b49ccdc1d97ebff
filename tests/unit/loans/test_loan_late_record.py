"""Spells of lateness, how long they are kept, and what to settle first."""

from __future__ import annotations

from datetime import date

from bot.loans.late_record import Arrears, LateSpell, late_spells, reported_on, settle_first

TODAY = date(2026, 11, 24)


def test_what_was_paid_on_its_day_leaves_nothing() -> None:
    assert late_spells([(date(2026, 10, 10), date(2026, 10, 10)), (date(2026, 12, 10), None)], TODAY) == ()


def test_a_single_late_payment_is_a_spell_that_ends_with_it_and_is_kept_five_years_from_there() -> None:
    (spell,) = late_spells([(date(2026, 3, 10), date(2026, 4, 25))], TODAY)
    assert spell == LateSpell(date(2026, 3, 10), 46, date(2026, 4, 25))
    assert spell.kept_until_date == date(2031, 4, 25)


def test_five_years_from_a_leap_day_end_with_february() -> None:
    assert LateSpell(date(2028, 1, 10), 50, date(2028, 2, 29)).kept_until_date == date(2033, 2, 28)


def test_instalments_that_are_late_at_the_same_time_are_one_spell() -> None:
    rows = [(date(2026, 3, 10), date(2026, 4, 25)), (date(2026, 4, 10), date(2026, 5, 1)), (date(2026, 7, 10), date(2026, 7, 14))]
    latest, first = late_spells(rows, TODAY)
    assert first == LateSpell(date(2026, 3, 10), 46, date(2026, 5, 1))
    assert latest == LateSpell(date(2026, 7, 10), 4, date(2026, 7, 14))


def test_a_spell_goes_on_as_long_as_anything_in_it_is_unpaid_and_its_years_do_not_begin() -> None:
    rows = [(date(2026, 9, 10), None), (date(2026, 10, 10), date(2026, 11, 1))]
    (spell,) = late_spells(rows, TODAY)
    assert (spell.since_date, spell.days_past_due, spell.ended_date, spell.kept_until_date) == (date(2026, 9, 10), 75, None, None)


def test_a_spell_is_reported_from_the_products_day_on() -> None:
    assert not LateSpell(TODAY, 3, TODAY).is_reported(4)
    assert LateSpell(TODAY, 4, TODAY).is_reported(4)
    assert reported_on(date(2026, 11, 22), 4) == date(2026, 11, 26)


def test_what_can_still_be_kept_out_of_the_record_is_settled_first_then_the_longest_late() -> None:
    soon = Arrears("B", 100, 2, date(2026, 11, 26))
    later = Arrears("A", 100, 1, date(2026, 11, 27))
    short = Arrears("C", 100, 12, date(2026, 11, 14))
    long = Arrears("D", 100, 62, date(2026, 9, 25))
    today_reported = Arrears("E", 100, 4, TODAY)
    order = settle_first([short, later, long, today_reported, soon], TODAY)
    assert [row.loan_id for row in order] == ["B", "A", "D", "C", "E"]
