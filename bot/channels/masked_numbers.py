"""Numbers that name a person or open an account: found by their length, their checksum, and what stands beside them.

A number written with gaps, in full-width or other digits, or in Chinese numerals is the same number. An amount, a day, the number
of a request or a contract, a card's last four digits and a public help line are none of these.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

Replacement = str | Callable[[re.Match[str]], str]
Step = tuple[re.Pattern[str], Replacement]

# What may stand between two groups of digits of one number.
_SEPARATED = r"[ .\-‐‑–—－·_]{1,3}"
_GAP = r"[ .\-‐‑–—－·_]{0,3}"
_ALIKE = {ord("Ｘ"): "X", ord("ｘ"): "x", ord("＠"): "@", ord("＋"): "+"}
_KEYCAP = re.compile(r"(?<=\d)\ufe0f?\u20e3")
_CHINESE = {
    written: digit
    for digit, ways in {
        "0": "零〇○⓪",
        "1": "一幺壹①",
        "2": "二贰②",
        "3": "三叁③",
        "4": "四肆④",
        "5": "五伍⑤",
        "6": "六陆⑥",
        "7": "七柒⑦",
        "8": "八捌⑧",
        "9": "九玖⑨",
    }.items()
    for written in ways
}
_ANY_DIGIT = rf"[\d{''.join(_CHINESE)}]"

# What stands around numbers that are nobody's secret.
_NUMBER_OF_A_PAPER = re.compile(
    r"[A-Za-z_-]$|(?:单号|编号|订单|流水|合同|凭证|借据|交易|回执|申请|借款)(?:号码?|单号)?[是为：: ]{0,3}$"
)
_SURELY_A_PAPER = re.compile(
    r"(?:单|编|订单|流水|合同|凭证|借据|交易|回执|申请|受理)号(?:码|是|为|[：: ]){0,3}$|(?<![A-Za-z])(?!WX|VX|QQ|ID|NO)[A-Z]{2}$"
)
_AMOUNT_GOES_ON = re.compile(r"\s*(?:元|块|万|亿|分|角|毛)|[.．]\d")

# 18 digits: place, birthday, three more and a check digit, however they are grouped.
_ID_CARD = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}(?:0[1-9]|1[0-2]){_GAP}(?:0[1-9]|[12]\d|3[01]){_GAP}"
    rf"\d{{3}}{_GAP}[\dXx](?![\dXx])"
)
_ID_CARD_IN_GROUPS = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dXx])")
_BIRTHDAY = re.compile(r"\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_OLD_ID_CARD = re.compile(r"(?<!\d)[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_ID_CARD_END = re.compile(r"(身份证[^\d，。,\n]{0,5}(?:后|末|尾)[^\d，。,\n]{0,4})\d{3,5}[\dXx](?!\d)")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_BANK_CARD = re.compile(
    rf"(?<!\d)(?:\d{{16,19}}|(?:\d{{4}}{_SEPARATED}){{4}}\d{{1,3}}|(?:\d{{4}}{_SEPARATED}){{3}}\d{{1,7}}|\d{{6}}{_SEPARATED}\d{{10,13}}"
    rf"|(?:\d[ -]){{15,18}}\d|3[47]\d{{2}}{_GAP}\d{{6}}{_GAP}\d{{5}}|3[0689]\d{{12}})(?!\d)"
)
# Grouped in a way of somebody's own; all cards of this country begin with 62.
_BANK_CARD_IN_GROUPS = re.compile(rf"(?<!\d)62(?:{_GAP}\d){{13,17}}(?!\d)")
_CARD_BEGINS = ("62", "3", "4", "5", "9558")
_CARD_WORD = re.compile(r"(?:卡号|(?:银行|储蓄|信用|借记|工资)卡)(?:号码?)?(?:[是为：: ]|尾号前面){0,4}$")
_ONE_BY_ONE = re.compile(r"(?:\d[ -])+\d")
_GROUPS_OF_A_CARD = re.compile(r"\d{4}(?:-\d{4}){2,3}(?:-\d{1,7})?|\d{6}-\d{10,13}")

_ABROAD = r"(?:(?:\+|00|\(\+?)?86\)?[ -]?)?"
_MOBILE = re.compile(rf"(?<!\d){_ABROAD}1[3-9]\d{{9}}(?!\d)")
_MOBILE_IN_GROUPS = re.compile(
    rf"(?<!\d){_ABROAD}(?:1[3-9]\d{_SEPARATED}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d{_SEPARATED}\d{{3}}{_SEPARATED}\d{{5}}"
    rf"|1[3-9]\d{{2}}{_SEPARATED}\d{{3}}{_SEPARATED}\d{{4}}|1[3-9]\d{{2}}{_SEPARATED}\d{{4}}{_SEPARATED}\d{{3}}"
    rf"|1[3-9]\d{{5}}{_SEPARATED}\d{{4}}|1(?:[ -][3-9])(?:[ -]\d){{9}})(?!\d)"
)
# A digit too few or too many is a slip, and the rest of it still tells whose it is.
_MISTYPED_MOBILE = re.compile(r"((?:电话|手机|手机号|号码)(?:号码?)?(?:是|为|[：: ]){1,3})1[3-9]\d{8,10}(?!\d)")
_ANOTHER_COUNTRY = re.compile(r"(?<![\d+])\+(?!86)\d{1,3}(?:[ -]?\d){7,11}(?!\d)")
_LANDLINE = re.compile(r"(?<![\d.])\(?0(?:10|2\d|[3-9]\d{2})\)?[ \-—]{0,2}[2-9]\d{2,3}[ -]?\d{4}(?!\d)(?:(?:转|-)\d{1,5})?")
_LANDLINE_AT_HOME = re.compile(
    r"((?:座机|固话|宅电|(?:家里?|住宅|单位|办公室?)的?电话)(?:号码?)?[是为：: ]{0,3})[2-9]\d{2,3}[ -]?\d{4}(?!\d)"
)
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64} ?@ ?[A-Za-z0-9-]+(?: ?[.。点] ?[A-Za-z0-9-]+)+")

_CODE_WORD = (
    "验证码|校验码|动态码|确认码|短信码|识别码|动态密码|短信密码|取款密码|支付密码|交易密码|登录密码|查询密码"
    "|密码|口令|安全码|CVV2?|cvv2?"
)
_LINK = r"(?:就?是|为|[：:=＝ “\"'【(（]|给你|收到的?|发来的?|[4-8四六八]位数?字?){0,4}"
_NO_CODE = r"(?!\d|[.．]\d| ?(?:元|块|万|次|秒|分钟|小时|年|月|天|号|日|期|笔|个))"
_SIX = r"\d{3}[ -]\d{3}|\d{2} \d{2} \d{2}|(?:\d ){5}\d"
_CODE = re.compile(rf"((?:{_CODE_WORD})(?:号码?)?{_LINK})(?:{_SIX}|\d{{3,8}}){_NO_CODE}")
_CODE_SPOKEN = re.compile(rf"((?:{_CODE_WORD}){_LINK})[{''.join(_CHINESE)}]{{4,8}}(?![十百千万个次年月日号天期])")
_CODE_OF_LETTERS = re.compile(
    rf"((?:{_CODE_WORD})(?:就?是|为|[：:=]) ?)(?=[A-Za-z0-9!#$%&*._@-]*\d)[A-Za-z0-9!#$%&*._@-]{{4,20}}"
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
_WECHAT_ID = re.compile(
    r"((?:微信|薇信|[Vv][Xx]|[Ww][Xx])(?:(?:号码?|ID|id)?(?:是|为|[：:])[ ]?|号[ ]?|[ ]))"
    r"[A-Za-z][A-Za-z0-9_-]{5,19}(?![A-Za-z0-9])"
)
_WECHAT_ID_PLAIN = re.compile(r"((?:加我?|我的?)微信)(?=[A-Za-z0-9_-]*\d)[A-Za-z][A-Za-z0-9_-]{5,19}(?![A-Za-z0-9])")
_NUMBER_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• ]?"
    r"(?=[A-HJ-NP-Z]*\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_CHINESE_RUN = re.compile(rf"(?<!\d)(?=[\d .—-]*[{''.join(_CHINESE)}]){_ANY_DIGIT}(?:[ .—-]?{_ANY_DIGIT}){{10,20}}[Xx]?")


def plain_digits(text: str) -> str:
    """The text with digits of every kind written as 0 to 9; Chinese numerals stay, since most of them are amounts.

    >>> plain_digits("１３８，٣，1️⃣")
    '138，3，1'
    """
    text = text.translate(_ALIKE)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)
        text = _KEYCAP.sub("", text)
    return text


def _digits(written: str) -> str:
    return re.sub(r"[^\dX]", "", written.upper())


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _has_id_checksum(digits: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, digits, strict=False))
    return "10X98765432"[total % 11] == digits[17]


def _around(found: re.Match[str]) -> tuple[str, str]:
    return found.string[max(0, found.start() - 20) : found.start()], found.string[found.end() : found.end() + 8]


def _id_card(found: re.Match[str]) -> str:
    """By its checksum; a mistyped one by the birthday in it, unless it is said to be the number of something else."""
    if _has_id_checksum(_digits(found.group())) or not _NUMBER_OF_A_PAPER.search(_around(found)[0]):
        return "[身份证号]"
    return found.group()


def _id_card_in_groups(found: re.Match[str]) -> str:
    digits = _digits(found.group())
    return "[身份证号]" if _BIRTHDAY.fullmatch(digits) and _has_id_checksum(digits) else found.group()


def _old_id_card(found: re.Match[str]) -> str:
    before, after = _around(found)
    is_other = _SURELY_A_PAPER.search(before) or _AMOUNT_GOES_ON.match(after)
    return found.group() if is_other else "[身份证号]"


def _bank_card(found: re.Match[str]) -> str:
    """A number that passes the checksum of cards is one; a mistyped one is told by where it stands and how it begins."""
    before, after = _around(found)
    written = found.group()
    if _AMOUNT_GOES_ON.match(after) or _SURELY_A_PAPER.search(before):
        return written
    groups = re.findall(r"\d+", written)
    if len(groups) > 1 and len(groups[0]) > 1 and all(group.endswith("00") for group in groups):
        return written  # amounts in a row
    is_card = _luhn(_digits(written)) or _is_mistyped_card(written, before)
    return "[银行卡号]" if is_card else written


def _is_mistyped_card(written: str, before: str) -> bool:
    if _OLD_ID_CARD.fullmatch(written) or len(written) < 16 or (_NUMBER_OF_A_PAPER.search(before)):
        return False
    if _CARD_WORD.search(before):
        return True
    if written.isdigit():
        return written.startswith(_CARD_BEGINS)
    if _ONE_BY_ONE.fullmatch(written):
        return written[0] in "3456"
    # Amounts in a row look like groups of four, too; those of a card in this country begin with 62.
    return written.startswith("62") and _GROUPS_OF_A_CARD.fullmatch(re.sub(_SEPARATED, "-", written)) is not None


def _bank_card_in_groups(found: re.Match[str]) -> str:
    return "[银行卡号]" if _luhn(_digits(found.group())) else found.group()


def _mobile(found: re.Match[str]) -> str:
    before, after = _around(found)
    is_other = _SURELY_A_PAPER.search(before) or re.match(r"\s*(?:元|块钱|万|亿)", after)
    return found.group() if is_other else "[手机号]"


def _in_chinese(found: re.Match[str]) -> str:
    """A run of digits that a person spelled out; what follows a telephone number at once may be the begin of an amount."""
    written = found.group()
    digits = "".join(_CHINESE.get(c, c) for c in written)
    masked = mask_numbers(digits)
    if masked != digits:
        return masked
    bare = _digits(digits)
    if len(bare) <= 14 and re.match(r"1[3-9]\d{9}", bare):
        seen = 0
        for place, character in enumerate(digits):
            seen += character.isdigit()
            if seen == 11:
                return f"[手机号]{written[place + 1 :]}"
    return written


_STEPS: tuple[Step, ...] = (
    (_EMAIL, "[邮箱]"),
    (_MOBILE, _mobile),
    (_ID_CARD, _id_card),
    (_ID_CARD_IN_GROUPS, _id_card_in_groups),
    (_BANK_CARD, _bank_card),
    (_BANK_CARD_IN_GROUPS, _bank_card_in_groups),
    (_OLD_ID_CARD, _old_id_card),
    (_MOBILE_IN_GROUPS, _mobile),
    (_MISTYPED_MOBILE, r"\1[手机号]"),
    (_ANOTHER_COUNTRY, "[电话]"),
    (_LANDLINE, "[电话]"),
    (_LANDLINE_AT_HOME, r"\1[电话]"),
    (_ID_CARD_END, r"\1[身份证号]"),
    (_ACCOUNT, r"\1[账号]"),
    (_WECHAT_ID, r"\1[微信号]"),
    (_WECHAT_ID_PLAIN, r"\1[微信号]"),
    (_PAPER_OF_A_PERSON, r"\1[证件号]"),
    (_NUMBER_PLATE, "[车牌号]"),
    (_CODE, r"\1[密码]"),
    (_CODE_SPOKEN, r"\1[密码]"),
    (_CODE_OF_LETTERS, r"\1[密码]"),
    (_CODE_LATER, r"\1[密码]"),
    (_CODE_FIRST, "[密码]"),
    (_CODE_IN_ENGLISH, r"\1[密码]"),
)


def mask_numbers(text: str) -> str:
    """The text, in plain digits, with each private number replaced by what it is; longer numbers come first."""
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text


def mask_spoken_numbers(text: str) -> str:
    """The same for numbers that are spelled out, wholly or in part, in Chinese numerals."""
    return _CHINESE_RUN.sub(_in_chinese, text)
