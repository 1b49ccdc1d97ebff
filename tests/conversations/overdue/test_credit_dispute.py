"""A wrong record: which entry, what is wrong, a yes, a number with the legal term; corrected, interrupted, or not possible."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

Says = Callable[[str], Talk]


def disputes(ledger: BackendCalls) -> list[dict[str, object]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "credit_dispute"]


def test_a_wrong_entry_is_disputed_with_a_number_and_the_term_of_the_law(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("settled_after_overdue").says("征信记错了怎么办")
    borrower.hears("20日内", "第25条").taps("请你们查").hears("哪一条不对")
    borrower.taps("晚了46天").hears("哪里不对").taps("天数不对").hears("请说一两句")
    borrower.says("我只晚了两天，有回单").hears("您希望怎么办").taps("改成对的")
    borrower.hears("还没有交", "天数或者金额不对", "有回单", "改成对的").taps("提交")
    borrower.hears("异议交好了", "CD", "12月14日", "第25条").is_offered("办到哪了")
    (filed,) = disputes(ledger)
    assert filed["terms"]["what_is_wrong"] == "wrong_days"  # type: ignore[index]
    borrower.taps("办到哪了").hears("征信异议", "有异议", "12月14日")
    borrower.says("征信记错了怎么办").taps("请你们查").taps("晚了46天").taps("天数不对").taps("没有了").taps("由你们定")
    borrower.hears("已经有异议在查了")
    assert len(disputes(ledger)) == 1


def test_a_correction_before_the_yes_and_a_question_in_between_lose_nothing(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("settled_after_overdue").says("征信记错了怎么办").taps("请你们查").taps("晚了46天")
    borrower.says("我现在欠多少").hears("哪里不对").taps("我按时还的")
    borrower.says("当天就转账了").taps("删掉这条").hears("按时还的", "当天就转账了")
    borrower.taps("改一改").hears("请说一两句").says("是第二天才到账的").hears("第二天才到账").taps("提交").hears("异议交好了")
    assert "第二天" in str(disputes(ledger)[0]["terms"])


def test_an_entry_that_is_not_listed_here_is_disputed_in_words(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("征信记错了怎么办").taps("请你们查").hears("没有您晚还的记录", "哪里不对").taps("不是我借的")
    borrower.says("报告里有一笔你们报的，我没借过").taps("删掉这条").hears("不是您借的", "冒用").taps("先不交了").hears("没有交")
    assert disputes(ledger) == []


def test_a_guest_is_told_the_rule_and_how_to_file(talk: Says, ledger: BackendCalls) -> None:
    guest = talk("guest").says("征信记错了怎么办").hears("20日内").taps("请你们查").hears("先知道您是谁")
    guest.does_not_hear("哪一条不对")


def test_with_the_backend_away_nothing_is_begun(bot: WholeBot) -> None:
    borrower = bot.borrower("B1041").says("征信记错了怎么办").hears("20日内").taps("请你们查").hears("没有交成")
    borrower.is_offered("再试一次")
