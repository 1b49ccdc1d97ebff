"""What is private is masked, and what only looks like it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.masking import mask


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("我电话13800138000打给我", "我电话[手机号]打给我"),
        ("+86 138 0013 8000", "[手机号]"),
        ("１３８００１３８０００", "[手机号]"),
        ("138.0013.8000", "[手机号]"),
        ("幺三八零零一三八零零零", "[手机号]"),
        ("028-87654321打来的", "[电话]打来的"),
        ("110105 19491231 002X", "[身份证号]"),
        ("身份证11010519491231002X", "身份证[身份证号]"),
        ("老身份证110105491231002", "老身份证[身份证号]"),
        ("卡号4111 1111 1111 1111好了", "卡号[银行卡号]好了"),
        ("卡号6222 0212 0011 2233 446", "卡号[银行卡号]"),  # mistyped: it fails the card checksum
        ("6222021200112233446这张", "[银行卡号]这张"),
        ("银行卡是9558801234567890123", "银行卡是[银行卡号]"),
        ("用4111111111111112还", "用[银行卡号]还"),
        ("6222-0212-0011-2233-446", "[银行卡号]"),
        ("510103600101001", "[身份证号]"),  # fifteen digits that begin like a card
        ("邮箱wang.fang@example.com", "邮箱[邮箱]"),
        ("验证码是482913", "验证码是[密码]"),
        ("482913是验证码吗", "[密码]是验证码吗"),
        ("支付密码123456", "支付密码[密码]"),
        ("我叫王芳电话是", "我叫[姓名]电话是"),
        ("我老公叫李建国他病了", "我老公叫[姓名]他病了"),
        ("姓名：欧阳建国", "姓名：[姓名]"),
        ("我是张伟，身份证", "我是[姓名]，身份证"),
        ("住在成都市武侯区人民南路四段12号3栋2单元501", "住在[地址]"),
        ("我住双流区东升镇清泰村3组12号", "我住[地址]"),
    ],
)
def test_what_is_private_is_replaced_by_what_it_is(written: str, kept: str) -> None:
    assert mask(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "欠12000.50元",
        "申请DF20261124",
        "下个月15号",
        "2026-12-15",
        "尾号8846",
        "一共123456789分",
        "一共5000000000000001元",
        "余额512345678901234.56",
        "订单号4200001234567890",
        "合同编号：3301234567890123",
        "申请DF4200001234567890",
        "每月3000 4000 5000 3200",  # amounts in a row
        "2026112408300012345",  # a booking, and no card begins so
        "95188打来的",
        "打12378",
        "第12期还多少",
        "三万五千六百",
        "叫人工来",
        "我叫你们别打了",
        "他叫我还钱",
        "我是白领，没钱",
        "我是花呗用户",
        "我在人民南路上班",
        "春熙路有网点吗",
        "在路上，15号还",
        "借了村镇银行3号的钱",
        "密码忘了",
    ],
)
def test_what_only_looks_private_stays(written: str) -> None:
    assert mask(written) == written


@given(st.text(alphabet="0123456789一二三十路号村[]我叫王芳 -@.x，", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once
