"""The judge notices every kind of broken promise: forged histories, each with one lie in it, beside a true one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.bench.faults.judge import PROMISES, Case, Ledger, Row, Spoken, judged
from bot.bench.faults.plans import FAULTS, KILLS, one_of_each, plan
from bot.bench.faults.proxy import Posted
from bot.bench.faults.words import SAYS, words
from bot.domain import read_domain

CONFIRMED = "提交"
SHOWN = "就这样提交申请吗？提交后10分钟内可以反悔。"
FILED = (
    "提交好了，申请编号DF00000007。\n想改到12月12日(周六)，由人工审核，最晚11月27日18:00答复您。\n"
    "在答复之前，原来的还款日还照旧。\n10:12之前可以撤回。"
)
NOT_FILED = "没有提交成功：贷款系统现在连不上。\n什么都没有改，也没有扣钱。过一会儿再试就行。"
UNKNOWN = "刚才没有等到系统的回音，现在还不知道办成了没有。\n先不用再交一次，过几分钟问我「办到哪了」。"
STANDS = (
    "晚点还的申请DF00000007：11月24日10:02提交的，还在审核。\n由人工审核，最晚11月27日18:00给您答复。答复以前，原来的还款日照旧。"
)
NONE_THERE = "没有查到您提交过的申请。"
LEDGER = Ledger({"DF00000007": "B700003", "DF00000008": "B700004"}, {"965.94": "B700003", "966.32": "B700004"})
ROW = Row("DF00000007", "deferral", "B700003", "L700003", "pending")


def history(*said: tuple[float, str, str]) -> list[Spoken]:
    return [Spoken(at, by, text, confirms=by == "borrower" and text == CONFIRMED) for at, by, text in said]


def ending_with(answer: str, status: str, *more: tuple[float, str, str]) -> list[Spoken]:
    return history(
        (0.0, "borrower", "能晚半个月还吗"),
        (0.5, "bot", "晚还的钱：965.94元"),
        (0.6, "bot", SHOWN),
        (1.0, "borrower", CONFIRMED),
        *((2.0, "bot", text) for text in [answer] if text),
        *more,
        (9.0, "borrower", "我的申请怎么样了"),
        (9.5, "bot", status),
    )


MADE = Posted("B700003", "/v1/borrowers/B700003/loans/L700003/deferrals", 1.2, 1.2, 1.3, 201)
TRUE = Case(3, "B700003", "L700003", "deferral", ending_with(FILED, STANDS), [MADE], [ROW])


def promises(case: Case) -> set[str]:
    return {violation.promise for violation in judged(case, LEDGER)}


def test_a_true_history_breaks_no_promise() -> None:
    assert judged(TRUE, LEDGER) == []


def test_unknown_at_first_and_settled_by_asking_later_breaks_none() -> None:
    assert promises(replace(TRUE, spoken=ending_with(UNKNOWN, STANDS))) == set()


def test_not_filed_and_filed_at_the_second_confirmation_breaks_none() -> None:
    later = ((3.0, "borrower", CONFIRMED), (4.0, "bot", FILED))
    assert promises(replace(TRUE, spoken=ending_with(NOT_FILED, STANDS, *later), posts=[replace(MADE, received_at=3.5)])) == set()


FORGED: dict[str, tuple[str, Case]] = {
    "the ledger has nothing of it": ("lost", replace(TRUE, posts=[], rows=[])),
    "it is there twice": ("twice", replace(TRUE, rows=[ROW, replace(ROW, request_id="DF00000009")])),
    "it went out before the yes": ("unconfirmed", replace(TRUE, posts=[replace(MADE, received_at=0.2)])),
    "it went out without a call": ("unconfirmed", replace(TRUE, posts=[])),
    "something nobody asked for is there": ("unconfirmed", replace(TRUE, rows=[ROW, replace(ROW, kind="complaint")])),
    "another's number is heard": ("across", replace(TRUE, spoken=ending_with(FILED.replace("07", "08"), STANDS))),
    "another's sum is heard": ("across", replace(TRUE, spoken=ending_with(FILED + "966.32元", STANDS))),
    "another's name is heard": ("across", replace(TRUE, spoken=ending_with(FILED, STANDS, (2.1, "bot", "借款人4号，您好")))),
    "another's words are heard": ("across", replace(TRUE, spoken=ending_with(FILED, STANDS, (2.1, "bot", "挂了我5次电话")))),
    "the row lies under another": ("across", replace(TRUE, rows=[replace(ROW, borrower_id="B700004")])),
    "the row is of another's loan": ("across", replace(TRUE, rows=[replace(ROW, loan_id="L700004")])),
    "another number is told": ("said_filed", replace(TRUE, spoken=ending_with(FILED.replace("07", "55"), STANDS))),
    "it is told before it is filed": ("said_filed", replace(TRUE, posts=[replace(MADE, received_at=2.5)])),
    "not filed, and it was": ("said_not_filed", replace(TRUE, spoken=ending_with(NOT_FILED, STANDS))),
    "nothing there, and it is": ("said_not_filed", replace(TRUE, spoken=ending_with(UNKNOWN, NONE_THERE))),
    "both in one breath": ("said_not_filed", replace(TRUE, spoken=ending_with(FILED, STANDS, (2.1, "bot", NOT_FILED)))),
    "no answer to the yes": ("silence", replace(TRUE, spoken=ending_with("", STANDS))),
    "an answer without an outcome": ("silence", replace(TRUE, spoken=ending_with("好的。", STANDS))),
    "no answer to another message": ("silence", replace(TRUE, spoken=TRUE.spoken[:-1])),
    "asking later tells nothing": ("not_settled", replace(TRUE, spoken=ending_with(UNKNOWN, UNKNOWN))),
    "it was never filed": ("not_settled", replace(TRUE, spoken=ending_with(NOT_FILED, NONE_THERE), posts=[], rows=[])),
}


@pytest.mark.parametrize("lie", FORGED)
def test_a_lie_is_noticed(lie: str) -> None:
    promise, case = FORGED[lie]
    assert promise in promises(case)


def test_each_promise_has_a_lie() -> None:
    assert {promise for promise, _ in FORGED.values()} == set(PROMISES)


def test_a_filing_that_the_backend_died_over_is_the_one_that_made_the_row() -> None:
    died = replace(MADE, status=None, answered_at=None)
    replayed = replace(MADE, received_at=3.5, status=200)
    later = ((3.0, "borrower", CONFIRMED), (4.0, "bot", FILED))
    case = replace(TRUE, posts=[died, replayed], spoken=ending_with(UNKNOWN, STANDS, *later))
    assert promises(case) == set()
    assert promises(replace(case, spoken=ending_with(NOT_FILED, STANDS, *later))) == {"said_not_filed"}


def test_what_the_judge_listens_for_are_responses_of_the_domain() -> None:
    assert SAYS.keys() <= read_domain()["responses"].keys()


@pytest.mark.parametrize(
    ("text", "name"),
    [(FILED, "utter_deferral_filed"), (UNKNOWN, "utter_filing_unknown"), (STANDS, "utter_status_pending")],
)
def test_a_text_is_known_by_the_words_of_the_domain_whatever_stands_in_its_gaps(text: str, name: str) -> None:
    assert name in words().names(text)


def test_every_response_that_says_nothing_was_submitted_is_listened_for_or_said_before_the_yes() -> None:
    """A new response that claims so after a confirmation has to be in the table, or the judge is deaf to it."""
    topics = ("deferral", "restructure", "service_complaint")
    claims = ("没有提交成功", "什么都没有提交", "没有交成", "没有提交新的申请")
    for name, variants in read_domain()["responses"].items():
        said = any(claim in variant.get("text", "") for variant in variants for claim in claims)
        of_another_topic = any(part in name for part in ("_not_filed", "_stopped", "_not_confirmed")) and not any(
            t in name for t in topics
        )
        if said and not of_another_topic:
            assert name in SAYS, name


def test_a_plan_is_the_same_for_the_same_seed_and_number_and_every_fault_is_drawn() -> None:
    assert plan(7, 3) == plan(7, 3) != plan(8, 3)
    assert {plan(1, number).fault for number in range(600)} == set(FAULTS)
    assert {each.fault for each in one_of_each(1, 40)} == set(FAULTS) - set(KILLS)
