"""Numbers as borrowers write them: 三千五, 1万2, 3.5k, 十来, 两三千, 壹万贰仟, with how certain each is.

Nothing here knows what is counted; `amounts`, `periods`, `dates` and `instalment_numbers` read the unit beside it.
`cn2an` turns plain Chinese numerals into numbers; the rules around it are ours, as it knows no range, no 来 and no k.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import cn2an

EXACT = "exact"
APPROXIMATE = "approximate"
AMBIGUOUS = "ambiguous"

_SCALES = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10**4, "w": 10**4, "亿": 10**8}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬兩參貳", "一二三四五六七八九十百千万两三二")
_FORMAL_RUN = re.compile(r"[壹贰叁肆伍陆柒捌玖零拾佰仟萬万亿元圆角分整兩參貳]{2,}")
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_CHINESE = "零〇一二两三四五六七八九十百千万亿几"
_DIGIT_VALUES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}

# 借一万六个月 is ten thousand for six months, not 16,000: a last digit that counts something of its own is not part of the sum.
_COUNTED = r"(?:个?月|个?星期|个?礼拜|期|年|号|周|天(?!天))"
_NOT_COUNTED = rf"(?!{_COUNTED})"
_LAST_DIGIT_COUNTED = re.compile(rf"(?<=[百千万])[一二两三四五六七八九](?={_COUNTED})")
# 千万别, 万一, 百分之…, 十分: words in which a scale is no number. A bare scale counts only with 把/多/来/十 behind it.
_MENTION = re.compile(
    rf"""
      (?P<loose>(?<![{_CHINESE}\d*])(?:百十|百八十|千儿八百|千八百|万儿八千|万八千|[百千万](?:把|来|多)(?!少))(?=来?[块元个]|$|[^{_CHINESE}]))
    | (?P<mixed>(?:{_ARABIC}(?:[百千万亿]|[kw](?![a-z]))|[一二两三四五六七八九][百千万](?=\d))
        (?:(?:零?\d+(?!\.?\d)|零?[一二两三四五六七八九])(?:[百千k万]|{_NOT_COUNTED}))*)
    | (?P<arabic>{_ARABIC})
    | (?P<decimal>[一二两三四五六七八九十]点[零一二三四五六七八九]+[万千])
    | (?P<half>半万)
    | (?P<chinese>好?[{_CHINESE}俩仨]+)
    """,
    re.VERBOSE,
)
_SUFFIX = re.compile(
    r"(?P<more>余|多(?!少|久|长|大|次|点))|(?P<about>来(?!不|得|的|了|自|源|电|说|看|钱))|(?P<some>几(?!号|点|时|次|分|率|乎))"
)
_LOOSE = {
    "百十": (100, 100, 180),
    "百八十": (100, 80, 180),
    "千儿八百": (1000, 800, 1200),
    "千八百": (1000, 800, 1200),
    "万儿八千": (10000, 8000, 12000),
    "万八千": (10000, 8000, 12000),
}
_ADVERBS = re.compile(r"^(?:千万|万一|百分|万分|千分|十分|万能|百万|亿)")


@dataclass(frozen=True)
class Numeral:
    """A number somewhere in a text.

    Attributes:
        start, end: where it stands, modifiers such as 多 and 来 included, units not.
        value: what it names; the middle when it names a range.
        lower, upper: the bounds, equal to `value` when it is exact.
        certainty: EXACT, APPROXIMATE (三千多) or AMBIGUOUS (一万二百).
        scaled: it names a scale of at least a hundred (三千五, 1.2万, 3k), so it can hardly be a day or a count.
        arabic: it is written in digits alone.
        text: as written.
    """

    start: int
    end: int
    value: Decimal
    lower: Decimal
    upper: Decimal
    certainty: str
    scaled: bool
    arabic: bool
    text: str

    @property
    def exact(self) -> bool:
        """Whether it names one number and no other."""
        return self.certainty == EXACT

    @property
    def whole(self) -> int | None:
        """The number when it is exact and whole, else None."""
        return int(self.value) if self.exact and self.value == self.value.to_integral_value() else None


@dataclass(frozen=True)
class _Reading:
    lower: Decimal
    upper: Decimal
    value: Decimal
    certainty: str = EXACT


def _exactly(value: Decimal) -> _Reading:
    return _Reading(value, value, value)


def plain_digits(text: str) -> str:
    """The text with banker's numerals in runs (壹万贰仟) as everyday ones (一万二千); every position stays."""
    return _FORMAL_RUN.sub(lambda run: run.group().translate(_FORMAL), text)


