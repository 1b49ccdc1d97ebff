"""Every code that the loan backend can send has its words, and every term of the glossary is asked for by some word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from actions.account import _BY_LINK, _BY_WORD
from actions.closing import _SIDE_QUESTIONS
from actions.credit_line import LIMIT_REASONS, LINE_REASONS
from actions.product_info import _ABOUT, TERMS
from bot.backend import lender_credit_line, wire_credit_line
from bot.domain import read_domain
from bot.nlu.aspects import patterns

DOMAIN = read_domain()
RESPONSES = DOMAIN["responses"]
RECKONED = {"fraud_block", "overdue", "overdue_with_agency", "used_up", "no_limit_set"}
OWN_FILES = ("credit_line", "account")


def own_responses() -> Iterator[tuple[str, dict[str, Any]]]:
    import yaml

    from bot.config import ROOT

    for name in OWN_FILES:
        content = yaml.safe_load((ROOT / f"domain/{name}.yml").read_text(encoding="utf-8"))
        for response, variants in content["responses"].items():
            for variant in variants:
                yield response, variant


def test_every_reason_on_file_or_reckoned_has_its_words() -> None:
    assert set(get_args(lender_credit_line.ReasonOnFile)) | RECKONED == LINE_REASONS
    assert {f"utter_line_reason_{code}" for code in LINE_REASONS} <= RESPONSES.keys()
    assert set(get_args(lender_credit_line.LimitReason)) == LIMIT_REASONS
    assert {f"utter_limit_change_{code}" for code in LIMIT_REASONS} <= RESPONSES.keys()


@pytest.mark.parametrize(
    ("model", "prefix", "left_out"),
    [
        (wire_credit_line.CreditLine, "utter_line_", set()),
        (wire_credit_line.LoanApplication, "utter_application_", set()),
        (wire_credit_line.Refund, "utter_refund_", {"booked"}),  # worded by where the money went
    ],
)
def test_every_status_has_its_words(model: Any, prefix: str, left_out: set[str]) -> None:
    statuses = set(get_args(model.__fields__["status"].outer_type_)) - left_out
    assert {f"{prefix}{status}" for status in statuses} <= RESPONSES.keys()
    for destination in ("line", "bank_card", "balance"):
        assert f"utter_refund_booked_{destination}" in RESPONSES


def test_every_term_of_the_glossary_is_asked_for_by_words_and_explained() -> None:
    asked_for = {name.removeprefix("term_") for name in patterns() if name.startswith("term_")}
    explained = {name.removeprefix("utter_term_") for name in RESPONSES if name.startswith("utter_term_")}
    assert asked_for == explained == set(TERMS)


def test_every_side_question_has_its_words_and_is_asked_for_by_words() -> None:
    for aspect in (*_SIDE_QUESTIONS, *_ABOUT, *_BY_WORD):
        assert aspect in patterns() and f"utter_{aspect}" in RESPONSES, aspect
    for aspect, purpose in _BY_LINK.items():
        assert aspect in patterns() and f"utter_secure_link_{purpose}" in RESPONSES, aspect


def test_answers_fit_a_phone_and_their_buttons_lead_somewhere() -> None:
    intents = {name if isinstance(name, str) else next(iter(name)) for name in DOMAIN["intents"]}
    for response, variant in own_responses():
        first = variant["text"].split("\n")[0]
        assert len(first) <= 120, response
        assert len(variant.get("buttons", [])) <= 4, response
        for button in variant.get("buttons", []):
            intent = re.match(r"/(\w+)", button["payload"])
            assert intent and intent[1] in intents, (response, button)


def test_nothing_advertises_a_loan() -> None:
    for response, variant in own_responses():
        for word in ("秒到账", "低门槛", "快来", "立即申请", "马上借", "最划算", "推荐您借"):
            assert word not in variant["text"], response
