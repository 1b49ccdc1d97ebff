"""The proxy does what it says to the calls of the borrower who is in trouble, and nothing to anybody else's."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
import requests

from bot.bench.faults.proxy import FaultProxy, Trouble
from bot.bench.faults.wire import WIRE
from tests.support.scripted import Script, scripted_backend

PATH = "/v1/borrowers/B1/loans/L1/deferrals"
ANSWER = {"request_id": "DF00000001", "as_of": "2026-11-24T10:00:00+08:00"}


def through_the_proxy(call: Callable[[str, FaultProxy], Any], *answers: tuple[int, Any] | str) -> tuple[Any, Script]:
    """What a call through the proxy came to, and what reached the backend."""

    async def scene() -> tuple[Any, Script]:
        with scripted_backend(*(answers or [(201, ANSWER)] * 4)) as (url, script):
            proxy = FaultProxy(int(url.rsplit(":", 1)[1]))
            await proxy.listen()
            try:
                return await asyncio.to_thread(call, f"http://127.0.0.1:{proxy.port}", proxy), script
            finally:
                await proxy.close()

    return asyncio.run(scene())


def post(url: str, path: str = PATH) -> requests.Response:
    return requests.post(url + path, json={"quote_id": "Q1"}, timeout=0.7, headers={"Idempotency-Key": "key-1"})


def hit(fault: str, seed: int = 0, **more: Any) -> tuple[Any, Script]:
    def call(url: str, proxy: FaultProxy) -> Any:
        proxy.troubles["B1"] = Trouble(fault, "filing", 1, random.Random(seed), **more)
        try:
            return post(url)
        except requests.RequestException as error:
            return error

    return through_the_proxy(call)


def test_without_trouble_a_call_and_its_answer_pass_as_they_are() -> None:
    answer, script = through_the_proxy(lambda url, proxy: post(url))
    assert (answer.status_code, answer.json()) == (201, ANSWER)
    assert [(c.method, c.path, c.body, c.key) for c in script.calls] == [("POST", PATH, {"quote_id": "Q1"}, "key-1")]


@pytest.mark.parametrize(
    ("fault", "reaches_the_backend"),
    [
        ("reset_before_commit", False),
        ("reset_after_commit", True),
        ("answer_lost", True),
        ("slow_before_commit", False),
        ("slow_after_commit", True),
    ],
)
def test_without_an_answer_the_backend_has_been_given_the_call_or_has_not(fault: str, reaches_the_backend: bool) -> None:
    error, script = hit(fault)
    assert isinstance(error, requests.RequestException)
    assert bool(script.calls) is reaches_the_backend


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("fault", "statuses"), [("error_500_then_200", {500, 502, 503}), ("conflict_409", {409}), ("too_many_429", {429})]
)
def test_a_status_is_what_the_fault_says(fault: str, statuses: set[int], seed: int) -> None:
    answer, _ = hit(fault, seed)
    assert answer.status_code in statuses
    assert answer.headers.get("Retry-After") or fault != "too_many_429"


@pytest.mark.parametrize("seed", range(6))
def test_what_comes_back_whole_is_not_what_was_answered(seed: int) -> None:
    wrong, _ = hit("wrong_type", seed)
    assert wrong.content != b"" or wrong.status_code in (200, 201, 204)
    assert b'DF00000001",' not in wrong.content
    jumped, _ = hit("clock_jump", seed)
    assert jumped.json()["request_id"] == ANSWER["request_id"]
    assert jumped.json()["as_of"] != ANSWER["as_of"]
    half, _ = hit("half_answer", seed)
    assert isinstance(half, requests.RequestException) or len(half.content) < len(json.dumps(ANSWER))


def test_another_borrowers_answer_is_one_that_another_was_given() -> None:
    def call(url: str, proxy: FaultProxy) -> Any:
        post(url, PATH.replace("B1", "B2"))
        proxy.troubles["B1"] = Trouble("another_borrowers_body", "filing", 1, random.Random(0))
        return post(url).json()

    said, _ = through_the_proxy(call, (201, {"request_id": "of B2"}), (201, ANSWER))
    assert said == {"request_id": "of B2"}


def test_it_is_met_so_often_and_where_it_should_be_and_nobody_else_meets_it() -> None:
    def call(url: str, proxy: FaultProxy) -> list[int]:
        proxy.troubles["B1"] = Trouble("too_many_429", "filing", 2, random.Random(0))
        elsewhere = [requests.get(f"{url}/v1/borrowers/B1/loans", timeout=5), post(url, PATH.replace("B1", "B2"))]
        return [answer.status_code for answer in [*elsewhere, post(url), post(url), post(url)]]

    assert through_the_proxy(call)[0] == [201, 201, 429, 429, 201]


def test_the_witness_tells_what_went_on_and_what_did_not() -> None:
    def call(url: str, proxy: FaultProxy) -> list[tuple[bool, int | None]]:
        proxy.troubles["B1"] = Trouble("reset_before_commit", "filing", 1, random.Random(0))
        with pytest.raises(requests.RequestException):
            post(url)
        post(url)
        return [(posted.passed_on_at is not None, posted.status) for posted in proxy.posts]

    assert through_the_proxy(call)[0] == [(False, None), (True, 201)]


def test_every_fault_on_the_wire_has_something_that_does_it() -> None:
    from bot.bench.faults.plans import ON_THE_WIRE

    assert {*WIRE, "refused"} == set(ON_THE_WIRE)
