"""The problem types a backend can send, the exceptions made for them, and the responses that word them, compared."""

from __future__ import annotations

from bot.backend.problems import PROBLEM_TYPES
from bot.client import errors
from bot.domain import read_domain

# Refusals that a well-behaved bot does not meet, or that only topics meet which the bot does not serve yet.
NOT_WORDED = {slug for slug in PROBLEM_TYPES if slug.startswith(("payment-not-as-", "idempotency-"))} | {
    "malformed-json",
    "unauthorized",
    "not-found",
    "method-not-allowed",
    "body-too-large",
    "validation",
    "internal",
    "busy",
    "undo-window-open",
    "loan-changed",
    "safety-block-not-found",
    "evidence-not-found",
}


def leaves() -> dict[str, type[errors.ProblemError]]:
    return {leaf.type: leaf for leaf in errors._leaves(errors.ProblemError) if leaf.type}


def responses() -> dict[str, object]:
    return dict(read_domain()["responses"])


def test_every_refusal_a_borrower_can_meet_has_an_exception() -> None:
    expected = {f"/problems/{slug}" for slug in PROBLEM_TYPES if slug not in NOT_WORDED}
    assert expected - set(leaves()) == set()


def test_no_exception_waits_for_a_problem_that_no_backend_sends() -> None:
    assert set(leaves()) - {kind.type for kind in PROBLEM_TYPES.values()} == set()


def test_every_error_has_its_words() -> None:
    kinds = [errors.LoanBackendError, errors.BackendUnavailable, errors.FilingUnknown, errors.ProblemError, *leaves().values()]
    assert {kind.response for kind in kinds} - set(responses()) == set()


def test_a_problem_of_an_unknown_type_is_a_refusal_still() -> None:
    error = errors.problem_error({"type": "/problems/brand-new", "status": 409, "detail": "…", "max_days": 3})
    assert type(error) is errors.ProblemError
    assert error.details() == {"max_days": 3}
