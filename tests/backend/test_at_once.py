"""Several calls at the same moment: one wins, and the ledger adds up."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.backend.helpers import loan_of
from tests.support.backend import BackendCalls


def all_at_once(calls: list[Callable[[], requests.Response]]) -> list[requests.Response]:
    """Lets the calls go together, as nearly as threads can."""
    gate = threading.Barrier(len(calls))

    def go(call: Callable[[], requests.Response]) -> requests.Response:
        gate.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(go, calls))


def post(backend: BackendCalls, path: str, body: object, key: str | None = None) -> Callable[[], requests.Response]:
    """A call with a connection of its own."""
    headers = {"Authorization": f"Bearer {backend.desk_token if '/desk/' in path else backend.service_token}"}
    if key:
        headers["Idempotency-Key"] = key
    return lambda: requests.post(f"{backend.url}/v1{path}", json=body, headers=headers, timeout=30)


def test_the_same_filing_eight_times_at_once_is_one_request(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = loan.quote()
    call = post(backend, f"{loan.path}/deferrals", {"quote_id": quote["quote_id"]}, quote["filing_key"])
    answers = all_at_once([call] * 8)
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] == 1 and set(statuses) <= {200, 201, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["type"] == "/problems/request-in-progress" and answer.headers["Retry-After"] == "1"
    assert len({answer.json()["request_id"] for answer in answers if answer.ok}) == 1
    assert [row["loan_id"] for row in backend.rows("requests")].count("L1001") == 1
    assert call().status_code == 200


def test_different_keys_for_one_loan_at_once_are_one_request(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quotes = [loan.quote(f"P{days}D") for days in range(10, 16)]
    answers = all_at_once([post(backend, f"{loan.path}/deferrals", {"quote_id": q["quote_id"]}, q["filing_key"]) for q in quotes])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    filed = next(answer.json()["request_id"] for answer in answers if answer.status_code == 201)
    assert {answer.json()["request_id"] for answer in answers if answer.status_code == 409} == {filed}


def test_many_borrowers_at_once_each_get_their_own(backend: BackendCalls) -> None:
    names = ["on_time", "due_in_three_days", "in_grace", "overdue_12_days", "illness"]
    loans = [loan_of(backend, name) for name in names]
    quotes = [loan.quote() for loan in loans]
    answers = all_at_once(
        [
            post(backend, f"{loan.path}/deferrals", {"quote_id": quote["quote_id"]}, quote["filing_key"])
            for loan, quote in zip(loans, quotes, strict=True)
        ]
    )
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["request_id"] for answer in answers}) == 5
    assert [answer.json()["loan_id"] for answer in answers] == [loan.path.rpartition("/")[2] for loan in loans]


def test_payments_at_once_are_all_booked_and_none_twice(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    owed = loan.read()["outstanding_fen"]
    calls = [
        post(backend, f"{loan.path}/payments", {"amount_fen": 1000 + n, "channel": "bank_transfer"}, f"payment-{n}")
        for n in range(6)
    ]
    answers = all_at_once(calls + calls)  # each twice
    assert all(answer.status_code in (200, 201, 409) for answer in answers)
    assert Counter(answer.status_code for answer in answers)[201] == 6
    assert loan.read()["outstanding_fen"] == owed - sum(1000 + n for n in range(6))


def test_two_payoffs_at_once_do_not_pay_twice(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    quote = backend.post(f"{loan.path}/prepayment-quotes", {"kind": "full"})
    body = {"amount_fen": quote["amount_fen"], "channel": "bank_transfer", "quote_id": quote["quote_id"]}
    answers = all_at_once([post(backend, f"{loan.path}/payments", body, f"payoff-{n}") for n in range(3)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}
    assert loan.read()["status"] == "closed"


def test_two_people_deciding_at_once_decide_once(deciding_backend: BackendCalls) -> None:
    loan = loan_of(deciding_backend, "due_in_three_days")
    filed = loan.file(loan.quote())
    path = f"/desk/requests/{filed['request_id']}/decision"
    answers = all_at_once(
        [post(deciding_backend, path, {"decision": "approve", "reason": "x", "decided_by": f"p{n}"}) for n in range(4)]
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
    assert loan.instalment(8)["interest_fen"] == 17950 + 472  # extra interest once


def test_readers_see_a_whole_ledger_while_it_is_written(backend: BackendCalls) -> None:
    loan = loan_of(backend, "on_time")
    stop = threading.Event()
    torn: list[dict[str, object]] = []

    def read_on() -> None:
        session = requests.Session()
        headers = {"Authorization": f"Bearer {backend.service_token}"}
        while not stop.is_set():
            seen = session.get(f"{backend.url}/v1{loan.path}", headers=headers, timeout=30).json()
            if seen["outstanding_fen"] != sum(row["outstanding_fen"] for row in seen["instalments"]):
                torn.append(seen)

    reader = threading.Thread(target=read_on)
    reader.start()
    for n in range(15):
        loan.pay(100, key=f"payment-{n}")
    stop.set()
    reader.join()
    assert torn == []
