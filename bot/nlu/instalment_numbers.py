"""Which instalment, and how many: 第三期 → number 3, 最后一期 → "last", 分12期 and 分三年 → count, 还剩5期 → remaining."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.nlu.numerals import plain_digits, whole_number
from bot.nlu.periods import find_periods

NUMBER = "number"
COUNT = "count"
REMAINING = "remaining"
PAID = "paid"
OVERDUE = "overdue"

_N = r"(?:\d{1,3}|[一二两三四五六七八九十百廿]{1,5})"
_RELATIVE = (
    ("last", re.compile(r"最后(?:一|那|的)?(?:个)?期|末期|尾期|最末一?期")),
    ("next", re.compile(r"(?<!下)下(?:一|个)?期(?!限)")),
    ("current", re.compile(r"(?:这|本|当)(?:一|个)?期(?!间|限|望)|当前(?:这|一)?期")),
    ("previous", re.compile(r"(?<!上)上(?:一|个)?期(?!限)")),
)
_FIRST = re.compile(r"首期|头一?期|首月(?:还款|账单)")
_NUMBER = re.compile(rf"第\s*(?P<n>{_N})\s*期|第\s*(?P<month>{_N})\s*个月(?:的)?(?:还款|账单|那期|分期|要还|该还|还)")
_SPREAD = re.compile(
    rf"(?:分成|分为|分作|分做|分个|分期成?|分|按|改成|改为|换成|变成|选|办|做|拆成)(?:了|个|为)?\s*(?P<n>{_N})\s*个?(?P<unit>期|个月|月(?![份底初中\d一二三四五六七八九十])|年(?![利化底息]))(?!以?后|之后)"
    rf"|(?P<n2>{_N})\s*(?P<unit2>期|个月|年)(?:的)?分期|(?P<n3>{_N})(?P<unit3>年|个月)分(?!钟|钱)"
)
_BORROWED = re.compile(
    rf"(?<![晚延缓推拖迟])(?:借|贷)(?:了|款|呗)?(?:[\d一二两三四五六七八九十百千万多.kw元块]*)?(?:[，\s])?(?<![\d一二两三四五六七八九十])(?P<n>{_N})(?P<unit>期|个月|年(?![利化底息]))"
)
_WHOLE = re.compile(rf"(?<![\d一二两三四五六七八九十第前后])(?P<n>{_N})个月(?:就|要|可以|能|才)?(?:还清|还完|结清|的?期|等额)")
_CUES = (
    (REMAINING, re.compile(r"(?:还有|还欠|还剩下?|剩下?的?|只剩|还差|差)(?:最后)?$")),
    (PAID, re.compile(r"(?:还了|已经?还|还过|交了|还完了?|还清了?|付了|已还)$")),
    (OVERDUE, re.compile(r"(?:逾期|欠|拖|没还|断|漏|落)(?:了|下)?$")),
)
_OVERDUE_AFTER = re.compile(r"(?:都?没|未|忘)[还交]|逾期")
_NOT_COUNT_BEFORE = re.compile(r"(?:[晚延缓推拖迟停展跳免]|延期|推迟|延后|延迟|拖延|每|同|一)(?:个|还|了|后|到|款|交|我)?$")


@dataclass(frozen=True)
class InstalmentMention:
    """An instalment, or a number of them, somewhere in a text.

    Attributes:
        start, end: where it stands.
        kind: "number" (which one, from 1), "count" (in how many), "remaining", "paid" or "overdue" (how many).
        value: the number; for which one also "last", "next", "current" or "previous".
        text: as written.
    """

    start: int
    end: int
    kind: str
    value: int | str
    text: str


def find_instalments(text: str) -> list[InstalmentMention]:
    """The instalment numbers and counts of a text, by position. Months of a spread are instalments, years twelve of them.

    Args:
        text: normalised (half width, lower case).
    """
    plain = plain_digits(text)
    found: list[InstalmentMention] = []

    def add(start: int, end: int, kind: str, value: int | str | None) -> None:
        overlaps = any(other.start < end and start < other.end for other in found)
        if value is not None and value != 0 and not overlaps:
            found.append(InstalmentMention(start, end, kind, value, plain[start:end]))

    for match in _NUMBER.finditer(plain):
        add(match.start(), match.end(), NUMBER, whole_number(match["n"] or match["month"]))
    for word, pattern in _RELATIVE:
        for match in pattern.finditer(plain):
            add(match.start(), match.end(), NUMBER, word)
    for match in _FIRST.finditer(plain):
        add(match.start(), match.end(), NUMBER, 1)
    for match in _SPREAD.finditer(plain):
        group = next(name for name in ("n", "n2", "n3") if match[name])
        unit = match["unit" + group[1:]]
        number = _months(match[group], unit)
        if number != 1:  # 分期一个月一千: a rate
            add(match.start(group), match.end("unit" + group[1:]), COUNT, number)
    for match in _BORROWED.finditer(plain):
        add(match.start("n"), match.end("unit"), COUNT, _months(match["n"], match["unit"]))
    for match in _WHOLE.finditer(plain):
        delayed = re.search(r"[晚延缓推拖迟]", plain[max(0, match.start() - 4) : match.start()])
        if not delayed:
            add(match.start("n"), match.start("n") + len(match["n"]) + 2, COUNT, whole_number(match["n"]))
    _add_counts(plain, add)
    return sorted(found, key=lambda mention: mention.start)


def _add_counts(plain: str, add: Callable[[int, int, str, int | str | None], None]) -> None:
    delays = [(p.start, p.end) for p in find_periods(plain) if p.value and p.value.endswith("I")]
    for match in re.finditer(
        rf"(?<![第\d一二三四五六七八九十几前后上这末])(?<!(?<!剩)下)(?P<n>{_N})期(?!限|间|望|待|货|刊)", plain
    ):
        if any(start < match.end() and match.start() < end for start, end in delays):
            continue
        before = plain[: match.start()]
        kind = next((kind for kind, cue in _CUES if cue.search(before)), COUNT)
        if kind == COUNT and _OVERDUE_AFTER.match(plain, match.end()):
            kind = OVERDUE
        number = whole_number(match["n"])
        if kind == COUNT and (number == 1 or _NOT_COUNT_BEFORE.search(before)):
            continue  # 一期 is mostly "each one": 每期, 一期多少
        add(match.start(), match.end(), kind, number)


def _months(written: str, unit: str) -> int | None:
    number = whole_number(written)
    return number * 12 if number is not None and unit == "年" else number
