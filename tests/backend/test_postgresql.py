"""The same ledger on PostgreSQL; left out where no server can be started."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.backend.helpers import loan_of, problem
from tests.backend.test_at_once import all_at_once, post
from tests.support.backend import BackendCalls, backend_in_a_thread


def _binary(name: str) -> str | None:
    """A program of PostgreSQL, on PATH or where Debian puts it."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(beside[-1]) if beside else None)


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own on a free port of loopback; as another user when we are root, as it insists."""
    initdb, postgres = _binary("initdb"), _binary("postgres")
    if not initdb or not postgres:
        pytest.skip("no PostgreSQL here")
    as_user: list[str] = []
    folder = tmp_path_factory.mktemp("postgresql")
    if os.geteuid() == 0:
        if not shutil.which("runuser") or subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
        for parent in [folder, *folder.parents][:4]:
            if parent.name.startswith(("pytest", "postgresql")):
                parent.chmod(0o755)
        shutil.chown(folder, "postgres")
    data = folder / "data"
    made = subprocess.run(
        [*as_user, initdb, "-D", str(data), "-U", "huanban", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"initdb: {made.stderr[-300:]}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*as_user, postgres, "-D", str(data), "-p", str(port), *options], stdout=log, stderr=log)
    url = f"postgresql://huanban@127.0.0.1:{port}/postgres"
    try:
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        for _ in range(200):
            try:
                engine.connect().close()
                break
            except sa.exc.OperationalError:
                assert server.poll() is None, (folder / "log").read_text()
                import time

                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def backend(server_url: str, tmp_path: Path) -> Iterator[BackendCalls]:
    """The demo backend over a database of its own."""
    name = f"ledger_{abs(hash(tmp_path)) % 10**12}"
    engine = sa.create_engine(server_url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = server_url.rpartition("/")[0] + f"/{name}"
    with backend_in_a_thread(tmp_path, HUANBAN_BACKEND_DATABASE_URL=url, HUANBAN_UNDO_MINUTES=0) as running:
        yield running


def test_a_deferral_is_quoted_filed_once_and_approved(backend: BackendCalls) -> None:
    loan = loan_of(backend, "due_in_three_days")
    quote = loan.quote("P15D")
    assert quote["extra_interest_fen"] == 472
    filed = loan.file(quote)
    assert loan.file(quote)["request_id"] == filed["request_id"]
    loan.decide(filed)
    assert loan.instalment(8)["due_date"] == "2026-12-12"
    assert backend.get(f"{loan.borrower}/audit-trail?limit=1")["entries"][0]["action"] == "deferral.approved"


def test_the_same_filing_at_once_is_one_request(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quotes = [loan.quote(f"P{days}D") for days in range(10, 14)]
    same = post(backend, f"{loan.path}/deferrals", {"quote_id": quotes[0]["quote_id"]}, quotes[0]["filing_key"])
    others = [post(backend, f"{loan.path}/deferrals", {"quote_id": q["quote_id"]}, q["filing_key"]) for q in quotes]
    answers = all_at_once([same, same, same, *others])
    assert Counter(answer.status_code for answer in answers)[201] == 1
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert [row["loan_id"] for row in backend.rows("requests")].count("L1001") == 1


def test_two_borrowers_with_one_key_at_once_do_not_share_an_answer(backend: BackendCalls) -> None:
    body = {"topic": "fees", "text": "收费不对"}
    answers = all_at_once([post(backend, f"/borrowers/B100{n}/complaints", body, "one-key-for-all") for n in range(1, 5)])
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] == 1 and set(statuses) <= {201, 409, 422}


def test_payments_at_once_add_up(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    owed = loan.read()["outstanding_fen"]
    body = {"amount_fen": 1000, "channel": "bank_transfer"}
    answers = all_at_once([post(backend, f"{loan.path}/payments", body, f"payment-{n}") for n in range(6)])
    assert [answer.status_code for answer in answers] == [201] * 6
    assert loan.read()["outstanding_fen"] == owed - 6000


@pytest.mark.parametrize("sql", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_audit_trail_is_append_only(backend: BackendCalls, sql: str) -> None:
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        backend.execute(sql)


def test_a_line_and_a_prepayment_are_reckoned_alike(backend: BackendCalls) -> None:
    assert loan_of(backend, "minimum_payment").read()["minimum_payment_fen"] == 111425
    loan = loan_of(backend, "on_time")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    loan.pay(quote["amount_fen"], quote["filing_key"], quote_id=quote["quote_id"])
    assert loan.read()["status"] == "closed"
    problem(backend.call("GET", "/borrowers/B1001/loans/L1002"), "loan-not-found", 404)
