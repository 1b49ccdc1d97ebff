"""Large letters: at once, for good, with few buttons; and back."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk


def test_it_is_switched_on_at_once_remembered_by_the_lender_and_leaves_few_buttons(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("on_time")
    borrower.says("你好")
    assert len(borrower.shown) == 4
    borrower.says("字太小了看不清").hears("换成大字了")
    assert ledger.get("/borrowers/B1001")["care_mode"] is True
    borrower.says("你好")
    assert [button["title"] for button in borrower.shown] == ["我欠多少", "我想晚点还", "找人工"]


def test_it_is_switched_off_again(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time")
    borrower.says("字大一点")
    borrower.says("字太大了，换回来").hears("换回平常的字")
    assert ledger.get("/borrowers/B1001")["care_mode"] is False


def test_in_the_middle_of_a_form_nothing_is_lost(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days")
    borrower.says("我想晚半个月还").taps("不想说").is_offered("提交")
    borrower.says("我老花眼，字太小看不清").hears("换成大字了", "→ 12月12日").is_offered("提交")


def test_a_guest_has_it_in_this_conversation(talk: Callable[[str], Talk]) -> None:
    talk("guest").says("把字调大").hears("换成大字了")


def test_the_answers_are_in_short_sentences_with_the_same_figures_until_it_is_switched_off(talk: Callable[[str], Talk]) -> None:
    borrower = talk("overdue_12_days")
    borrower.says("我逾期了吗").hears("天了：现在要补", "每多一天，罚息再加", "(截至")
    in_full = borrower.text
    borrower.says("长辈版").hears("换成大字了")
    borrower.says("我逾期了吗").hears("天了。\n现在要补", "。\n里面罚息", "(截至")
    assert amounts(borrower.text) == amounts(in_full)
    borrower.says("字太大了，换回来")
    borrower.says("我逾期了吗").hears("天了：现在要补")


def test_a_rule_keeps_its_source_and_the_way_to_a_person(talk: Callable[[str], Talk]) -> None:
    borrower = talk("with_agency").says("字太小了")
    borrower.says("不还会不会坐牢").hears("我们不会因此让谁坐牢。\n", "(依据：《消费金融公司管理办法》)")
    borrower.says("催收半夜打电话给我").hears("22:00到早上8:00，不能催。\n", "自律规则")


def test_a_request_is_asked_for_shown_and_filed_in_short_sentences(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("due_in_three_days").says("长辈版")
    borrower.says("我想晚点还").hears("想晚多久？\n", "可以说「半个月」「一个月」。\n")
    borrower.says("半个月").says("为什么要问").hears("有的情况能免利息")
    borrower.taps("不想说").hears("算好了，还没有提交：\n", "→ 12月12日", "多付的利息：").is_offered("提交")
    borrower.taps("提交").hears("提交好了。\n申请编号", "想改到12月12日", "答复之前，原来的还款日还照旧。\n")
    assert len([row for row in ledger.rows("requests") if row["borrower_id"] == "B1002"]) == 1


def test_a_guest_who_was_cheated_hears_first_what_to_do_now(talk: Callable[[str], Talk]) -> None:
    guest = talk("guest").says("长辈版")
    guest.says("我被骗了，已经给骗子转钱了").hears("先停住，一分钱都别再转。\n", "现在就打110报警", "96110")
    assert guest.text.startswith("先停住")


def amounts(text: str) -> set[str]:
    """Every amount of money in a text."""
    return set(re.findall(r"[\d,]+\.\d\d元", text))
