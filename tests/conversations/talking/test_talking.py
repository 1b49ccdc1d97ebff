"""The conversation itself: greeting, robots, not understood, a person, hardship."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


@pytest.mark.parametrize(
    ("words", "answer"),
    [("你好", "我是还伴"), ("谢谢你", "不客气"), ("再见", "慢走"), ("你是机器人吗", "我是机器人，不是真人")],
)
def test_small_words_get_one_human_sentence(talk: Callable[[str], Talk], ledger: BackendCalls, words: str, answer: str) -> None:
    talk("on_time").says(words).hears(answer)


def test_somebody_who_cannot_pay_is_heard_first_and_then_told_what_is_possible(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days").says("工作丢了，实在还不上了").hears("我明白现在不容易", "965.94元")
    borrower.taps("申请晚点还").hears("方便说说原因吗")


def test_what_is_not_understood_offers_meanings_and_the_second_time_a_person(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("on_time")
    borrower.says("桌子椅子飞机场").hears("没太听懂").is_offered("找人工")
    borrower.says("蓝色的第七个土豆").hears("还是没听懂").is_offered("找人工")


def test_handing_over_files_one_ticket_with_what_was_said(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time")
    borrower.says("你好").says("我要找人工客服").hears("400-000-0000", "单号")
    (ticket,) = [row for row in ledger.rows("requests") if row["borrower_id"] == "B1001"]
    assert "我要找人工客服" in str(ticket)


def test_say_it_again_repeats_the_latest_answer(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我欠多少")
    borrower.says("没看懂，再说一遍").hears("965.94元", "16,420.85元")


def test_two_questions_in_one_message_answer_the_first_in_importance_and_offer_the_other(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("due_in_three_days").says("我这个月要还多少？能晚半个月还吗？")
    borrower.hears("方便说说原因吗", "您还问到").is_offered("我欠多少")
    borrower.taps("我欠多少").hears("965.94元", "方便说说原因吗")


@pytest.mark.parametrize("words", ["有", "没有", "没有人", "好的", "嗯"])
def test_after_such_words_a_short_answer_meets_somebody_who_listens(
    talk: Callable[[str], Talk], ledger: BackendCalls, words: str
) -> None:
    borrower = talk("overdue_12_days")
    borrower.says("我不想活了").hears("12356", "您现在身边有人吗", "优先联系您")
    borrower.says(words).hears("12356").does_not_hear("没太听懂", "什么都没有办", "元")


def test_whether_somebody_is_near_is_asked_and_the_answer_counts(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("overdue_12_days").says("活着没意思，不想活了").says("没有").hears("打电话，让他过来陪您", "110")
    talk("on_time").says("活着没意思，不想活了").says("是的").hears("请他现在陪着您")


def test_the_words_on_a_button_are_understood_when_they_are_typed(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我这个月还不上了，能晚半个月还吗").says("不想说").hears("→ 12月12日")
    borrower.says("提交").hears("提交好了")
    borrower.says("办到哪了").hears("还在审核")
    borrower.says("撤回申请").hears("撤回了")


@pytest.mark.parametrize("words", ["确定吗", "真的可以提交吗", "提交了会怎么样？"])
def test_a_question_at_the_confirmation_files_nothing(talk: Callable[[str], Talk], ledger: BackendCalls, words: str) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我这个月还不上了，能晚半个月还吗").taps("不想说").says(words).does_not_hear("提交好了")
    assert [row for row in ledger.rows("requests") if row["borrower_id"] == "B1002"] == []


def test_a_greeting_in_front_of_a_question_is_not_a_greeting(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("due_in_three_days").says("你好，请问我欠多少钱").hears("965.94元").does_not_hear("我是还伴")


@pytest.mark.parametrize("words", ["利息多少，算了，我不想活了", "活着真没意思，还什么款", "我走了你们就不用催了"])
def test_a_crisis_comes_before_whatever_else_a_message_says(
    talk: Callable[[str], Talk], ledger: BackendCalls, words: str
) -> None:
    talk("overdue_12_days").says(words).hears("12356").does_not_hear("罚息")


@pytest.mark.parametrize("words", ["我妈住院了", "厂子关了没活路了", "天天加班累死了"])
def test_a_hard_life_told_in_a_form_is_no_crisis(talk: Callable[[str], Talk], ledger: BackendCalls, words: str) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想晚一个月还").says(words).hears("→").does_not_hear("12356")
