"""Text in messages of a bounded size: WeChat takes 2,048 bytes of UTF-8, and shows half a link as it comes."""

from __future__ import annotations

from collections.abc import Iterable

import regex  # type: ignore[import-untyped]  # Rasa brings it; `\X` is what a reader takes for one character

TEXT_BYTES = 2048

# What is never cut: a link, the end of a CDATA section, and what is one character to the eye (an emoji of several code points).
_ATOM = regex.compile(r"https?://[!-~]+|\]\]>|\r\n|\X")
# The best place for a cut first; a cut comes after the match, with what closes the sentence.
_PLACES = (
    regex.compile(r"\n\s*\n"),
    regex.compile(r"\n"),
    regex.compile(r"[。！？!?…；;][”’」』）)\]】]*"),
    regex.compile(r"[，、,：:\s]"),
)


def size(text: str) -> int:
    """How many bytes of UTF-8 it takes."""
    return len(text.encode())


def split(text: str, limit: int = TEXT_BYTES) -> list[str]:
    """The text in parts of at most `limit` bytes, cut at the end of a paragraph, line or sentence where there is one.

    Nothing is lost but white space where it is cut. A link stays whole as long as it fits a part by itself.

    >>> split("第一句。第二句。第三句。", limit=26)
    ['第一句。第二句。', '第三句。']
    """
    parts, rest = [], text.strip()
    while size(rest) > limit:
        end = _end_of_part(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [part for part in [*parts, rest] if part]


def packed(blocks: Iterable[str], limit: int) -> list[str]:
    """The blocks in as few messages as hold them in order, a blank line between two; one that is too long is split."""
    messages: list[str] = []
    for block in blocks:
        block = block.strip()
        joined = f"{messages[-1]}\n\n{block}" if messages else block
        if messages and block and size(joined) <= limit:
            messages[-1] = joined
        elif block:
            messages += split(block, TEXT_BYTES) if size(block) > TEXT_BYTES else [block]
    return messages


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis where it is longer than `limit` bytes: for titles of cards.

    >>> shortened("还款计划和每一期", 20)
    '还款计划和…'
    """
    if size(text) <= limit:
        return text
    kept, used = "", size("…")
    for atom in _ATOM.findall(text):
        used += size(atom)
        if used > limit:
            break
        kept += atom
    return f"{kept}…"


def _end_of_part(text: str, limit: int) -> int:
    """Where the first part ends: index of the character after it, at least one on."""
    boundaries, used, at = [], 0, 0
    for atom in _ATOM.findall(text):
        used += size(atom)
        if used > limit:
            break
        at += len(atom)
        boundaries.append(at)
    if not boundaries:
        return _hard_end(text, limit)
    whole = set(boundaries)
    # A good place far too early would make many small messages; better a worse place then.
    for place in _PLACES:
        ends = [found.end() for found in place.finditer(text, 0, at) if found.end() in whole]
        if ends and size(text[: ends[-1]]) * 3 >= limit:
            return int(ends[-1])
    return boundaries[-1]


def _hard_end(text: str, limit: int) -> int:
    """One atom alone is too long (a link nobody made for people): it is cut between code points."""
    used = 0
    for index, character in enumerate(text):
        used += size(character)
        if used > limit:
            return max(1, index)
    return len(text)
