"""Products, banks, cities, reasons of hardship, card tails and references to one of several loans."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlu import lexicon
from bot.nlu.values import read_values

TODAY = date(2026, 11, 23)
REASONS = {
    "unemployed", "income_gap", "wage_arrears", "income_drop", "illness", "family_illness", "bereavement", "accident", "divorce",
    "childbirth", "education", "business_loss", "fraud", "guarantee", "disaster", "farm_loss", "pension", "disability",
    "pending_funds", "other", "custody",
}  # fmt: skip


def read(text: str, entity: str, expecting: str | None = None) -> list[str]:
    return [str(value.value) for value in read_values(text, TODAY, expecting) if value.entity == entity]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("蚂蚁借呗还不上", "借呗"),
        ("借吧逾期了", "借呗"),
        ("花北还款", "花呗"),
        ("huabei还款", "花呗"),
        ("微力贷可以延期不", "微粒贷"),
        ("京东白条", "白条"),
        ("xyk还不上了", "信用卡"),
        ("三六零借条", "360借条"),
        ("安逸花催我", "马上消费"),
        ("网贷太多了", "网贷"),
        ("wld逾期", "微粒贷"),
    ],
)
def test_product_by_any_name(text: str, product: str) -> None:
    assert read(text, "product") == [product]


@pytest.mark.parametrize("text", ["分期了还能改吗", "我在华北地区", "带了两百条烟", "口子挺大"])
def test_ordinary_words_are_no_product(text: str) -> None:
    assert read(text, "product") == []


@pytest.mark.parametrize(
    ("text", "bank"),
    [
        ("建行卡扣款失败", "中国建设银行"),
        ("换成工商银行的卡", "中国工商银行"),
        ("平安卡", "平安银行"),
        ("我用成都银行", "成都银行"),
        ("邮政的卡", "中国邮政储蓄银行"),
        ("信用社的卡可以吗", "农村信用社"),
    ],
)
def test_bank_by_any_name(text: str, bank: str) -> None:
    assert read(text, "bank") == [bank]


@pytest.mark.parametrize("text", ["祝你平安", "交通不方便", "民生问题", "兴业路在哪"])
def test_ordinary_words_are_no_bank(text: str) -> None:
    assert read(text, "bank") == []


def test_a_district_of_chengdu_names_the_city_and_itself() -> None:
    (city,) = [value for value in read_values("我在武侯区，哪里有援助", TODAY) if value.entity == "city"]
    assert (city.value, city.extra, city.text) == ("成都", {"district": "武侯区"}, "武侯区")


def test_a_city_inside_a_banks_name_is_no_city() -> None:
    assert read("成都银行的卡", "city") == []
    assert read("我在成都，用成都银行", "city") == ["成都"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("我失业了", "unemployed"),
        ("上个月遭裁了", "unemployed"),
        ("厂子关了没得班上", "unemployed"),
        ("莫得活路了", "unemployed"),
        ("厂头放长假", "income_gap"),
        ("这个月没单跑", "income_gap"),
        ("老板跑路了", "wage_arrears"),
        ("公司三个月没发工资", "wage_arrears"),
        ("工资一直拖起", "wage_arrears"),
        ("工资被砍了一半", "income_drop"),
        ("只发底薪", "income_drop"),
        ("我住院了", "illness"),
        ("刚做完手术", "illness"),
        ("检查出癌了", "illness"),
        ("我妈住院花了好多钱", "family_illness"),
        ("娃儿病了", "family_illness"),
        ("屋头老人瘫痪了", "family_illness"),
        ("我老汉走了", "bereavement"),
        ("家里办丧事", "bereavement"),
        ("出车祸了", "accident"),
        ("工伤在家", "accident"),
        ("刚离婚", "divorce"),
        ("老婆要生娃儿了", "childbirth"),
        ("娃儿要交学费", "education"),
        ("铺子亏惨了", "business_loss"),
        ("生意垮了", "business_loss"),
        ("遭电信诈骗了", "fraud"),
        ("刷单被骗了", "fraud"),
        ("帮朋友担保的", "guarantee"),
        ("钱借出去收不回来", "guarantee"),
        ("涨水把屋头淹了", "disaster"),
        ("猪死了一半", "farm_loss"),
        ("果子卖不脱", "farm_loss"),
        ("退休金还没下来", "pension"),
        ("我残疾干不了活", "disability"),
        ("拆迁款没下来", "pending_funds"),
        ("打牌输了", "other"),
        ("我兄弟在看守所", "custody"),
    ],
)
def test_reason_of_hardship(text: str, reason: str) -> None:
    assert set(read(text, "hardship_reason")) == {reason}


@pytest.mark.parametrize(
    "text",
    [
        "失业保险怎么领",
        "我没有失业",
        "利息多少",
        "手续费多少",
        "花呗把我关闭了",
        "额度降了",
        "朋友的花呗",
        "等发工资再还",
        "被扣款了",
    ],
)
def test_what_is_no_reason(text: str) -> None:
    assert read(text, "hardship_reason") == []


def test_the_lexicon_knows_exactly_the_reason_codes_of_the_field() -> None:
    assert set(lexicon.load("hardship_reasons")["reasons"]) == REASONS


@pytest.mark.parametrize(
    ("text", "digits"),
    [("尾号1234的卡", "1234"), ("后四位是6688", "6688"), ("卡尾号：0001", "0001"), ("1234结尾的那张", "1234")],
)
def test_last_digits_of_a_card(text: str, digits: str) -> None:
    assert read(text, "card_last4") == [digits]
    assert read(text, "amount") == []


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("第一笔", "1"),
        ("第2个", "2"),
        ("第二笔贷款", "2"),
        ("第三", "3"),
        ("头一笔", "1"),
        ("最近要还的那笔", "nearest"),
        ("最先到期的", "nearest"),
        ("月底要还的那笔", "nearest"),
        ("金额大的那笔", "largest"),
        ("欠得最多的", "largest"),
        ("最大的", "largest"),
        ("金额小的那个", "smallest"),
        ("钱最少的那笔", "smallest"),
        ("最后一笔", "last"),
        ("都要", "all"),
        ("全部", "all"),
        ("两笔都延", "all"),
        ("一起延期", "all"),
        ("每一笔", "all"),
    ],
)
def test_which_of_several_loans(text: str, reference: str) -> None:
    assert read(text, "loan_reference") == [reference]


@pytest.mark.parametrize(
    "text", ["第二个月还款", "第一次借", "都可以", "全部还清", "每个月都要还", "最大的问题是没钱吗", "第三期"]
)
def test_what_points_at_no_loan(text: str) -> None:
    assert read(text, "loan_reference") == []


@pytest.mark.parametrize(("text", "reference"), [("2", "2"), ("二", "2"), ("1号", "1"), ("选3", "3")])
def test_a_bare_number_points_at_a_loan_only_when_asked_for(text: str, reference: str) -> None:
    assert read(text, "loan_reference", expecting="loan_reference") == [reference]
    assert read(text, "loan_reference") == []


def test_a_day_inside_a_reference_is_no_wish() -> None:
    assert read("月底要还的那笔", "date") == []


def test_places_are_those_of_the_typed_text() -> None:
    text = "😭 我的花被欠了３，５００元，我媽住院了"
    spans = {value.entity: text[value.start : value.end] for value in read_values(text, TODAY)}
    assert spans == {"product": "花被", "amount": "３，５００元", "hardship_reason": "媽住院"}
