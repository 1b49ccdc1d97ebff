"""Whether a person can be reached, for how long one waits, and when somebody can call back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.backend.helpers import problem
from tests.support.backend import DEMO_LENDER_FILE, BackendCalls, backend_in_a_thread

OpenBackend = Callable[..., BackendCalls]


@pytest.fixture
def with_hours(tmp_path: Path, seeded_ledger: Path) -> Iterator[OpenBackend]:
    """The demo backend whose people are there at these hours every day, whatever the machine's clock says."""
    with ExitStack() as running:

        def start(hours: str) -> BackendCalls:
            folder = tmp_path / hours.replace(":", "")
            folder.mkdir()
            text = DEMO_LENDER_FILE.read_text(encoding="utf-8").replace('"08:00-22:00"', f'"{hours}"')
            (folder / "lender.yml").write_text(text, encoding="utf-8")
            settings = {"HUANBAN_LENDER_FILE": folder / "lender.yml"}
            return running.enter_context(backend_in_a_thread(folder, template=seeded_ledger, **settings))

        yield start


def ticket(backend: BackendCalls, number: int, borrower_id: str = "B1001") -> dict[str, str]:
    body = {"ticket_kind": "human", "summary": f"第{number}次"}
    return dict(backend.post(f"/borrowers/{borrower_id}/tickets", body, key=f"ticket-{number:05d}"))


def test_while_people_are_there_it_says_until_when_and_how_long_one_waits(with_hours: OpenBackend) -> None:
    backend = with_hours("00:00-23:59")
    staff = backend.get("/staff")
    assert staff["open_now"] and staff["wait_minutes"] == 1 and staff["next_open_at"] is None
    assert staff["open_until_at"] == "2026-11-24T23:59:00+08:00"
    for number in range(6):
        ticket(backend, number)
    assert backend.get("/staff")["wait_minutes"] == 12  # six wait, three people, six minutes each


def test_when_nobody_is_there_it_says_when_somebody_will_be(with_hours: OpenBackend) -> None:
    staff = with_hours("00:00-00:01").get("/staff")
    assert not staff["open_now"] and staff["wait_minutes"] is None
    assert staff["next_open_at"] == "2026-11-25T00:00:00+08:00"


def test_times_for_a_call_back_lie_within_the_hours(with_hours: OpenBackend) -> None:
    times = [row["starts_at"] for row in with_hours("09:00-17:00").get("/staff")["callback_times"]]
    assert times == sorted(times) and times
    assert all("09:00" <= time[11:16] <= "16:00" for time in times)
    assert len({time[:10] for time in times}) == 2


def test_a_call_back_is_put_down_and_the_latest_wish_counts(with_hours: OpenBackend) -> None:
    backend = with_hours("09:00-17:00")
    filed = ticket(backend, 1)
    path = f"/borrowers/B1001/requests/{filed['request_id']}/callback"
    for hour in ("10", "10", "14"):
        answer = backend.call("PUT", path, {"starts_at": f"2026-11-26T{hour}:00:00+08:00"})
        assert answer.json()["terms"]["callback_starts_at"] == f"2026-11-26T{hour}:00:00+08:00"
    assert [row["action"] for row in backend.rows("audit")].count("callback.asked") == 2
    assert backend.get(f"/desk/requests/{filed['request_id']}")["terms"]["callback_starts_at"].startswith("2026-11-26T14")


@pytest.mark.parametrize("starts_at", ["2026-11-26T03:00:00+08:00", "2026-11-20T10:00:00+08:00", "2099-11-26T10:00:00Z"])
def test_nobody_calls_at_night_in_the_past_or_in_a_year(with_hours: OpenBackend, starts_at: str) -> None:
    backend = with_hours("09:00-17:00")
    filed = ticket(backend, 1)
    answer = backend.call("PUT", f"/borrowers/B1001/requests/{filed['request_id']}/callback", {"starts_at": starts_at})
    assert problem(answer, "callback-not-possible", 409)["next_callback_at"]


@pytest.mark.parametrize("starts_at", [1764100000, "1764100000", "2026-11-26", "2026-11-26T10:00:00", None])
def test_a_moment_is_written_out(read_only_backend: BackendCalls, starts_at: object) -> None:
    answer = read_only_backend.call("PUT", "/borrowers/B1001/requests/TK00000001/callback", {"starts_at": starts_at})
    problem(answer, "validation", 422)


def test_a_call_back_belongs_to_ones_own_open_ticket(with_hours: OpenBackend) -> None:
    backend = with_hours("09:00-17:00")
    filed = ticket(backend, 1)
    body = {"starts_at": "2026-11-26T10:00:00+08:00"}
    path = f"requests/{filed['request_id']}/callback"
    problem(backend.call("PUT", f"/borrowers/B1002/{path}", body), "request-not-found", 404)
    backend.post(f"/borrowers/B1001/requests/{filed['request_id']}/undo")
    problem(backend.call("PUT", f"/borrowers/B1001/{path}", body), "already-decided", 409)


def test_a_mistake_in_the_hours_is_named(tmp_path: Path) -> None:
    from bot.backend import lender_file
    from bot.config import ConfigurationError

    text = DEMO_LENDER_FILE.read_text(encoding="utf-8").replace('mon: "08:00-22:00"', 'mon: "22:00-08:00"')
    (tmp_path / "lender.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="ends before it begins"):
        lender_file.read(tmp_path / "lender.yml")
