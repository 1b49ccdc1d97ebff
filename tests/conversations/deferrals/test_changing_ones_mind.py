"""Corrections, digressions, stops: at every step, and what is under way is not lost by a question in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk

FIRST_WORDS = "我这个月还不上了，能晚半个月还吗"


def requests_of(ledger: BackendCalls, borrower_id: str) -> list[dict[str, object]]:
    return [row for row in ledger.rows("requests") if row["borrower_id"] == borrower_id]


def test_another_length_at_the_confirmation_is_quoted_anew_and_that_one_is_filed(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说").hears("→ 12月12日")
    borrower.says("不对，改成20天").hears("→ 12月17日")
    borrower.taps("提交").hears("12月17日")
    assert requests_of(ledger, "B1002")[0]["terms"]["new_due_date"] == "2026-12-17"  # type: ignore[index]


def test_a_no_at_the_confirmation_files_nothing_and_asks_for_the_time(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说")
    borrower.says("不行").hears("没有提交", "想晚多久")
    borrower.says("一个月").hears("→ 12月27日")
    assert requests_of(ledger, "B1002") == []


def test_the_button_of_an_older_quote_does_not_file_the_newer_one(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说")
    older = borrower.payload("提交")
    borrower.says("改成20天").hears("→ 12月17日")
    borrower.shown = [{"title": "older", "payload": older}]
    borrower.taps("older").hears("→ 12月17日").is_offered("提交")
    assert requests_of(ledger, "B1002") == []


def test_a_question_about_the_bill_in_between_is_answered_and_the_quote_put_again(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).taps("不想说")
    borrower.says("我一共还欠多少").hears("全部还完一共还差", "回到刚才的晚还", "→ 12月12日").is_offered("提交")
    borrower.taps("提交").hears("提交好了")
    assert len(requests_of(ledger, "B1002")) == 1


@pytest.mark.parametrize("step", ["period", "reason", "confirmation"])
def test_why_do_you_ask_is_explained_and_the_question_put_again(
    talk: Callable[[str], Talk], ledger: BackendCalls, step: str
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想申请延期还款")
    if step == "period":
        borrower.says("问这个干嘛").hears("才算得出新的还款日", "想晚多久")
        return
    borrower.says("半个月")
    if step == "reason":
        borrower.says("为什么要问这个").hears("免利息", "方便说说原因吗")
        return
    borrower.taps("不想说").says("为什么要问我").hears("免得办错", "→")


@pytest.mark.parametrize("step", ["period", "reason", "confirmation"])
def test_a_stop_at_any_step_files_nothing_and_says_so(talk: Callable[[str], Talk], ledger: BackendCalls, step: str) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想申请延期还款")
    if step != "period":
        borrower.says("半个月")
    if step == "confirmation":
        borrower.taps("不想说")
    borrower.says("算了，不办了").hears("什么都没有提交")
    borrower.says("好的").does_not_hear("提交好了")
    assert requests_of(ledger, "B1002") == []


@pytest.mark.parametrize("step", ["period", "confirmation"])
def test_a_person_can_be_asked_for_at_any_step(talk: Callable[[str], Talk], ledger: BackendCalls, step: str) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想申请延期还款")
    if step == "confirmation":
        borrower.says("半个月").taps("不想说")
    borrower.says("转人工").hears("400-000-0000", "我想申请延期还款")
    assert requests_of(ledger, "B1002") == []
    borrower.taps("就这样转").hears("单号")
    assert [row["kind"] for row in requests_of(ledger, "B1002")] == ["ticket"]


def test_a_reason_in_ones_own_words_is_taken(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想晚一个月还").says("厂子关了没活干").hears("→ 12月27日")


def test_two_misunderstandings_inside_the_form_offer_a_person(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想申请延期还款").says("桌子椅子飞机场").says("蓝色的第七个土豆").is_offered("找人工")


def test_talk_of_ending_ones_life_comes_before_everything_and_stops_the_form(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days")
    borrower.says(FIRST_WORDS).says("我不想活了").hears("12356", "110").does_not_hear("方便说说原因吗", "→")
    borrower.says("好的").does_not_hear("提交")
