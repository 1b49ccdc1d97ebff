"""How a credit line stands: what is used, what suspends it, and when it is looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.loans.credit_line import LineOnFile, LineRules, LineStatus, OpenLoan, line_standing

TODAY = date(2026, 11, 24)
ON_FILE = LineOnFile("QH-JIE", LineStatus.OPEN, 2_000_000, date(2025, 9, 24))
LOAN = OpenLoan("L1", "QH-JIE", 700_000, overdue_fen=0, days_past_due=0)
RULES = LineRules(suspended_from_days_past_due=4, reviewed_every_days=30)


def late(days: int, **other: object) -> OpenLoan:
    return replace(LOAN, days_past_due=days, overdue_fen=108_084, **other)  # type: ignore[arg-type]


def test_what_is_owed_of_this_product_and_of_no_other_is_used() -> None:
    other = replace(LOAN, loan_id="L2", product_id="QH-HUA", outstanding_principal_fen=1_000_000)
    line = line_standing(ON_FILE, [LOAN, other], RULES, TODAY)
    assert (line.status, line.used_fen, line.available_fen, line.reasons) == (LineStatus.OPEN, 700_000, 1_300_000, ())


def test_a_limit_that_is_used_up_says_so_and_never_goes_below_zero() -> None:
    line = line_standing(replace(ON_FILE, limit_fen=500_000), [LOAN], RULES, TODAY)
    assert (line.status, line.available_fen, [reason.code for reason in line.reasons]) == (LineStatus.OPEN, 0, ["used_up"])


def test_an_open_line_without_a_limit_says_that_none_is_set() -> None:
    line = line_standing(replace(ON_FILE, limit_fen=0), [], RULES, TODAY)
    assert [reason.code for reason in line.reasons] == ["no_limit_set"]


@pytest.mark.parametrize(("days", "status"), [(0, "open"), (3, "open"), (4, "suspended"), (95, "suspended")])
def test_being_late_suspends_from_the_day_that_the_product_says(days: int, status: str) -> None:
    line = line_standing(ON_FILE, [late(days)], RULES, TODAY)
    assert line.status.value == status
    assert bool(line.reasons) == (status == "suspended")


def test_a_suspension_for_being_late_names_the_loan_with_its_figures_and_begins_when_the_rule_was_met() -> None:
    line = line_standing(ON_FILE, [late(12)], RULES, TODAY)
    (reason,) = line.reasons
    assert (reason.code, reason.loan_id, reason.amount_fen, reason.days_past_due) == ("overdue", "L1", 108_084, 12)
    assert reason.since_date == date(2026, 11, 12)
    assert (line.since_date, line.available_fen) == (date(2026, 11, 16), 0)


def test_another_products_loan_suspends_too_and_the_longest_late_comes_first() -> None:
    loans = [late(5), late(62, loan_id="L2", product_id="QH-KUAI", with_agency=True)]
    line = line_standing(ON_FILE, loans, RULES, TODAY)
    assert [reason.code for reason in line.reasons] == ["overdue_with_agency", "overdue"]


def test_a_product_may_never_suspend_for_being_late() -> None:
    assert line_standing(ON_FILE, [late(95)], LineRules(None), TODAY).status is LineStatus.OPEN


@pytest.mark.parametrize(("until", "status"), [(0, "suspended"), (-1, "open")])
def test_a_hold_with_a_fixed_end_is_over_the_day_after(until: int, status: str) -> None:
    hold = replace(
        ON_FILE, status=LineStatus.SUSPENDED, reason_codes=("security_hold",), until_date=TODAY + timedelta(days=until)
    )
    line = line_standing(hold, [], RULES, TODAY)
    assert line.status.value == status
    assert [reason.code for reason in line.reasons] == (["security_hold"] if status == "suspended" else [])


def test_a_fixed_end_is_not_told_while_something_is_past_due() -> None:
    hold = replace(ON_FILE, status=LineStatus.SUSPENDED, reason_codes=("security_hold",), until_date=TODAY)
    line = line_standing(hold, [late(12)], RULES, TODAY)
    assert line.until_date is None and [reason.code for reason in line.reasons] == ["overdue", "security_hold"]


@pytest.mark.parametrize(("until", "available"), [(0, 1_500_000), (-1, 1_300_000)])
def test_a_temporary_limit_counts_up_to_and_including_its_last_day(until: int, available: int) -> None:
    file = replace(ON_FILE, temporary_limit_fen=200_000, temporary_until_date=TODAY + timedelta(days=until))
    line = line_standing(file, [LOAN], RULES, TODAY)
    assert line.available_fen == available
    assert (line.temporary_until_date is None) == (until < 0)


@pytest.mark.parametrize(
    ("on_file", "every", "expected"),
    [
        (date(2026, 12, 1), 30, date(2026, 12, 1)),
        (TODAY, 30, TODAY),
        (date(2026, 11, 23), 30, date(2026, 12, 23)),
        (date(2026, 10, 25), 30, TODAY),
        (date(2026, 11, 23), None, None),
        (None, 30, None),
    ],
)
def test_a_review_whose_day_has_passed_is_rolled_on(on_file: date | None, every: int | None, expected: date | None) -> None:
    line = line_standing(replace(ON_FILE, next_review_date=on_file), [], LineRules(4, every), TODAY)
    assert line.next_review_date == expected


def test_a_closed_line_stays_closed_whatever_else_is_late() -> None:
    closed = replace(ON_FILE, status=LineStatus.CLOSED, reason_codes=("own_wish",))
    line = line_standing(closed, [late(95)], RULES, TODAY)
    assert (line.status, [reason.code for reason in line.reasons]) == (LineStatus.CLOSED, ["own_wish"])


def test_a_refused_line_of_a_late_borrower_names_both_what_is_late_and_why_it_was_refused() -> None:
    refused = replace(ON_FILE, status=LineStatus.REFUSED, reason_codes=("income_not_confirmed",))
    line = line_standing(refused, [late(12, product_id="QH-KUAI")], RULES, TODAY)
    assert line.status is LineStatus.REFUSED
    assert [reason.code for reason in line.reasons] == ["overdue", "income_not_confirmed"]
