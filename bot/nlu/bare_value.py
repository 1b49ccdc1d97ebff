"""Messages that are nothing but a value: "半个月", "到明天吧", "第二笔". They answer a question and ask none.

A classifier of whole sentences sees hardly anything in them, and what it then says of them is chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Times, sums and references answer a question. A product or a reason alone may be a topic, so they are not among them.
ANSWERING = frozenset(
    {"amount", "period", "date", "vague_time", "loan_reference", "card_last4", "instalment_number", "instalment_count"}
)
_FILLER = re.compile(
    r"[，。！？,.!?\s~…、]|那个?|就|到|晚|还|吧|嘛|噻|哦|嗯|呢|啊|了|的|是|要|行|可以|左右|之前|以前|前|那笔|这笔|的话|不对|改成|改到|改为|那我|我说|可能|大概"
)


def is_bare_value(text: str, spans: Iterable[tuple[str, int, int]]) -> bool:
    """Whether the text is a value and fillers only.

    Args:
        text: what was written.
        spans: entity, start and end of each value found in it.

    >>> is_bare_value("到明天吧", [("date", 1, 3)])
    True
    >>> is_bare_value("明天会不会上征信", [("date", 0, 2)])
    False
    """
    answering = [(start, end) for entity, start, end in spans if entity in ANSWERING]
    if not answering:
        return False
    covered = {position for start, end in answering for position in range(start, end)}
    rest = "".join(character for position, character in enumerate(text) if position not in covered)
    return not _FILLER.sub("", rest)