@lru_cache(maxsize=512)
def numerals(text: str) -> tuple[Numeral, ...]:
    """The numbers of a text from left to right, never overlapping. Expects lower case and half width."""
    plain = plain_digits(text)
    found = []
    position = 0
    while match := _MENTION.search(plain, position):
        numeral = _read(match, plain)
        if numeral is None:
            position = match.end()
            continue
        found.append(numeral)
        position = numeral.end
    return tuple(found)


def whole_number(text: str) -> int | None:
    """The whole number that a text of nothing but a numeral names (十二 → 12), else None."""
    found = numerals(text)
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)):
        return found[0].whole
    return None


def _read(match: re.Match[str], plain: str) -> Numeral | None:
    kind = match.lastgroup
    written = match.group()
    end = match.end()
    if kind == "chinese" and len(written) > 1 and _LAST_DIGIT_COUNTED.match(plain, end - 1):
        written, end = written[:-1], end - 1
    reading: _Reading | None
    if kind == "loose":
        reading = _read_loose(written)
    elif kind == "mixed":
        reading = _read_mixed(written)
    elif kind == "decimal":
        whole, fraction = written[:-1].split("点")
        tens = 10 if whole == "十" else _DIGIT_VALUES[whole]
        exact = Decimal(f"{tens}.{''.join(str(_DIGIT_VALUES[c]) for c in fraction)}") * _SCALES[written[-1]]
        reading = _exactly(exact)
    elif kind == "half":
        reading = _exactly(Decimal(5000))
    elif kind == "arabic":
        exact = Decimal(written.replace(",", ""))
        reading = _exactly(exact)
    else:
        reading = _read_chinese(written)
    if reading is None:
        return None
    unmodified_end = end
    if reading.certainty == EXACT and kind not in {"loose", "half"} and (suffix := _SUFFIX.match(plain, end)):
        loosened = _loosen(reading.value, suffix.lastgroup or "", written)
        if loosened is not None:
            reading, end = loosened, suffix.end()
    if kind in {"arabic", "chinese"} and end < len(plain) and plain[end] in "百千万亿kw" and end > unmodified_end:
        # 十几万, 三十多万: the scale stands behind the modifier.
        scale = _SCALES[plain[end]]
        reading = _Reading(reading.lower * scale, reading.upper * scale, reading.value * scale, reading.certainty)
        end += 1
        written += plain[end - 1]
    scaled = kind in {"loose", "mixed", "decimal", "half"} or any(c in "百千万亿" for c in written)
    return Numeral(
        match.start(),
        end,
        reading.value,
        reading.lower,
        reading.upper,
        reading.certainty,
        scaled,
        kind == "arabic",
        plain[match.start() : end],
    )


