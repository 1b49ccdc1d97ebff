"""What every channel does to a message before the bot sees it: text stays text, and nothing private rests in clear."""

from __future__ import annotations

from bot.channels.masking import mask

MAX_MESSAGE_CHARACTERS = 1000


def plain_text(text: str) -> str:
    """What the borrower typed, as text that Rasa cannot take for a command.

    Rasa obeys a message that starts with a slash. The full-width slash looks the same to a person and is only text.

    >>> plain_text("/affirm")
    '／affirm'
    """
    spaced = "".join("\n" if c == "\n" else " " if c.isspace() else c for c in text)
    text = mask("".join(c for c in spaced if c.isprintable() or c == "\n").strip())[:MAX_MESSAGE_CHARACTERS]
    return "／" + text[1:] if text.startswith("/") else text
