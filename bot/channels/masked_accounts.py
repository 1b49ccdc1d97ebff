"""Codes, passwords, accounts, papers and plates: told by the word that stands before them, since they have no checksum."""

from __future__ import annotations

import re

from bot.channels.masked_numbers import CHINESE, Step, are_amounts

# Telephones, programs, loans and requests are written in letters and digits, too; she has to be able to name them.
_NO_NAME_OF_HERS = (
    r"(?i:(?:iphone|ipad|ios|android|app|mac|pc|huawei|honor|mate|oppo|vivo|redmi|xiaomi|windows|win|h5|s?vip|pay|wechat|weixin|wifi|version|v)(?![a-z]))"
    r"|(?:[A-Z]{2}\d{8}|L\d{3,6})(?![A-Za-z0-9])"
)

_CODE_WORD = (
    "验证码|校验码|动态码|确认码|短信码|识别码|动态密码|短信密码|取款密码|支付密码|交易密码|登录密码|查询密码"
    "|密码|口令|安全码|CVV2?|cvv2?"
)
_LINK = r"(?:就?是|为|[：:=＝ “\"'【(（]|给你|收到的?|发来的?|[4-8四六八]位数?字?){0,4}"
_NO_CODE = r"(?!\d|[.．]\d| ?(?:元|块|万|次|秒|[sS](?![A-Za-z])|分钟|小时|年|月|天|号|日|期|笔|个))"
_SIX = r"\d{3}[ -]\d{3}|\d{2} \d{2} \d{2}|(?:\d ){5}\d"
_CODE = re.compile(rf"((?:{_CODE_WORD})(?:号码?)?{_LINK})(?:{_SIX}|\d{{3,8}}){_NO_CODE}")
_CODE_SPOKEN = re.compile(rf"((?:{_CODE_WORD}){_LINK})[{''.join(CHINESE)}]{{4,8}}(?![十百千万个次年月日号天期])")
_CODE_OF_LETTERS = re.compile(
    rf"((?:{_CODE_WORD})(?:就?是|为|[：:=]) ?)(?=[A-Za-z0-9!#$%&*._@-]*\d)[A-Za-z0-9!#$%&*._@-]{{4,20}}"
)
# With nothing between, letters and digits have to be there; "验证码120s没到" and "密码 L1002" are no passwords.
_CODE_OF_LETTERS_PLAIN = re.compile(
    rf"((?:{_CODE_WORD}) ?)(?!\d+(?:s|S|min|MIN)(?![A-Za-z0-9])|{_NO_NAME_OF_HERS})"
    r"(?=[A-Za-z!#$%&*._@-]{0,19}\d)(?=[0-9!#$%&*._@-]{0,19}[A-Za-z])[A-Za-z0-9!#$%&*._@-]{4,20}"
)
_CODE_LATER = re.compile(
    rf"((?:验证码|校验码|动态码|短信码)(?:(?!{_CODE_WORD}|[\d\n\[\]欠还扣借转款尾共额钱]).){{1,10}})(?<!\d)\d{{6}}{_NO_CODE}"
)
_CODE_FIRST = re.compile(
    rf"(?<![\d.欠还借扣共¥￥元])(?:\d{{4,8}}(?=(?:就?是|这是)(?:我的?|这个|刚?收到的|短信)?的?(?:{_CODE_WORD}))"
    rf"|\d{{6}}(?=[，, ]{{0,2}}(?:这是|我的|这个|刚?收到的)?(?:{_CODE_WORD})(?!.{{0,2}}(?:收不|没|怎么|忘|错))))"
)
_CODE_IN_ENGLISH = re.compile(r"((?:code|OTP|PIN)(?: is)?[: ]{1,3})\d{4,8}(?!\d)", re.IGNORECASE)

_PAPER_OF_A_PERSON = re.compile(
    r"((?:护照|通行证|军官证|士兵证|居住证|台胞证|回乡证)(?:号码?)?[是为：: ]{0,3})[A-Za-z]{0,2}\d{7,10}(?!\d)"
)
_ACCOUNT = re.compile(r"((?:QQ|qq|扣扣)(?:号码?)?[是为：: ]{0,3})[1-9]\d{4,11}(?!\d)")
# The account at a bank has no length of its own and no checksum: what it is called tells it, and that it is no amount. The
# account of a loan is the number of a contract.
_ACCOUNT_AT_A_BANK = re.compile(
    r"((?<![借贷]款)(?<!合同)(?:账号|账户|帐号|帐户|賬號|賬戶)(?:号码?)?(?:是|为|[：: ]){0,3})"
    r"(?!400\d{7}(?!\d))(\d{9,30}|\d{4}(?:[ -]\d{4}){1,6}(?:[ -]\d{1,4})?)"
    r"(?!\d|[ -]\d|[.．]\d| ?(?:元|块|万|亿|分))"
)
_WECHAT_ID = re.compile(
    rf"((?:微信|薇信|[Vv][Xx]|[Ww][Xx])(?:(?:号码?|ID|id)?(?:是|为|[：:])[ ]?|号[ ]?|[ ](?!{_NO_NAME_OF_HERS})))"
    r"[A-Za-z][A-Za-z0-9_-]{5,19}(?![A-Za-z0-9])"
)
_WECHAT_ID_PLAIN = re.compile(
    rf"(微信|薇信)(?!{_NO_NAME_OF_HERS})(?=[A-Za-z_-]{{1,20}}\d)[A-Za-z][A-Za-z0-9_-]{{5,19}}(?![A-Za-z0-9])"
)
_NUMBER_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• ]?"
    r"(?=[A-HJ-NP-Z]*\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)


def _account_at_a_bank(found: re.Match[str]) -> str:
    return found.group() if are_amounts(found.group(2), "") else f"{found.group(1)}[账号]"


_STEPS: tuple[Step, ...] = (
    (_ACCOUNT_AT_A_BANK, _account_at_a_bank),
    (_ACCOUNT, r"\1[账号]"),
    (_WECHAT_ID, r"\1[微信号]"),
    (_WECHAT_ID_PLAIN, r"\1[微信号]"),
    (_PAPER_OF_A_PERSON, r"\1[证件号]"),
    (_NUMBER_PLATE, "[车牌号]"),
    (_CODE_OF_LETTERS_PLAIN, r"\1[密码]"),
    (_CODE, r"\1[密码]"),
    (_CODE_SPOKEN, r"\1[密码]"),
    (_CODE_OF_LETTERS, r"\1[密码]"),
    (_CODE_LATER, r"\1[密码]"),
    (_CODE_FIRST, "[密码]"),
    (_CODE_IN_ENGLISH, r"\1[密码]"),
)


def mask_accounts(text: str) -> str:
    """The text, its numbers masked already, with codes, passwords, accounts, papers and plates replaced.

    >>> mask_accounts("我密码hunter2，微信wangfang88")
    '我密码[密码]，微信[微信号]'
    """
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text