def _read_loose(written: str) -> _Reading:
    if written in _LOOSE:
        value, lower, upper = _LOOSE[written]
        return _Reading(Decimal(lower), Decimal(upper), Decimal(value), APPROXIMATE)
    value = _SCALES[written[0]]
    lower, upper = (value, 2 * value) if written.endswith("多") else (value * 9 // 10, value * 13 // 10)
    return _Reading(Decimal(lower), Decimal(upper), Decimal(value), APPROXIMATE)


def _read_mixed(written: str) -> _Reading | None:
    """1万2 → 12000, 3k5 → 3500, 1万2千5 → 12500, 1万零5百 → 10500."""
    total = Decimal(0)
    previous_scale: int | None = None
    rest = written
    while rest:
        part = re.match(rf"(?P<zero>零?)(?P<number>{_ARABIC}|[一二两三四五六七八九])(?P<scale>[百千k万w亿]*)", rest)
        if part is None:
            return None
        rest = rest[part.end() :]
        number = part["number"]
        value = Decimal(_DIGIT_VALUES[number]) if number in _DIGIT_VALUES else Decimal(number.replace(",", ""))
        if part["scale"]:
            scale = 1
            for character in part["scale"]:
                scale *= _SCALES[character]
            if previous_scale is not None and scale >= previous_scale:
                return None
            total += value * scale
            previous_scale = scale
        elif previous_scale is None or "." in number:
            return None
        elif len(number) == 1 and not part["zero"]:
            total += value * previous_scale / 10
        elif value < previous_scale:
            total += value
            if len(number) == 2 and previous_scale >= 10**4:  # 1万25: 10025 or 12500?
                return _Reading(total, total - value + value * previous_scale / 100, total, AMBIGUOUS)
        else:
            return None
    return _exactly(total)


@lru_cache(maxsize=2048)
def _read_chinese(written: str) -> _Reading | None:
    if written == "好":
        return None
    written = written.removeprefix("好")
    if written in {"俩", "仨"}:
        return _exactly(Decimal(2 if written == "俩" else 3))
    if set(written) & set("俩仨") or _ADVERBS.match(written) or written[0] in "零〇百千万亿":
        return None
    if "几" in written:
        return _read_some(written)
    pairs = re.findall(r"(?=([一二两三四五六七八九])([一二两三四五六七八九]))", written)
    if pairs:
        return _read_pair(written, pairs)
    value = _plain_value(written)
    if value is None:
        return None
    if re.search(r"万[一二三四五六七八九]百|[万千][一二三四五六七八九]?十(?!万)", written) and "零" not in written:
        # 一万二百: 10200 or 12000? 三千二十: 3020 or 3200?
        return _Reading(value, value * Decimal("1.2"), value, AMBIGUOUS)
    return _exactly(value)


def _read_pair(written: str, pairs: list[tuple[str, str]]) -> _Reading | None:
    """两三千 → 2000 to 3000, 三千五六 → 3500 to 3600, 十七八 → 17 to 18; digit strings such as 二零二六 are none."""
    if len(pairs) != 1:
        return None
    first, second = pairs[0]
    low, high = _DIGIT_VALUES[first], _DIGIT_VALUES[second]
    if not low < high <= low + 2:
        return None
    lower = _plain_value(written.replace(first + second, first))
    upper = _plain_value(written.replace(first + second, second))
    if lower is None or upper is None or lower >= upper:
        return None
    return _Reading(lower, upper, (lower + upper) / 2, APPROXIMATE)


def _read_some(written: str) -> _Reading | None:
    """几 → 2 to 9, 几百 → 200 to 900, 十几 → 11 to 19, 三千几 → 3000 to 3999, 一百几十 → 110 to 190."""
    if written.count("几") != 1:
        return None
    before, after = written.split("几")
    scale = 1
    for character in after:
        if character not in _SCALES:
            return None
        scale *= _SCALES[character]
    base = _plain_value(before) if before else Decimal(0)
    if base is None:
        return None
    if before and not after:
        unit = _unit_of(base)
        return _Reading(base + (1 if unit == 10 else 0), base + unit - 1, base, APPROXIMATE)
    if before and after == "万":  # 十几万
        return _Reading((base + 1) * scale, (base + 9) * scale, (base + 5) * scale, APPROXIMATE)
    low = 1 if before else 2
    return _Reading(base + low * scale, base + 9 * scale, base + 5 * scale, APPROXIMATE)


def _plain_value(written: str) -> Decimal | None:
    if not written:
        return None
    if len(written) == 1 and written in _DIGIT_VALUES:
        return Decimal(_DIGIT_VALUES[written])
    if len(written) > 1 and not set(written) & set("十百千万亿"):
        return None
    try:
        return Decimal(str(cn2an.cn2an(written.replace("〇", "零"), "normal")))
    except (ValueError, LookupError):  # cn2an looks some malformed numerals up in its tables
        return None


def _unit_of(value: Decimal) -> int:
    """The smallest scale a round number names: 3000 → 1000, 3500 → 100, 20 → 10."""
    unit = 1
    while value % (unit * 10) == 0 and unit < 10**8 and value:
        unit *= 10
    return unit


def _loosen(value: Decimal, suffix: str, written: str) -> _Reading | None:
    if value < 10 or value != value.to_integral_value() and "." not in written:
        return None
    unit = _unit_of(value)
    if suffix == "about":
        if unit == 1:
            return None
        return _Reading(value * 9 / 10, value * 11 / 10, value, APPROXIMATE)
    if unit == 1:
        return None
    return _Reading(value + (1 if unit == 10 else 0), value + unit - 1, value, APPROXIMATE)
