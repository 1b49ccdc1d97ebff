"""Numbers that name a person or a card: found by their length, their checksum, and what stands beside them.

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
CHINESE = {
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
_ANY_DIGIT = rf"[\d{''.join(CHINESE)}]"

# What stands around numbers that are nobody's secret.
_NUMBER_OF_A_PAPER = re.compile(
    r"[A-Za-z_-]$|(?:单号|编号|订单|流水|合同|凭证|借据|交易|回执|申请|借款)(?:号码?|单号)?[是为：: ]{0,3}$"
)
_SURELY_A_PAPER = re.compile(
    r"(?:单|编|订单|流水|合同|凭证|借据|交易|回执|申请|受理)号(?:码|是|为|[：: ]){0,3}(?:[A-Za-z]{1,6}-?)?$"
    r"|(?<![A-Za-z])(?!WX|VX|QQ|ID|NO)[A-Z]{2}-?$"
)
_AMOUNT_GOES_ON = re.compile(r"\s*(?:元|块|万|亿|分|角|毛)|[.．]\d")

# Amounts in a row look like the groups of a telephone or a card. Only amounts stand after "each" and directly after "paid";
# after "my wages, ", "I have paid " or a bare "pay" a telephone may stand as well, and there the amounts have to be round.
_EACH_BEFORE = re.compile(
    r"(?:分别|各期?|每(?:一)?个?(?:期|月|笔|周|年)|每次(?=[还還交付扣]))(?:大概|都|要|得|还款?|交|付|扣)?(?:是|为)?[：: ]{0,2}$"
)
_PAID = (
    r"(?:[\d一二两三四五六七八九十几首]期|金额|余额|本金|利息|工资|收入|月供"
    r"|[还還付交扣转借花赚挣剩收](?:了|过))(?:是|为)?"
)
_PAID_BEFORE = re.compile(rf"{_PAID}[：:]?$")
_ROUND_BEFORE = re.compile(rf"(?:{_PAID}|[钱款元块])[：:，, ]{{1,2}}$|[还還付交扣欠借][：:，, ]{{0,2}}$")
_MORE_BEFORE = re.compile(r"(?:\d{1,6}(?:[.．]\d{1,2})?(?:元|块)?[ ，,、—-]{1,2}){1,4}$")
_AMOUNTS_AFTER = re.compile(r"\s*(?:元|块|万(?!一)|这样还|分开还)")
_CALLS_AFTER = re.compile(
    r"\s*(?:[都老就又也总]|一直|天天|这个|那个)?(?:打(?![到进])|拨|催|骚扰|联系|发短信|找|号|接|的?(?:电话|手机|号))"
)
_NOT_AMOUNTS_BEFORE = re.compile(r"(?:电话|手机|号码|打给?|拨|微信|卡)(?:号码?|就?是|为|分别|我|他|她|[：: 的了到]){0,4}$")

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
# With commas or strokes between, and in groups of somebody's own, if nothing goes on before or after.
_MOBILE_IN_A_ROW = re.compile(r"(?<![\dA-Za-z])1[3-9]\d( ?[,，、/] ?)\d{4}\1\d{4}(?!\d|[.．]\d)")
_MOBILE_IN_ODD_GROUPS = re.compile(
    r"(?<!\d)(?<!\d[ .·_—-])(?=1[3-9](?:[ ·_—-]?\d){9}(?![ .·_—-]?\d))\d{2,4}([ ·_—-])\d{2,4}(?:\1\d{2,4}){1,3}(?!\d)"
)
# A digit too few or too many is a slip, and the rest of it still tells whose it is.
_MISTYPED_MOBILE = re.compile(
    r"((?:电话|手机)(?:号码?)?(?:是|为|[：: ]){0,3}|(?<!流水)(?<!凭证)(?<![单编同据易执请理])号码(?:是|为|[：: ]){1,3})"
    r"1[3-9]\d{8,10}(?!\d|[.．]\d|\s*(?:元|块|万|亿))"
)
_ANOTHER_COUNTRY = re.compile(r"(?<![\d+])\+(?!86)\d{1,3}(?:[ -]?\d){7,11}(?!\d)")
_LANDLINE = re.compile(r"(?<![\d.])\(?0(?:10|2\d|[3-9]\d{2})\)?[ \-—]{0,2}[2-9]\d{2,3}[ -]?\d{4}(?!\d)(?:(?:转|-)\d{1,5})?")
_LANDLINE_AT_HOME = re.compile(
    r"((?:座机|固话|宅电|(?:家里?|住宅|单位|办公室?)的?电话)(?:号码?)?[是为：: ]{0,3})[2-9]\d{2,3}[ -]?\d{4}(?!\d)"
)
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64} ?@ ?[A-Za-z0-9-]+(?: ?[.。点] ?[A-Za-z0-9-]+)+")

_CHINESE_RUN = re.compile(rf"(?<!\d)(?=[\d .—-]*[{''.join(CHINESE)}]){_ANY_DIGIT}(?:[ .—-]?{_ANY_DIGIT}){{10,20}}[Xx]?")


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


def are_amounts(written: str, before: str, after: str = "") -> bool:
    """Whether groups of digits are amounts in a row: round or all alike, or said to be amounts; none begins with a zero.

    >>> are_amounts("6250 6250 6250 6250", ""), are_amounts("138 1234 5678", "还是打"), are_amounts("150 2000 3000", "分别是")
    (True, False, True)
    """
    groups = re.findall(r"\d+", written)
    if len(groups) < 2 or any(len(group) < 2 or group.startswith("0") for group in groups):
        return False
    if _NOT_AMOUNTS_BEFORE.search(before) or _CALLS_AFTER.match(after):
        return False
    if all(group.endswith("00") for group in groups) or (len(groups) > 2 and len(set(groups)) == 1):
        return True
    said = _MORE_BEFORE.sub("", before)  # what a list goes on from is part of it: "先还3000 150 2000"
    if _EACH_BEFORE.search(said) or _AMOUNTS_AFTER.match(after):
        return True
    are_round = all(group.endswith("0") for group in groups)
    if _PAID_BEFORE.search(said):
        return are_round or not written.startswith(_CARD_BEGINS)
    return are_round and _ROUND_BEFORE.search(said) is not None


def _bank_card(found: re.Match[str]) -> str:
    """A number that passes the checksum of cards is one; a mistyped one is told by where it stands and how it begins."""
    before, after = _around(found)
    written = found.group()
    if _AMOUNT_GOES_ON.match(after) or _SURELY_A_PAPER.search(before):
        return written
    if are_amounts(written, before):
        return written
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
    before, _ = _around(found)
    is_other = _SURELY_A_PAPER.search(before) or are_amounts(found.group(), before) or not _luhn(_digits(found.group()))
    return found.group() if is_other else "[银行卡号]"


def _mobile(found: re.Match[str]) -> str:
    before, after = _around(found)
    is_other = _SURELY_A_PAPER.search(before) or re.match(r"\s*(?:元|块钱|万|亿)", after)
    return found.group() if is_other else "[手机号]"


def _mobile_in_groups(found: re.Match[str]) -> str:
    before, after = _around(found)
    return found.group() if are_amounts(found.group(), before, after) else _mobile(found)


def _mobile_in_a_row(found: re.Match[str]) -> str:
    """Grouped like no telephone, round numbers are a list of amounts; so are more of them than a telephone has groups."""
    before, after = _around(found)
    groups = re.findall(r"\d+", found.group())
    goes_on = re.search(r"\d ?[,，、/] ?$", before) or re.match(r" ?[,，、/] ?\d", after)
    is_list = goes_on or all(group.endswith("0") for group in groups)
    if is_list and not any(group.startswith("0") for group in groups) and not _NOT_AMOUNTS_BEFORE.search(before):
        return found.group()
    return _mobile_in_groups(found)


def _landline(found: re.Match[str]) -> str:
    return found.group() if _SURELY_A_PAPER.search(_around(found)[0]) else "[电话]"


def _in_chinese(found: re.Match[str]) -> str:
    """A run of digits that a person spelled out; what follows a telephone number at once may be the begin of an amount."""
    written = found.group()
    digits = "".join(CHINESE.get(c, c) for c in written)
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
    (_MOBILE_IN_GROUPS, _mobile_in_groups),
    (_MOBILE_IN_A_ROW, _mobile_in_a_row),
    (_MOBILE_IN_ODD_GROUPS, _mobile_in_a_row),
    (_MISTYPED_MOBILE, r"\1[手机号]"),
    (_ANOTHER_COUNTRY, "[电话]"),
    (_LANDLINE, _landline),
    (_LANDLINE_AT_HOME, r"\1[电话]"),
    (_ID_CARD_END, r"\1[身份证号]"),
)


def mask_numbers(text: str) -> str:
    """The text, in plain digits, with each private number replaced by what it is; longer numbers come first."""
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text


def mask_spoken_numbers(text: str) -> str:
    """The same for numbers that are spelled out, wholly or in part, in Chinese numerals."""
    return _CHINESE_RUN.sub(_in_chinese, text)
