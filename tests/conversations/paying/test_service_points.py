"""Service points: the nearest first, with hours and what to bring; the city is asked when nobody knows it."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_the_own_district_comes_first_with_hours_phone_and_what_to_bring(
    talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    borrower = talk("on_time").says("你们网点在哪里")
    assert "青禾服务点·武侯" in borrower.heard[0]["text"]
    borrower.hears("周一至周五 9:00–17:30", "400-000-0001", "要带：身份证", "成都还有5处")


def test_another_district_can_be_asked_for(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    borrower = talk("on_time").says("你们网点在哪里").hears("武侯")
    borrower.says("高新区有网点吗").hears("青禾服务点·高新", "老人优先")


def test_a_city_without_one_is_told_so_and_what_can_be_done(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    talk("on_time").says("绵阳有网点吗").hears("绵阳没有我们的服务点", "只有成都有").is_offered("怎么还款")


def test_a_guest_is_asked_for_the_city_and_answers_in_words(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    guest = talk("guest").says("你们网点在哪里").hears("哪个城市")
    guest.says("成都青羊区").hears("青禾服务点·青羊")


def test_a_guest_can_ask_something_else_in_between(talk: Callable[[str], Talk], ledger: BackendCalls) -> None:
    guest = talk("guest").says("你们网点在哪里").hears("哪个城市")
    guest.says("提前还款要手续费吗").hears("民法典第677条").taps("成都").hears("青禾服务点")


def test_with_the_backend_away_it_says_so(bot: WholeBot) -> None:
    bot.borrower("B1001").says("你们网点在哪里").hears("连不上").is_offered("找人工")
