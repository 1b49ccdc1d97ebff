"""The conversation as a file that a person can read and keep."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from bot.channels.chat.history import Message
from bot.channels.chat.words import ChannelWords

# What borrowers read is told in Shanghai's time; it knows no summer time.
SHANGHAI = timezone(timedelta(hours=8))


def transcript(messages: Iterable[Message], words: ChannelWords, now: datetime) -> str:
    """All messages with their times, oldest first. Cards are left out: a text beside each says the same."""
    names = {"borrower": words.text("utter_transcript_borrower"), "bot": words.text("utter_transcript_bot")}
    blocks = [words.text("utter_transcript_heading", at=_shown(now))]
    for message in messages:
        lines = [message["text"]] if message.get("text") else []
        lines += [f"［{button['title']}］" for button in message.get("buttons", ())]
        if lines:
            at = datetime.fromisoformat(message["at"].replace("Z", "+00:00"))
            blocks.append("\n".join([f"{_shown(at)} {names[message['from']]}", *lines]))
    return "\n\n".join(blocks) + "\n"


def _shown(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
