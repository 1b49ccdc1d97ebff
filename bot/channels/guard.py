"""What every channel does to a message before the bot sees it: text stays text, and nothing private rests in clear."""

from __future__ import annotations

from bot.channels.masking import mask

MAX_MESSAGE_CHARACTERS = 1000
# Masking makes a message shorter, so more than that is looked at; what is longer still is no message of a person's.
_LOOKED_AT = 4 * MAX_MESSAGE_CHARACTERS


def plain_text(text: str) -> str:
    """What the borrower typed, as text that Rasa cannot take for a command.

    Rasa obeys a message that starts with a slash. The full-width slash looks the same to a person and is only text.

    >>> plain_text("/affirm")
    '／affirm'
    """
    text = text if len(text) <= _LOOKED_AT else _cut(text)
    spaced = "".join("\n" if c == "\n" else " " if c.isspace() else c for c in text)
    text = mask("".join(c for c in spaced if c.isprintable() or c == "\n").strip())[:MAX_MESSAGE_CHARACTERS]
    return "／" + text[1:] if text.startswith("/") else text


def _cut(text: str) -> str:
    """The begin of an overlong text, without the number or word that the cut goes through."""
    kept = text[:_LOOKED_AT]
    last = max(kept.rfind(mark) for mark in " \n，。,；;、")
    return kept[:last] if last > _LOOKED_AT - 200 else kept
