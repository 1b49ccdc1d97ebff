"""What every channel does to a message before the bot sees it: text stays text, and nothing private rests in clear."""

from __future__ import annotations

import re

MAX_MESSAGE_CHARACTERS = 1000

# In this order: a longer number would otherwise be taken for a shorter one inside it.
_PRIVATE = (
    (
        "身份证号",
        re.compile(r"(?<!\d)[1-9]\d{5}[ .-]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ .-]?\d{3}[\dXx](?!\d)"),
    ),
    ("银行卡号", re.compile(r"(?<!\d)(?:\d[ -]?){15,18}\d(?!\d)")),
    ("手机号", re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ .-]?\d{4}[ .-]?\d{4}(?!\d)")),
)


# Digits and letters of a Chinese input method count like the others.
_FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)} | {ord("Ｘ"): "X", ord("ｘ"): "x"}


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mask(text: str) -> str:
    """The text with ID numbers, bank cards and phone numbers replaced by what they are.

    >>> mask("我叫王芳电话13800138000")
    '我叫王芳电话[手机号]'
    """
    text = text.translate(_FULL_WIDTH)
    for name, pattern in _PRIVATE:

        def replacement(found: re.Match[str], name: str = name) -> str:
            digits = re.sub(r"\D", "", found.group())
            return found.group() if name == "银行卡号" and not _luhn(digits) else f"[{name}]"

        text = pattern.sub(replacement, text)
    return text


def plain_text(text: str) -> str:
    """What the borrower typed, as text that Rasa cannot take for a command.

    Rasa obeys a message that starts with a slash. The full-width slash looks the same to a person and is only text.

    >>> plain_text("/affirm")
    '／affirm'
    """
    spaced = "".join("\n" if c == "\n" else " " if c.isspace() else c for c in text)
    text = mask("".join(c for c in spaced if c.isprintable() or c == "\n").strip())[:MAX_MESSAGE_CHARACTERS]
    return "／" + text[1:] if text.startswith("/") else text
