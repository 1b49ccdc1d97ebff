"""The judge notices every kind of broken promise: forged histories, each with one lie in it, beside a true one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.bench.faults.judge import PROMISES, Case, Ledger, Row, Spoken, judged
from bot.bench.faults.plans import FAULTS, KILLS, one_of_each, plan
from bot.bench.faults.proxy import Posted
from bot.bench.faults.words import NOT_FILED as AT_ALL
from bot.bench.faults.words import SAYS, THIS_TIME, words
from bot.bench.faults.words import SHOWN_ANEW as OF_NEW_TERMS
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
GONE = "刚才那个已经过时了，没有提交。要办的话再跟我说一次，我重新算给您看。"
FAILED = "贷款系统没有办成这件事。这一次什么都没有提交，也没有扣钱。"
AWAY = "贷款系统现在连不上。这一次什么都没有提交，也没有扣钱。\n过一会儿再试就行，急的话找人工。"
NO_ANSWER = (
    "我这边出了点故障，刚才那句没有办成。\n您之前交的申请、还的钱都不受影响。过一会儿再跟我说一遍就行，急的话打400-000-0000。"
)
STOPPED = "好，不办了。什么都没有提交，还款计划没有变。\n想再办的时候跟我说一声就行。"
NOT_CONFIRMED = "好，没有提交。那我们改一下时间。"
SHOWN_AGAIN = "回到刚才的投诉，还没有提交。"
SHOWN_ANEW = "我按您说的写好了，还没有交：\n挂了我4次电话"
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


def later(answer: str, said: str = CONFIRMED, *, before: str = "") -> tuple[tuple[float, str, str], ...]:
    """A turn after the first confirmation, perhaps with terms that were shown before it."""
    shown = ((2.5, "borrower", "我再说一遍"), (2.8, "bot", before)) if before else ()
    return (*shown, (3.0, "borrower", said), (4.0, "bot", answer))


REPEATED = replace(MADE, received_at=3.5, passed_on_at=3.5, answered_at=3.6, status=200)
REFUSED = replace(REPEATED, status=409)
DIED = replace(MADE, status=None, answered_at=None)


def after_unknown(*more: tuple[float, str, str], posts: list[Posted] | None = None) -> Case:
    return replace(TRUE, spoken=ending_with(UNKNOWN, STANDS, *more), posts=posts or [MADE])


# Said in a later turn, of a filing that the backend had before it began.
TRUE_BESIDE_AN_OLDER_FILING: dict[str, Case] = {
    "nothing this time, the system was away": after_unknown(*later(AWAY)),
    "nothing this time, the backend had it already": after_unknown(*later(AWAY), posts=[MADE, REPEATED]),
    "nothing this time, the backend refused": after_unknown(*later(AWAY), posts=[MADE, REFUSED]),
    "nothing this time, after it was told to be filed": replace(TRUE, spoken=ending_with(FILED, STANDS, *later(AWAY))),
    "this sentence failed, what was filed stands": after_unknown(*later(NO_ANSWER)),
    "a question failed": after_unknown(*later(FAILED, "到底交成了吗")),
    "new terms are shown": after_unknown(*later(SHOWN_ANEW, "我要投诉")),
    "new terms were shown and are gone": after_unknown(*later(GONE, before=SHOWN_ANEW)),
    "new terms were shown and could not be filed": after_unknown(*later(FAILED, before=SHOWN_ANEW)),
    "new terms were shown and turned down": after_unknown(*later(NOT_CONFIRMED, "不对", before=SHOWN_ANEW)),
    "new terms were shown and come back": after_unknown(*later(SHOWN_AGAIN, "继续", before=SHOWN_ANEW)),
    "a new wish was given up": after_unknown(
        (2.5, "borrower", "再晚几天呢"), (2.8, "bot", "晚几天？"), *later(STOPPED, "不办了")
    ),
    "it died over one that never arrived, and was not filed in between": after_unknown(
        *later(NOT_FILED),
        (5.0, "borrower", CONFIRMED),
        (6.0, "bot", UNKNOWN),
        posts=[DIED, replace(DIED, received_at=5.2, passed_on_at=5.2)],
    ),
}


@pytest.mark.parametrize("truth", TRUE_BESIDE_AN_OLDER_FILING)
def test_what_is_true_beside_an_older_filing_breaks_no_promise(truth: str) -> None:
    assert judged(TRUE_BESIDE_AN_OLDER_FILING[truth], LEDGER) == []


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
    "unknown, and not filed the next time": ("said_not_filed", after_unknown(*later(NOT_FILED))),
    "filed, and not filed the next time": ("said_not_filed", replace(TRUE, spoken=ending_with(FILED, STANDS, *later(NOT_FILED)))),
    "not filed, to a question": ("said_not_filed", after_unknown(*later(NOT_FILED, "到底交成了吗"))),
    "not filed, after new terms": ("said_not_filed", after_unknown(*later(NOT_FILED, before=SHOWN_ANEW))),
    "not filed, and the backend had it already": ("said_not_filed", after_unknown(*later(NOT_FILED), posts=[MADE, REPEATED])),
    "not filed, and the backend had died over it": ("said_not_filed", after_unknown(*later(NOT_FILED), posts=[DIED])),
    "not filed, and a repetition tells when": ("said_not_filed", after_unknown(*later(NOT_FILED), posts=[DIED, REPEATED])),
    "gone and not filed, and it was": ("said_not_filed", after_unknown(*later(GONE))),
    "gone and not filed, to a question": ("said_not_filed", after_unknown(*later(GONE, "到底交成了吗"))),
    "the system did not do it, and it had": ("said_not_filed", after_unknown(*later(FAILED))),
    "a yes taken for a no": ("said_not_filed", after_unknown(*later(NOT_CONFIRMED))),
    "a yes taken for the end": ("said_not_filed", after_unknown(*later(STOPPED))),
    "shown again as not filed, and it was": ("said_not_filed", after_unknown(*later(SHOWN_AGAIN, "继续"))),
    "gone first and shown anew afterwards": ("said_not_filed", after_unknown(*later(GONE), (4.1, "bot", SHOWN_ANEW))),
    "nothing this time, and it was this time": ("said_not_filed", replace(TRUE, spoken=ending_with(AWAY, STANDS))),
    "this sentence failed, and it had not": ("said_not_filed", replace(TRUE, spoken=ending_with(NO_ANSWER, STANDS))),
    "shown as new, and filed by that": ("said_not_filed", replace(TRUE, spoken=ending_with(SHOWN_ANEW, STANDS))),
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


def test_what_may_be_said_beside_an_older_filing_has_its_bound_in_its_words() -> None:
    """Whoever takes 「这一次」 out of a text makes it a claim about every time, and the judge has to be told."""
    bounds = {THIS_TIME: ("这一次", "刚才那句", "暂时"), OF_NEW_TERMS: ("还没有提交", "还没有交")}
    for name, says in SAYS.items():
        for variant in read_domain()["responses"][name] if name != "utter_no_loan" else []:  # which says nothing of a filing
            bounded = [bound for bound in bounds.get(says, ()) if bound in variant["text"]]
            assert bool(bounded) == (says in bounds), name
            assert says != AT_ALL or not any(bound in variant["text"] for each in bounds.values() for bound in each), name


def test_a_plan_is_the_same_for_the_same_seed_and_number_and_every_fault_is_drawn() -> None:
    assert plan(7, 3) == plan(7, 3) != plan(8, 3)
    assert {plan(1, number).fault for number in range(600)} == set(FAULTS)
    assert {each.fault for each in one_of_each(1, 40)} == set(FAULTS) - set(KILLS)
