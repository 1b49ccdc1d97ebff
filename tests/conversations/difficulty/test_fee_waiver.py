"""Penalty waived: whether a programme fits, how much, filed with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

FIRST_WORDS = "罚息能不能给我减免"


def requests_of(ledger: BackendCalls, borrower_id: str) -> list[dict[str, Any]]:
    return [row for row in ledger.rows("requests") if row["borrower_id"] == borrower_id]


def test_the_programme_that_fits_is_filed_with_the_reason_and_proof_may_follow(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("overdue_95_days")
    borrower.says(FIRST_WORDS).hears("罚息167.79元", "生病困难减免", "收入中断减免", "因为什么晚了")
    borrower.taps("没工作了").hears("「收入中断减免」", "免掉：117.45元", "材料可以后补").taps("提交")
    borrower.hears("FW", "117.45元", "可以撤回", "现在发照片")
    (filed,) = requests_of(ledger, "B1005")
    assert (filed["kind"], filed["terms"]["reason_code"]) == ("fee_waiver", "unemployed")


def test_a_reason_in_ones_own_words_reaches_the_person_who_decides(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("overdue_95_days").says(FIRST_WORDS)
    borrower.says("我爱人住院一个多月").hears("「生病困难减免」").taps("提交")
    assert requests_of(ledger, "B1005")[0]["terms"]["text"] == "我爱人住院一个多月"


def test_another_reason_is_judged_anew_and_a_stop_files_nothing(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("overdue_95_days").says(FIRST_WORDS).taps("没工作了")
    borrower.taps("换个原因").hears("没有提交", "因为什么晚了").taps("自己或家人生病").hears("167.79元")
    borrower.says("我一共还欠多少").hears("回到刚才的减免")
    borrower.says("不办了").hears("什么都没有提交")
    assert requests_of(ledger, "B1005") == []


def test_interest_is_no_penalty_and_is_promised_to_nobody(talk: Callable[[str], Talk]) -> None:
    talk("on_time").says("利息能不能免掉").hears("没有查到减免利息的项目").does_not_hear("因为什么晚了")
    talk("on_time").says(FIRST_WORDS).hears("没有罚息")


def test_without_a_programme_without_login_and_with_the_backend_away(talk: Callable[[str], Talk]) -> None:
    borrower = talk("overdue_95_days").says(FIRST_WORDS).says("我就是忘了还")
    borrower.hears("对不上", "还没有提交").is_offered("找人工")
    talk("no_loan").says(FIRST_WORDS).hears("没有要还的钱")
    talk("guest").says(FIRST_WORDS).hears("登录", "谁也不能打包票")


def test_with_the_backend_away_it_says_so(bot: WholeBot) -> None:
    bot.borrower("B1005").says(FIRST_WORDS).hears("连不上")
