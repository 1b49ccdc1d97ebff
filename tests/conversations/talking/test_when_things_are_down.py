"""With the loan backend or the action server away the borrower hears so, and that nothing was filed; never silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import backend_in_a_thread
from tests.support.whole_bot import Talk, WholeBot, whole_bot

FIRST_WORDS = "我这个月还不上了，能晚半个月还吗"


@pytest.fixture
def borrower(bot: WholeBot) -> Talk:
    return bot.borrower("B1002")


@pytest.mark.parametrize("words", ["我欠多少", "申请办到哪了", "我还的钱到账了吗", "哪天还"])
def test_with_the_backend_away_what_is_looked_up_is_said_to_be_safe_and_not_to_be_nothing(borrower: Talk, words: str) -> None:
    borrower.says(words).hears("连不上", "都不受影响").does_not_hear("没有扣钱").is_offered("找人工")


@pytest.mark.parametrize("words", [FIRST_WORDS, "我还不上了没钱"])
def test_with_the_backend_away_nothing_is_filed_and_the_borrower_hears_so(borrower: Talk, words: str) -> None:
    borrower.says(words).hears("连不上", "没有提交", "没有扣钱").is_offered("找人工")


def test_a_person_can_be_reached_with_the_backend_away(borrower: Talk) -> None:
    borrower.says("转人工").hears("400-000-0000")


def test_a_backend_that_goes_away_before_the_confirmation_files_nothing_and_it_works_when_it_is_back(
    bot: WholeBot, borrower: Talk, seeded_ledger: Path, tmp_path: Path
) -> None:
    with backend_in_a_thread(tmp_path / "one", template=seeded_ledger, port=bot.backend_port):
        borrower.says(FIRST_WORDS).taps("不想说").hears("→")
    borrower.taps("提交").hears("没有提交成功", "没有扣钱").is_offered("再试一次")
    with backend_in_a_thread(tmp_path / "two", template=seeded_ledger, port=bot.backend_port) as ledger:
        borrower.taps("再试一次").hears("→ 12月12日").taps("提交").hears("提交好了")
        assert len([row for row in ledger.rows("requests") if row["borrower_id"] == "B1002"]) == 1


@pytest.fixture
def bot_without_actions(tmp_path: Path) -> Iterator[WholeBot]:
    with whole_bot(tmp_path / "bot") as bot:
        bot.supervisor.kill("action server")
        yield bot


def test_with_the_action_server_away_the_bot_still_answers(bot_without_actions: WholeBot) -> None:
    borrower = bot_without_actions.borrower("B1002")
    for words in ("我欠多少", FIRST_WORDS, "桌子椅子飞机场"):
        borrower.says(words).hears("没有办成", "都不受影响", "400-000-0000")
    borrower.says("转人工").hears("400-000-0000")
    borrower.says("我不想活了").hears("12356")
    borrower.says("你好").hears("我是还伴")
