"""A killed process and a clock set back leave a consistent ledger."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import requests

from bot.backend.clock import SHANGHAI, Clock
from bot.demo import demo_borrowers
from tests.backend.helpers import loan_of
from tests.support.backend import RunningBackend, running_backend


def file_and_die(backend: RunningBackend, key: str, quote_id: str) -> None:
    """Files; the backend dies meanwhile, so there is no answer."""
    loan = loan_of(backend, "on_time")
    with pytest.raises(requests.ConnectionError):
        backend.call("POST", f"{loan.path}/deferrals", {"quote_id": quote_id}, key=key)
    assert backend.wait_until_dead() == -9


def test_killed_before_the_commit_nothing_was_filed_and_the_retry_files(tmp_path: Path) -> None:
    with running_backend(tmp_path, HUANBAN_FAULT="before-commit:file-deferral") as backend:
        loan = loan_of(backend, "on_time")
        quote = loan.quote()
        file_and_die(backend, quote["filing_key"], quote["quote_id"])
        backend.start(HUANBAN_FAULT="")
        assert backend.get(f"{loan.borrower}/requests?idempotency_key={quote['filing_key']}")["requests"] == []
        assert not [row for row in backend.rows("audit") if row["action"] == "deferral.filed" and row["actor"] == "borrower"]
        assert loan.file(quote)["status"] == "pending"
        assert backend.rows("requests")[-1]["loan_id"] == "L1001"


def test_killed_after_the_commit_it_is_filed_and_the_retry_is_a_repeat(tmp_path: Path) -> None:
    with running_backend(tmp_path, HUANBAN_FAULT="after-commit:file-deferral") as backend:
        loan = loan_of(backend, "on_time")
        quote = loan.quote()
        file_and_die(backend, quote["filing_key"], quote["quote_id"])
        backend.start(HUANBAN_FAULT="")
        (found,) = backend.get(f"{loan.borrower}/requests?idempotency_key={quote['filing_key']}")["requests"]
        again = backend.call("POST", f"{loan.path}/deferrals", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])
        assert again.status_code == 200 and again.json()["request_id"] == found["request_id"]


def test_killed_while_a_payment_is_booked_the_loan_owes_what_it_owed(tmp_path: Path) -> None:
    with running_backend(tmp_path, HUANBAN_FAULT="before-commit:book-payment") as backend:
        loan = loan_of(backend, "on_time")
        before = loan.read()
        with pytest.raises(requests.ConnectionError):
            loan.pay(50000, key="payment-1")
        assert backend.wait_until_dead() == -9
        backend.start(HUANBAN_FAULT="")
        assert {**loan.read(), "as_of": None, "instalments": [{**row} for row in before["instalments"]]} == {
            **before,
            "as_of": None,
        }
        loan.pay(50000, key="payment-1")
        assert loan.read()["outstanding_fen"] == before["outstanding_fen"] - 50000


def test_killed_while_it_is_being_filled_the_ledger_is_filled_from_the_start(tmp_path: Path) -> None:
    from tests.support.backend import BackendDidNotStart

    with pytest.raises(BackendDidNotStart), running_backend(tmp_path, HUANBAN_FAULT="before-commit:seed"):
        pass
    with running_backend(tmp_path) as backend:
        assert len(backend.rows("borrowers")) == len(demo_borrowers())


def test_a_clock_set_back_does_not_set_the_ledger_back(tmp_path: Path) -> None:
    with running_backend(tmp_path, today="2026-11-24") as backend:
        loan = loan_of(backend, "on_time")
        filed = loan.file(loan.quote())
        backend.stop()
        backend.start(HUANBAN_TODAY="2026-11-20")
        read = backend.get(f"{loan.borrower}/requests/{filed['request_id']}")
        assert read["as_of"] >= filed["filed_at"]
        assert loan.read()["next_due_date"] == "2026-12-12"
        assert backend.get("/health")["today"] == "2026-11-24"
        undone = backend.post(f"{loan.borrower}/requests/{filed['request_id']}/undo")
        assert undone["status"] == "undone"
        moments = [row["at"] for row in backend.rows("audit")]
        assert moments == sorted(moments)


class Hands:
    """A machine's clock in a test's hands: what it shows, and how many seconds really went by."""

    def __init__(self, shows: datetime) -> None:
        self.shows = shows
        self.seconds = 0.0

    def clock(self, fixed_today: date | None = None) -> Clock:
        return Clock(fixed_today, wall_clock=lambda: self.shows, stopwatch=lambda: self.seconds)

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.shows += timedelta(seconds=seconds)


NOON = datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)


def test_the_clock_runs_on_from_where_it_was_when_it_is_set_back() -> None:
    hands = Hands(NOON)
    clock = hands.clock()
    assert clock.now() == NOON
    hands.shows -= timedelta(hours=2)
    assert clock.now() == NOON
    hands.pass_by(60)
    assert clock.now() == NOON + timedelta(seconds=60)
    hands.shows = NOON + timedelta(hours=1)
    assert clock.now() == NOON + timedelta(hours=1)  # caught up


def test_the_clock_never_goes_behind_the_latest_record() -> None:
    hands = Hands(NOON)
    clock = hands.clock()
    recorded = NOON + timedelta(days=3)
    clock.observe(recorded, recorded.date())
    assert clock.now() == recorded
    assert clock.today() == date(2026, 11, 27)
    hands.pass_by(5)
    clock.observe(recorded, recorded.date())
    assert clock.now() == recorded + timedelta(seconds=5)


def test_a_fixed_day_stays_while_the_time_of_day_runs() -> None:
    hands = Hands(datetime(2027, 3, 1, 23, 59, 50, tzinfo=SHANGHAI))
    clock = hands.clock(date(2026, 11, 24))
    assert clock.now() == datetime(2026, 11, 24, 23, 59, 50, tzinfo=SHANGHAI)
    hands.pass_by(20)
    assert clock.now() == datetime(2026, 11, 25, 0, 0, 10, tzinfo=SHANGHAI)
    assert clock.today() == date(2026, 11, 24)


def test_the_day_is_shanghais_whatever_the_machines_zone() -> None:
    from datetime import timezone

    hands = Hands(datetime(2026, 11, 23, 17, tzinfo=timezone.utc))
    assert hands.clock().today() == date(2026, 11, 24)
