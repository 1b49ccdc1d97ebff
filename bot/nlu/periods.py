"""Durations in a borrower's words: 半个月 → P15D, 缓两期 → P2I, 过几天 → vague, to be asked back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from bot.nlu.numerals import Numeral, numerals, plain_digits

PRECISE = "precise"
APPROXIMATE = "approximate"
VAGUE = "vague"

_DAYS_OF = {"D": 1, "M": 30, "I": 30}
_UNIT = re.compile(
    r"(?P<half>个?半)?(?:个)?(?P<loose>多|来|把)?(?:个)?"
    r"(?P<unit>工作日|天(?!猫|数)|星期(?![一二三四五六日天])|礼拜(?![一二三四五六日天])|周(?![一二三四五六日天末转围边年岁])"
    r"|月(?!亮|底|初|末|中|份|供|薪|息|经|嫂|头)|季度|季(?!节)|年(?!底|末|初|龄|化|轻|利|终|份|级)|期(?!限|间|待|望))(?P<after>半|多)?"
)
_LOOSE_AFTER = re.compile(r"\s*(?:左右|上下|前后|出头|不到|的样子|这样子?(?=$|[，。？！]))")
_LOOSE_BEFORE = re.compile(
    r"(?:大概|大约|约|差不多|估计|将近|接近|快|不到|不足|至少|起码|(?<!不)超过)(?:也?[要得有]|是|再|晚|延)?\s*$"
)
_DELAY = (
    r"(?:晚|延|延期|延后|延迟|延长|缓|推|推迟|推后|拖|迟|宽限|展|展期|往后|后推|顺延|停|停还|少还|跳过|暂缓|暂停|缓交|缓还|免)"
)
_DELAY_BEFORE = re.compile(rf"{_DELAY}(?:个|后|一下|到|至|还款?|交|给我|我|再|多|上|期|了|款|长|最多|一个|缴|付|个把|我再)?\s*$")
# 下一个月, 第三个月, 前三个月, 礼拜六天: the number belongs to something else.
_NOT_BEFORE = re.compile(
    r"(?:第|下下?|上上?|这|前|头|(?<![延退推往以之然拖])后|每|每隔|某|同|那|周|星期|礼拜|月|年|近|最近|过去|连续|尾号|当|本|\*|[:：/.])\s*$"
)
_ELAPSED_BEFORE = re.compile(
    r"(?:逾期(?:还款)?|失业|住院|拖欠|欠薪|停工|失联|断供|(?<!不)超过?|超期|过去|过了|已经|都|用了|还了|干了|等了|拖了|晚了|迟了|病了|没|欠|欠了|躺了|歇了|休息|没发|没上班|没收入|[^好得行起久长短多少]了)"
    r"(?:了|已?经?|有|快|将近|差不多|工资|大概|的|到)*\s*$"
)
_ELAPSED_AFTER = re.compile(r"(?:多|来)?(?:了(?!再|之后|以后|我?[还就]|行|可以|能)|没(?!钱)|以来|来(?=[我一都没]))")
_RATE_BEFORE = re.compile(r"(?:每|按|平均|一共)\s*$")
_RATE_AFTER = re.compile(
    r"[，\s]?(?:就|要|能|得|才|只|有|可以|最多|最少|大概|差不多|至少|我|你们|也|都|给我|需要|应该|的)*"
    r"(?:工资|收入|利息|利率|手续费|服务费|违约金|罚息|滞纳金|到手|挣|赚|发(?!工资)|还多少|还好多|还几|还款多少|还得起|还得?起?[\d*]|还[一二两三四五六七八九几十]"
    r"|多少|好多|几次|交多少|付多少|[\d两三四五六七八九几][\d百千十万k]|[一二两三四五六七八九]百|[^，。？！还晚延缓推拖\d]{0,3}(?:\d{2,}(?![天号日期])|[一二两三四五六七八九几][百千万])|打(?!算)|催|房租|生活费|月供|次|一次|一还|一期|一结|开支|花)"
)
_VAGUE = (
    (
        "some_days",
        re.compile(
            r"(?<![这那前头今明第上十百还剩])(?<!还有)(?:好几|几|些|若干|个把|多少)天(?!天|到期|到账)|(?<!这)些日子|(?<![这那前])(?:过|等|缓|再过)[两二]天|一两天天|[十八]天半个?月|三天两天|一天半天|两三天两三天"
        ),
    ),
    ("some_weeks", re.compile(r"(?<![这那前上下])(?:好几|几)(?:个?星期|个?礼拜|周)")),
    ("some_months", re.compile(r"(?<![这那前上下第])(?:好几|几)个月")),
    ("some_instalments", re.compile(r"(?<=[晚延缓推拖迟停后])个?好?几期")),
    (
        "a_while",
        re.compile(
            r"(?<!这)(?:一段时间|段时间|一阵子?|阵子|一向|一段)(?!没|不)|(?:缓|等|拖|延|宽限|通融|缓和)(?:一?哈儿?|一会儿?|一阵|会儿?)|缓一?缓(?!个?[一二两三四五六七八九十半几\d])|缓一下|一哈哈|哈哈儿"
        ),
    ),
)
_ADJACENT = re.compile(
    r"(?P<a>[一二两三四五六七八九\d]+)(?P<unit>天|周|个月|个?星期|个?礼拜|年)[、，或者]*(?P<b>[一二两三四五六七八九\d]+)(?P=unit)"
)


@dataclass(frozen=True)
class PeriodMention:
    """A duration somewhere in a text.

    Attributes:
        start, end: where it stands.
        value: ISO 8601 with one unit, days, months or (ours) instalments: "P15D", "P3M", "P2I"; None when vague.
        kind: "precise", "approximate" (十来天) or "vague" (过几天).
        lower_days, upper_days: bounds when approximate, a month counted as 30 days; else None.
        reason: why it is vague ("some_days", "a_while", …), else None.
        elapsed: it has the look of time gone by (逾期三天, 失业两个月了) rather than of time asked for.
        text: as written.
    """

    start: int
    end: int
    value: str | None
    kind: str
    text: str
    lower_days: int | None = None
    upper_days: int | None = None
    reason: str | None = None
    elapsed: bool = False


def find_periods(text: str) -> list[PeriodMention]:
    """The durations of a text, by position; empty when there is none. What they are for is not looked at.

    Args:
        text: normalised (half width, lower case).
    """
    plain = plain_digits(text)
    found: list[PeriodMention] = []
    for mention in [*_vague(plain), *_paired(plain), *_halves(plain), *_counted(plain)]:
        if not any(other.start < mention.end and mention.start < other.end for other in found):
            found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def _counted(plain: str) -> list[PeriodMention]:
    """三个月, 十来天, 一个半月, 两期: a number and its unit; ranges such as 3到5天 with one unit for both."""
    found = []
    mentions = numerals(plain)
    for index, numeral in enumerate(mentions):
        unit = _UNIT.match(plain, numeral.end)
        if unit is None or (numeral.scaled and numeral.value >= 1000) or "好几" in numeral.text or numeral.text == "几":
            continue
        previous = mentions[index - 1] if index else None
        first = _range_start(plain, previous, numeral)
        start = first.start if first else numeral.start
        mention = _mention(plain, start, first, numeral, unit)
        if mention is not None:
            found.append(mention)
    return found


def _mention(plain: str, start: int, first: Numeral | None, numeral: Numeral, unit: re.Match[str]) -> PeriodMention | None:
    before, end = plain[:start], unit.end()
    name = unit["unit"]
    if unit["after"] == "半" and name not in {"年", "周", "星期", "礼拜", "天"} or unit["after"] and plain[end:].startswith("月"):
        end -= 1
    if _NOT_BEFORE.search(before) or (numeral.text == "二" and name == "天"):
        return None
    delayed = bool(_DELAY_BEFORE.search(before))
    if not _is_duration(plain, numeral, unit, name, delayed):
        return None
    if not delayed and numeral.value == 1 and not unit["half"] and (_RATE_BEFORE.search(before) or _RATE_AFTER.match(plain, end)):
        return None
    low = first.lower if first else numeral.lower
    high, middle = numeral.upper, (low + numeral.upper) / 2 if first else numeral.value
    if unit["half"] or unit["after"] == "半" and end == unit.end():
        low, high, middle = (value + Decimal("0.5") for value in (low, high, middle))
    if numeral.text == "二" and name == "月" and not delayed:
        return _finished(plain, start, end, (low, middle, high), name, True)  # 二个月 is "next month" to some
    loose = bool(first) or not numeral.exact or bool(unit["loose"]) or (unit["after"] == "多" and end == unit.end())
    if unit["loose"] == "多" or unit["after"] == "多" and end == unit.end():
        high += 1
    return _finished(plain, start, end, (low, middle, high), name, loose)


def _is_duration(plain: str, numeral: Numeral, unit: re.Match[str], name: str, delayed: bool) -> bool:
    """三月 is March and 2026年 a year; 三个月, 两月 and 三年 are durations; 两期 is one only after 缓, 延 and their like."""
    counted = "个" in unit.group()
    if name == "月" and not counted and numeral.text not in {"两", "俩", "几"}:
        return numeral.exact and numeral.arabic and numeral.value > 12 and not plain[unit.end() :][:1].isdigit()
    if name == "年":
        return numeral.value <= 30 and not re.match(r"\d{1,2}月|[一二三四五六七八九十]+月", plain[unit.end() :])
    if name == "期":
        return delayed
    if name in {"星期", "周", "礼拜", "天", "工作日", "季度", "季"}:
        return numeral.value <= 1000
    return True


def _halves(plain: str) -> list[PeriodMention]:
    """半个月, 半年, 大半个月, 半个多月."""
    found: list[PeriodMention | None] = []
    for match in re.finditer(r"个把(?P<unit>月|星期|礼拜|年)", plain):
        found.append(_finished(plain, *match.span(), (Decimal(1),) * 3, match["unit"], True))
    for match in re.finditer(r"(?<=[缓延停晚])[二三四五六七八九](?P<unit>月)(?![份底初末中\d一二三四五六七八九十])", plain):
        months = numerals(match.group())[0].value  # 缓三月: three months, or until March?
        found.append(_finished(plain, *match.span(), (months,) * 3, "月", True))
    for match in re.finditer(
        r"(?P<loose>大|小|好|(?<!顶)(?<!最)多|差不多)?(?<!个)半(?P<some>把)?个?(?P<more>多)?(?P<unit>月(?!亮|薪)|年(?!底|末|初)|星期|礼拜|季度|周(?!年))(?P<after>多)?",
        plain,
    ):
        if re.search(r"[\d一二两三四五六七八九十]个?$", plain[: match.start()]) or _NOT_BEFORE.search(plain[: match.start()]):
            continue
        end = match.end()
        loose = any(match[name] for name in ("loose", "some", "more", "after"))
        half = Decimal("0.5")
        high = Decimal("0.9") if match["loose"] or match["more"] or match["after"] else half
        found.append(_finished(plain, match.start(), end, (half, half, high), match["unit"], loose))
    return [mention for mention in found if mention is not None]


def _paired(plain: str) -> list[PeriodMention]:
    """一天两天, 三天五天: two neighbouring durations that are one loose one."""
    found = []
    for match in _ADJACENT.finditer(plain):
        ends = numerals(match["a"]), numerals(match["b"])
        if not (ends[0] and ends[1] and ends[0][0].value < ends[1][0].value) or _NOT_BEFORE.search(plain[: match.start()]):
            continue
        low, high = ends[0][0].value, ends[1][0].value
        mention = _finished(
            plain, match.start(), match.end(), (low, (low + high) / 2, high), match["unit"].removeprefix("个"), True
        )
        if mention is not None:
            found.append(mention)
    return found


def _finished(
    plain: str, start: int, end: int, numbers: tuple[Decimal, Decimal, Decimal], name: str, loose: bool
) -> PeriodMention | None:
    low, middle, high = (_in_units(number, name) for number in numbers)
    letter = _letter(name)
    loose = loose or name == "工作日"
    if after := _LOOSE_AFTER.match(plain, end):
        loose, end = True, after.end()
    if before := _LOOSE_BEFORE.search(plain[:start]):
        loose = loose or not before.group().startswith("快") or not plain[: before.start()].endswith("尽")
    if letter == "M" and middle != middle.to_integral_value():
        letter, low, middle, high = "D", low * 30, middle * 30, high * 30  # 一个半月: 45 days
    loose = loose or middle != middle.to_integral_value()
    if loose and low == high:
        low, high = low * Decimal("0.8"), high * Decimal("1.2")
    number = int(middle.to_integral_value(ROUND_CEILING))
    if number <= 0:
        return None
    elapsed = bool(_ELAPSED_BEFORE.search(plain[:start]) or _ELAPSED_AFTER.match(plain, end))
    days = _DAYS_OF[letter]
    return PeriodMention(
        start,
        end,
        f"P{number}{letter}",
        APPROXIMATE if loose else PRECISE,
        plain[start:end],
        int(low * days) if loose else None,
        int(high * days) if loose else None,
        None,
        elapsed,
    )


def _in_units(number: Decimal, name: str) -> Decimal:
    """The number in the unit of `_letter`: a week has 7 days, a year 12 months."""
    return number * {"星期": 7, "礼拜": 7, "周": 7, "年": 12, "季度": 3, "季": 3}.get(name, 1)


def _letter(name: str) -> str:
    if name == "期":
        return "I"
    return "D" if name in {"天", "工作日", "星期", "礼拜", "周"} else "M"


def _range_start(plain: str, first: Numeral | None, second: Numeral) -> Numeral | None:
    """The 3 of 3到5天 or 三天到五天, when the two numbers are one range."""
    if first is None or not first.exact or not second.exact or first.value >= second.value or first.scaled:
        return None
    between = plain[first.end : second.start]
    if re.fullmatch(r"(?:天|个?月|周|个?星期|个?礼拜|年)?\s*(?:-|~|—|–|到|至|、|或者?|还是)+\s*", between):
        return first
    return None


def _vague(plain: str) -> list[PeriodMention]:
    return [
        PeriodMention(match.start(), match.end(), None, VAGUE, match.group(), reason=reason)
        for reason, pattern in _VAGUE
        for match in pattern.finditer(plain)
    ]
