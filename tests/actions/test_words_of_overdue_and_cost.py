"""Responses whose names are put together from codes of the backend: each code has its words."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Any

import pytest

from bot.client import cost, overdue
from bot.domain import read_domain


def codes(kind: type, field: str) -> list[str]:
    """What a field may be, None left out."""
    hint = typing.get_type_hints(kind)[field]
    options: list[Any] = list(typing.get_args(hint))
    literals = [option for option in options if typing.get_origin(option) is typing.Literal]
    return [code for literal in literals for code in typing.get_args(literal)] or options


@dataclass(frozen=True)
class Named:
    prefix: str
    kind: type
    field: str
    left_out: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "named",
    [
        Named("utter_credit_standing_", overdue.CreditStanding, "standing"),
        Named("utter_credit_reason_", overdue.StandingReason, "code"),
        Named("utter_rebuild_unmet_", overdue.RebuildCondition, "code"),
        Named("utter_penalty_rule_", overdue.Penalty, "base"),
        Named("utter_costs_sum_", cost.NextCost, "by"),
        Named("utter_coupon_unusable_", cost.Coupon, "not_usable_because", frozenset({"used", "expired"})),
    ],
    ids=lambda named: named.prefix,
)
def test_every_code_has_its_words(named: Named) -> None:
    responses = read_domain()["responses"]
    found = set(codes(named.kind, named.field)) - named.left_out
    assert found and {f"{named.prefix}{code}" for code in found} - set(responses) == set()
