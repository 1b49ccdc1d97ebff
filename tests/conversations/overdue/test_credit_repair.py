"""The way back: what to settle in which order, what returns when, what nobody can do, and the credit to rebuild with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.backend import BackendCalls, backend_in_a_thread
from tests.support.whole_bot import Talk, WholeBot

Says = Callable[[str], Talk]
REBUILD = "重建小额怎么申请"


def filed(ledger: BackendCalls) -> list[dict[str, object]]:
    return [row for row in ledger.rows("requests") if row["kind"] == "rebuild_credit"]


def test_the_path_of_an_overdue_borrower_is_in_order_and_with_days(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("overdue_95_days").says("我逾期了怎么恢复信用")
    borrower.hears("1. 青禾借 5,963.39元", "12月9日(周三)", "2031年8月10日", "第16条").is_offered("怎么还", "我还不上了")


def test_who_has_settled_hears_until_when_the_record_is_kept(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("settled_after_overdue").says("逾期还清了，信用什么时候恢复")
    borrower.hears("5月9日(周六)还清", "2031年5月9日").is_offered("重建小额的条件")


def test_nobody_can_delete_a_true_record(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("逾期以后花钱找人能恢复征信吗，说可以洗白")
    borrower.hears("谁也删不掉", "骗局", "五部门").is_offered("我给过钱了")


def test_the_one_off_window_is_closed_and_nobody_is_told_otherwise(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("settled_after_overdue").says("逾期还清了可以用一次性信用修复恢复吗")
    borrower.hears("2026年3月31日", "已经结束")


def test_nothing_to_repair_is_said_plainly(talk: Says, ledger: BackendCalls) -> None:
    talk("on_time").says("怎么恢复我的信用").hears("不用修复")


def test_the_credit_to_rebuild_with_is_filed_once_after_a_yes(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("settled_after_overdue").says("逾期还清了怎么恢复信用").taps("重建小额的条件")
    borrower.hears("不收利息", "条件够了").taps("算给我看").hears("您想借多少").says("五百元")
    borrower.hears("500.00元", "每月83.33元", "还没有提交").is_offered("提交")
    assert filed(ledger) == []
    borrower.taps("提交").hears("提交好了", "RB").is_offered("撤回申请")
    (request,) = filed(ledger)
    assert request["terms"]["amount_fen"] == 50_000  # type: ignore[index]
    borrower.says("我的申请办到哪了").hears("RB", "还在处理")


def test_the_amount_can_be_corrected_and_that_one_is_filed(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("settled_after_overdue").says("逾期还清了怎么恢复信用").taps("重建小额的条件").taps("算给我看")
    borrower.says("五千元").hears("最少200.00元，最多1,000.00元", "还没有提交").says("五百元").hears("每月83.33元")
    borrower.says("改成800元").hears("每月133.33元").taps("提交").hears("提交好了")
    assert [row["terms"]["amount_fen"] for row in filed(ledger)] == [80_000]  # type: ignore[index]


def test_a_question_in_between_and_a_stop_file_nothing(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("settled_after_overdue").says("逾期还清了怎么恢复信用").taps("重建小额的条件").taps("算给我看")
    borrower.says("五百元").says("逾期会坐牢吗").hears("不会因此让谁坐牢", "回到刚才").is_offered("提交")
    borrower.says("算了，不办了").hears("什么都没有提交")
    assert filed(ledger) == []


def test_who_may_not_ask_hears_what_is_missing(talk: Says, ledger: BackendCalls) -> None:
    borrower = talk("overdue_12_days").says("逾期了怎么恢复，能申请重建小额吗")
    borrower.hears("要先都还清，才能申请").does_not_hear("算给我看")


def test_a_guest_hears_the_one_path_there_is(talk: Says, ledger: BackendCalls) -> None:
    talk("guest").says("逾期以后信用怎么恢复").hears("只有一条路", "第16条", "骗局")


def test_with_the_backend_away_nothing_is_filed(bot: WholeBot, seeded_ledger: Path, tmp_path: Path) -> None:
    borrower = bot.borrower("B1041")
    with backend_in_a_thread(tmp_path / "one", template=seeded_ledger, port=bot.backend_port):
        borrower.says("逾期还清了怎么恢复信用").taps("重建小额的条件").taps("算给我看").says("五百元").hears("还没有提交")
    borrower.taps("提交").hears("没有提交成功").is_offered("再试一次")
