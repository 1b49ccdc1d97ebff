"""What could be either: amounts, lists and numbers of papers beside the telephones, cards, passwords and names they look like."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.masking import mask

PRIVATE: tuple[tuple[str, str], ...] = (
    # Telephones in groups that nobody prescribes, and one digit short.
    ("138，0013，8000", "[手机号]"),
    ("138,0013,8000", "[手机号]"),
    ("138、1234、5678", "[手机号]"),
    ("138/0013/8000打我", "[手机号]打我"),
    ("138，1234，5678", "[手机号]"),
    ("138 001 380 00", "[手机号]"),
    ("我号码138-001-380-00", "我号码[手机号]"),
    ("13 800 138 000", "[手机号]"),
    ("1380 01 380 00找我", "[手机号]找我"),
    ("138 123 456 78", "[手机号]"),
    ("电话1380013800", "电话[手机号]"),
    ("手机1380013800", "手机[手机号]"),
    ("电话号码138001380001", "电话号码[手机号]"),
    # Beside the words of amounts, and still telephones.
    ("还有，138 1234 5678", "还有，[手机号]"),
    ("还是打138 1234 5678", "还是打[手机号]"),
    ("还是138 1234 5678", "还是[手机号]"),
    ("什么时候能还138 1234 5678", "什么时候能还[手机号]"),
    ("每次138 1234 5678打来", "每次[手机号]打来"),
    ("每个月 138 1234 5678都打来", "每个月 [手机号]都打来"),
    ("还给138 1234 5678打电话", "还给[手机号]打电话"),
    ("我没钱，138 1234 5678", "我没钱，[手机号]"),
    ("我要还款 138 1234 5678", "我要还款 [手机号]"),
    ("我还了 138 1234 5678", "我还了 [手机号]"),
    ("逾期 138 1234 5678打来", "逾期 [手机号]打来"),
    ("手机换了138 1234 5678", "手机换了[手机号]"),
    ("电话分别是138 1234 5678", "电话分别是[手机号]"),
    ("每月给138 1234 5678打", "每月给[手机号]打"),
    # Cards and accounts.
    ("每月还款卡6222 0212 0011 2233 446", "每月还款卡[银行卡号]"),
    ("用卡还4111 1111 1111 1111", "用卡还[银行卡号]"),
    ("银行账号 1234567890123", "银行账号 [账号]"),
    ("账户1234567890123", "账户[账号]"),
    ("还款账户是 1234 5678 9012 3", "还款账户是 [账号]"),
    ("对公帐号：31006600123456", "对公帐号：[账号]"),
    ("微信wangfang88", "微信[微信号]"),
    ("加微信wf_apple88吧", "加微信[微信号]吧"),
    ("微信号：WF12345678", "微信号：[微信号]"),
    # Passwords of letters.
    ("密码 abc123", "密码 [密码]"),
    ("我密码hunter2", "我密码[密码]"),
    ("密码123abc", "密码[密码]"),
    ("登录密码Wf@2020!", "登录密码[密码]"),
    # Names.
    ("我叫WANG FANG", "我叫[姓名]"),
    ("我叫Wang FANG", "我叫[姓名]"),
    ("我叫 WANG Fang，欠钱了", "我叫 [姓名]，欠钱了"),
    ("人家叫我王芳", "人家叫我[姓名]"),
    ("你可以叫我王芳，谢谢", "你可以叫我[姓名]，谢谢"),
    ("大家都叫我李建国", "大家都叫我[姓名]"),
)

NOT_PRIVATE: tuple[str, ...] = (
    # Amounts in a row.
    "四期是6250 6250 6250 6250",
    "每期 1250 1250 1250 1250 1250",
    "每期 1250-1250-1250-1250",
    "分四期 1080 1080 1080 1080",
    "还过1520 1520 1520 1520",
    "分别是150 2000 3000",
    "分别还 1352 876 2410",
    "我还了1500 200 2000",
    "还了1350-200-3000",
    "先还3000 150 2000 3000",
    "工资，150 2000 3000",
    "150 2000 3000块",
    "还了150，2000，3000",
    "150，2000，3000",
    "120，138，1390，2400",
    "138，1390，2405，3000",
    "每月1350 1350 135",
    "每次还1352 876 2410",
    "150 200 300 50",
    "分别是150 2000 3000打到卡里",
    "每月 6252 6261 6270 6279",
    "1080.84 1080.84 1080.84",
    "1380.01 380.01",
    "1,380,013,800.00元",
    # Days.
    "13-14号",
    "2026-11-24 2026-12-24",
    "2027.01.05-2027.02.05",
    "20270105 20270205",
    "15号 18号 20号",
    "24/11/2026",
    # Papers, requests, loans.
    "受理号 0283456789",
    "申请受理号 0283456789",
    "合同号：XD-2026-0101-1234-5678",
    "合同号：1350-1234-567",
    "HB-2026-00000001",
    "DF-00000003",
    "DF00000001",
    "L1002",
    "微信DF00000001",
    "微信 DF00000001",
    "密码 DF00000001",
    "密码 L1002",
    "贷款账号1234567890123",
    "订单号码是1380013800",
    "借据号码：1380013800",
    # Help lines.
    "400-800-1234",
    "4008001234",
    "12378",
    "95588打来的",
    "110",
    "账号4008001234打来的",
    # Products.
    "微信iPhone15打不开",
    "微信 iOS17打不开",
    "微信app8打不开",
    "密码iPhone15",
    "微信WeChat8打不开",
    "我叫APP客服",
    "我叫VIP专线",
    # Words that stand before something private, and nothing private after them.
    "密码忘了",
    "密码6位",
    "密码3次都错了",
    "验证码120s都没到",
    "微信支付",
    "微信还款",
    "微信还款1500",
    "微信上能办吗",
    "账号被冻结",
    "账号冻结了3个月",
    "账户12345678.90元",
    "账户123456789元",
    "账户3000 4000 5000",
    "账户2026-11-24被冻结",
    "打电话15次",
    "电话1500000000元",
    "叫我还钱",
    "人家叫我还钱",
    "他们叫我今天还",
    "他们叫我付钱",
    "他叫我向朋友借",
    "叫我时间到了就还",
    "都叫我老赖",
    "催收叫我马上还",
    "叫我先还利息",
    "客服叫我常看短信",
    "叫我连本带利还",
    "叫我和家里商量",
    "叫我别还了",
    "叫我安排时间",
    "叫我应该还多少",
    "叫我明天再打",
    "叫我金额说清楚",
    "叫我全部还清",
    "叫我钱到了就还",
    "叫我万元以上分期",
    "叫我方便时回电",
    "叫我平时注意",
    "叫我通过微信还",
    "叫我宁可借钱也要还",
    "叫我徐徐还",
    "叫我华为手机登录",
    "叫我任何人都别说",
    "叫我终止合同",
    "叫我陈述",
    "领导叫我小王",
)


@pytest.mark.parametrize(("written", "kept"), PRIVATE, ids=[written for written, _ in PRIVATE])
def test_what_is_private_is_gone_though_it_could_be_an_amount_or_a_word(written: str, kept: str) -> None:
    assert mask(written) == kept
    assert mask(kept) == kept


@pytest.mark.parametrize("written", NOT_PRIVATE)
def test_what_could_be_a_number_or_a_name_and_is_none_stays(written: str) -> None:
    assert mask(written) == written


AMOUNTS = st.integers(min_value=10, max_value=2000).map(lambda tens: str(10 * tens))
ANY_AMOUNTS = st.integers(min_value=100, max_value=20000).map(str)


@settings(max_examples=400, deadline=None)
@given(st.lists(ANY_AMOUNTS, min_size=2, max_size=4), st.sampled_from(["分别是", "每期", "每月还 ", "分别为：", "各期 "]))
def test_a_list_after_each_is_a_list_of_amounts(amounts: list[str], before: str) -> None:
    sentence = before + " ".join(amounts)
    assert mask(sentence) == sentence


@settings(max_examples=400, deadline=None)
@given(AMOUNTS, st.integers(min_value=3, max_value=12), st.sampled_from([" ", "-", "，", "、", ","]))
def test_an_instalment_written_down_for_each_period_is_no_number_of_somebodys(amount: str, periods: int, between: str) -> None:
    sentence = between.join([amount] * periods)
    assert mask(sentence) == sentence
    assert mask("欠" + sentence) == "欠" + sentence


NINE_MORE = st.text("0123456789", min_size=9, max_size=9)
MOBILES = st.builds(lambda begin, rest: f"1{begin}{rest}", st.sampled_from("3456789"), NINE_MORE)
BEFORE = ("我电话", "打给我：", "号码是 ", "手机换成了", "微信")
ODD = ((3, 3, 3, 2), (2, 3, 3, 3), (4, 2, 3, 2), (3, 4, 2, 2), (2, 2, 2, 2, 3), (4, 3, 2, 2))


@settings(max_examples=400, deadline=None)
@given(
    MOBILES,
    st.sampled_from(ODD),
    st.sampled_from(" -·"),
    st.sampled_from(BEFORE),
)
def test_after_a_word_for_it_a_mobile_is_gone_in_any_groups(
    mobile: str, lengths: tuple[int, ...], between: str, before: str
) -> None:
    groups, rest = [], mobile
    for length in lengths:
        groups.append(rest[:length])
        rest = rest[length:]
    assert mask(before + between.join(groups)) == before + "[手机号]"


@settings(max_examples=200, deadline=None)
@given(MOBILES, st.sampled_from([",", "，", "、", "/", "， "]), st.sampled_from(BEFORE))
def test_after_a_word_for_it_a_mobile_is_gone_with_commas_between(mobile: str, between: str, before: str) -> None:
    assert mask(before + between.join((mobile[:3], mobile[3:7], mobile[7:]))) == before + "[手机号]"
