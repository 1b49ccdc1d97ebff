"""Amounts of money in a borrower's words: 三千五 → 3500 yuan, 八百来块 → about 800, 一半 → a half of what is owed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from bot.nlu import lexicon
from bot.nlu.numerals import AMBIGUOUS, APPROXIMATE, EXACT, Numeral, numerals, plain_digits

HALF = "half"
ALL = "all"
MINIMUM = "minimum"
ODD_CENTS = "remainder"

_UNIT = re.compile(
    r"(?:块钱|块(?!儿)|元钱|元(?!旦|宵)|圆|大洋|软妹币|rmb|人民币|￥|¥|刀乐)"
    r"(?:(?:零|又)?(?P<jiao>[\d一二三四五六七八九两])(?:(?:毛|角)(?:零?(?P<fen>[\d一二三四五六七八九两])分?)?|"
    r"(?![\d一二三四五六七八九十百千万个期天年月号次笔人岁、,.到至-])))?"
    r"(?P<half>半(?!年|个))?(?:整|钱)?"
)
_JIAO_ONLY = re.compile(r"[毛角](?:钱)?(?:(?P<fen>[\d一二三四五六七八九两])分)?")
_SIGN_BEFORE = re.compile(r"(?:[¥￥$]|rmb|人民币)\s*$")
_LOOSE_AFTER = re.compile(
    r"\s*(?P<kind>左右|上下|前后|出头|挂零|多一?点|多(?!少|久|长|大|次|扣|收|还|用)钱?|不到|以内|之内|以上|往上|起步|来钱|的样子|这样子?(?=$|[，。？！])|吧(?=$|[，。？！]))"
)
_LOOSE_BEFORE = re.compile(
    r"(?P<kind>大概|大约|大致|约摸|约莫|约|差不多|估计|将近|接近|快要?|不到|不足|不够|没到|差点|至少|起码|(?<!不)超过|好像|左右|小(?=$))"
    r"(?:也?就?(?:能|可以|够)?[有是还要欠得到差付交借凑]?了?)?\s*$"
)
# What follows a bare number that is no money: a unit of something else, a rate, a clock.
_NOT_MONEY_AFTER = re.compile(
    r"\s*(?:个|月|号|日|天|年|岁|期|次|笔|人|家|张|位|遍|道|点|时|分(?!之?期|\d|[一二三四五六七八九十成为几])|小时|星期|礼拜|周|楼|层|级|折|倍|成|%|％|厘|秒|名|种|条|台|部|套|斤|公斤"
    r"|克|米|公里|里路|亩|头(?!疼)|只(?!还|要|有|能)|件|本(?![来金月期息])|回|场|口|辈子|代|届|度|强|线|路|块地|公分|平|分之|[a-z]|[-/:：.]\d|\*|通|火急|封|箱|包|瓶|盒|栋)"
)
_NOT_MONEY_BEFORE = re.compile(
    r"(?:第|尾号(?:是|为)?|后四位(?:是|为)?|末四位(?:是|为)?|卡号|编号|单号|工号|房号|验证码|密码|工单|身份证号?|电话|手机号?|拨打?|[a-z]"
    r"|百分之|千分之|万分之|日息|月息|年化|年利率|利率|\d[:：]|/|\d[-.]|周|星期|礼拜|年龄|今年|满|初|版本)(?:是|为)?$"
)
# What makes a bare number money. Strong words are about paying or owing; weak ones need a number that is no day.
_MONEY_WORD = (
    r"工资|月薪|薪水|收入|到手|低保|退休金|养老金|房租|月供|账单|本金|利息|罚息|违约金|滞纳金|手续费|额度|欠款|余额|押金|学费|药费|医药费|手术费|住院费"
    r"|生活费|金额|借款|贷款|存款|定金|首付|还款|现金|每月|月还|每个月|一个月|每期|款"
)
_STRONG_CUE = re.compile(
    rf"(?:还|欠|借|付|交|存|转|凑|差|剩|扣|挣|赚|贷|掏|缴|赔|退|充|取|{_MONEY_WORD}|上限)"
    r"(?:了|着|过|得起|的起|起|到|个|你|你们|我|我们|他|他们|款|钱|的是|是|也?就?有|也?就?只?有|只|才|大概|差不多|最多|至少|上|进去?|出去?|成|为|：|:|的){0,2}\s*$"
)
_WEAK_CUE = re.compile(
    r"(?:给|要|有|发|收|领|拿|打|花|用|刷|先|就|才|只|共|计|总共|一共|是|最多|最少|至少|顶多|起码|大概|大约|差不多|不到|将近|接近|超过|多|少|出|减|免"
    r"|这个月|本月|上个月|下个月|这期|本期|上期|下期|这次|账单|消费)(?:了|着|过|到|个|你|我|款|钱|是|有|的|要还|还要){0,2}\s*$"
)
_OWED_AFTER = re.compile(r"\s*(?:还不[上起了]|没还|要还|该还|未还|的?账单?|可?以?行不行|够不够|逾期)")
_MASKED = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?:年(?:\d{1,2}月(?:\d{1,2}[日号]?)?)?|[-/.]\d{1,2}[-/.]\d{1,2}[日号]?)(?!\d)|(?<!\d)\d{1,2}月(?:份|底|初|中)?(?:\d{1,2}[日号]?)?|\d{1,2}[:：点]\d{2}分?"
    r"|尾号[是为]?\d{3,4}|[后末]四位[是为]?\d{4}|\d+(?:\.\d+)?[%％]|(?<![\d.])\d{8,}(?![\d.]|万|元|块)"
    r"|(?<!\d)(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}-?\d{7,8})(?!\d)"
    r"|(?<!\d)(?:12378|12345|12333|12337|12348|12356|12315|96110|95188|95017|110|120|119)(?!\d|[元块万千百]|\.\d)"
    r"|[万千百]分之[\d零一二两三四五六七八九十百.]+|(?<![\d.])618(?![\d.元块])|双十[一二]|二零[一二三四五六七八九零]{2}年?"
)
_RELATIVE = (
    (
        HALF,
        re.compile(
            r"(?<![砍降少扣砸掉])(?<![砍降少扣]了)(?:一半|对半(?!分)|半数|50%|百分之五十)(?!时间|人)(?<!工资一半)",
        ),
    ),
    (ALL, re.compile(r"全部(?!都?(?:是|不|没|逾期))|全款|全额|(?:一次性|一下子?|一哈)(?=[还结]?[清完])")),
    (
        MINIMUM,
        re.compile(r"最低还?款?额?(?=还|[，。？！\s]|$|可以|行|吧|就|的?金额)|最低还款额?|最低额(?!度)|(?<=还)个?最低|低还"),
    ),
    (ODD_CENTS, re.compile(r"零头|尾数|抹零|抹个零")),
)
_RELATIVE_CUE = re.compile(r"[还付交缴结清转给先按]")


@dataclass(frozen=True)
class Amount:
    """A sum somewhere in a text.

    Attributes:
        start, end: where it stands.
        fen: the sum; the middle of what is meant when it is approximate, the likelier reading when ambiguous; None for
            a relative kind, whose sum only the backend knows.
        lower_fen, upper_fen: the bounds, equal to `fen` when exact.
        kind: "exact", "approximate", "ambiguous", or relative: "half", "all", "minimum", "remainder".
        text: as written.
    """

    start: int
    end: int
    fen: int | None
    lower_fen: int | None
    upper_fen: int | None
    kind: str
    text: str

    @property
    def approximate(self) -> bool:
        """Whether the borrower has to be asked for the exact sum."""
        return self.kind != EXACT


def find_amounts(text: str, expecting: str | None = None) -> list[Amount]:
    """The sums of a text, by position; empty when there is none.

    Dates, durations, instalment numbers, ages, card tails and telephone numbers are never taken for sums.

    Args:
        text: normalised (half width, lower case).
        expecting: "amount" when the bot has just asked for a sum; then a bare number such as "18" is one.
    """
    plain = plain_digits(text)
    masked = _masked(plain)
    found: list[Amount] = []
    mentions = numerals(text)
    index = 0
    while index < len(mentions):
        numeral = mentions[index]
        index += 1
        if any(start <= numeral.start and numeral.end <= end for start, end in masked):
            continue
        if found and numeral.start < found[-1].end:
            continue
        upper = _range_end(plain, numeral, mentions[index] if index < len(mentions) else None)
        if upper is not None:
            index += 1
        amount = _amount_at(plain, numeral, upper, expecting)
        if amount is not None:
            found.append(amount)
    found += _relative_amounts(text, found, expecting)
    return sorted(found, key=lambda amount: amount.start)


def _amount_at(plain: str, numeral: Numeral, upper: Numeral | None, expecting: str | None) -> Amount | None:
    last = upper or numeral
    before, after = plain[: numeral.start], plain[last.end :]
    start, end = numeral.start, last.end
    low, high, value, certainty = numeral.lower, numeral.upper, numeral.value, numeral.certainty
    if upper is not None:
        low, high = _scaled_like(numeral, upper)
        value, certainty = (low + high) / 2, APPROXIMATE
    sign = _SIGN_BEFORE.search(before)
    unit = _UNIT.match(after)
    if unit:
        if numeral.text == "一" and unit.group() == "块":
            return None  # 一块: together
        end += unit.end()
        extra = _below_one(unit)
        low, high, value = low + extra, high + extra, value + extra
    elif jiao := _JIAO_ONLY.match(after):
        value = value / 10 + _digit(jiao["fen"]) / 100
        low = high = value
        end += jiao.end()
    elif sign:
        pass
    elif not _is_bare_money(plain, numeral, last, before, after, expecting):
        return None
    if sign:
        start = sign.start()
    low, high, certainty, end = _loosened(plain, start, end, low, high, certainty)
    if value > 10**9:
        return None
    return Amount(start, end, _fen(value), _fen(low), _fen(high), certainty, plain[start:end])


def _is_bare_money(plain: str, numeral: Numeral, last: Numeral, before: str, after: str, expecting: str | None) -> bool:
    """Whether a number without a unit is a sum, by its scale and by what stands around it."""
    if _NOT_MONEY_AFTER.match(after) or _NOT_MONEY_BEFORE.search(before):
        return False
    if "几" in numeral.text and not numeral.scaled:
        return False
    if expecting == "amount":
        return True
    if (last.scaled and last.value >= 100) or (last is not numeral and numeral.value >= 100):
        return True
    if numeral.arabic and "." not in numeral.text and len(numeral.text) >= 8:
        return False
    if _STRONG_CUE.search(before):
        return numeral.value >= 32 or "." in numeral.text  # up to 31 it may as well be a day
    if numeral.value >= 100 and _LOOSE_AFTER.match(after):
        return True
    looks_like_year = numeral.arabic and numeral.text[:2] in {"19", "20"} and len(numeral.text) == 4
    if _WEAK_CUE.search(before) or _OWED_AFTER.match(after) or _product_names().search(before):
        return numeral.value >= 100 and not (looks_like_year and not numeral.text.endswith("00"))
    return "," in numeral.text and len(numeral.text) > 4


def _range_end(plain: str, first: Numeral, second: Numeral | None) -> Numeral | None:
    """The second number of 三到五千, 3000-5000块, 一千块到两千块, when the two are one range."""
    if second is None or not first.exact or not second.exact:
        return None
    between = plain[first.end : second.start]
    if not re.fullmatch(r"(?:块钱?|元|万)?\s*(?:-|~|—|–|到|至|、|或者?|还是)+\s*", between):
        return None
    low, high = _scaled_like(first, second)
    follows_unit = bool(_UNIT.match(plain[second.end :])) or second.scaled
    if low >= high or high > low * 20 or not (follows_unit or low >= 100):
        return None
    if _NOT_MONEY_AFTER.match(plain[second.end :]):
        return None
    return second


def _scaled_like(first: Numeral, second: Numeral) -> tuple[Decimal, Decimal]:
    """The two ends of a range, the first with the scale it left out: 三到五千 → 3000, 5000."""
    low, high = first.value, second.value
    if not first.scaled and second.scaled:
        scale = Decimal(10) ** max(high.adjusted(), 0)
        for unit in (Decimal(10**4), Decimal(1000), Decimal(100)):
            if high >= unit:
                scale = unit
                break
        if low < high / scale:
            low *= scale
    return low, high


def _loosened(plain: str, start: int, end: int, low: Decimal, high: Decimal, certainty: str) -> tuple[Decimal, Decimal, str, int]:
    """Bounds and certainty after 左右, 不到, 大概 and their like; the words behind the sum become part of it."""
    after = _LOOSE_AFTER.match(plain, end)
    before = _LOOSE_BEFORE.search(plain[:start])
    word = (after or before)["kind"] if after or before else None  # type: ignore[index]
    if word is None or word == "吧":
        return low, high, certainty, end
    if after:
        end = after.end()
    if certainty == AMBIGUOUS:
        return low, high, certainty, end
    if word in {"不到", "不足", "不够", "没到", "以内", "之内", "差点", "接近", "将近", "快", "快要"}:
        low, high = low * 8 / 10, high
    elif word in {"出头", "挂零", "多", "多点", "多一点", "多钱"}:
        high = high * 11 / 10
    elif word in {"以上", "往上", "至少", "起码", "超过", "起步"}:
        high = high * 2
    else:
        low, high = low * 9 / 10, high * 11 / 10
    return low, high, APPROXIMATE, end


def _relative_amounts(text: str, taken: list[Amount], expecting: str | None) -> list[Amount]:
    found: list[Amount] = []
    for kind, pattern in _RELATIVE:
        for match in pattern.finditer(text):
            alone = len(text) - len(match.group()) <= 2
            if not (alone or expecting == "amount" or _RELATIVE_CUE.search(text[max(0, match.start() - 4) : match.end() + 4])):
                continue
            if any(a.start < match.end() and match.start() < a.end for a in [*taken, *found]):
                continue
            found.append(Amount(match.start(), match.end(), None, None, None, kind, match.group()))
    return found


def _masked(plain: str) -> list[tuple[int, int]]:
    """Spans whose numbers are no money: dates, clocks, hotlines, telephone numbers, products named 360."""
    spans = [match.span() for match in _MASKED.finditer(plain)]
    return spans + [match.span() for match in _numbered_products().finditer(plain)]


@lru_cache(maxsize=1)
def _product_names() -> re.Pattern[str]:
    names = [product["name"] for product in lexicon.load("products")["products"]]
    return re.compile(rf"(?:{'|'.join(map(re.escape, names))})(?:里|还|的|上|才|又|只|就)?\s*$")


@lru_cache(maxsize=1)
def _numbered_products() -> re.Pattern[str]:
    names = {
        name
        for product in lexicon.load("products")["products"]
        for name in [product["name"], *product.get("spellings", []), *product.get("names", [])]
        if re.search(r"[\d一二三四五六七八九十零]", name)
    }
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)) or r"(?!)")


def _below_one(unit: re.Match[str]) -> Decimal:
    if unit["half"]:
        return Decimal("0.5")
    return _digit(unit["jiao"]) / 10 + _digit(unit["fen"]) / 100


def _digit(written: str | None) -> Decimal:
    if not written:
        return Decimal(0)
    return Decimal(written) if written.isdecimal() else Decimal("零一二三四五六七八九".find(written.replace("两", "二")))


def _fen(yuan: Decimal) -> int:
    return int((yuan * 100).to_integral_value(ROUND_HALF_UP))
