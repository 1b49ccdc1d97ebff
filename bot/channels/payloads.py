"""Buttons: what they carry is issued by the server to one conversation, and anything else is plain text.

A button's payload leaves the bot as `~<payload>~<seal>`; the seal is a keyed hash over conversation and payload. When the
text of a message is such a payload and the seal fits the conversation it arrives in, the payload inside is obeyed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any


def _seal(secret: str, conversation_id: str, payload: str) -> str:
    return hmac.new(secret.encode(), f"button:{conversation_id}:{payload}".encode(), hashlib.sha256).hexdigest()[:32]


def issue(payload: str, conversation_id: str, secret: str) -> str:
    """The payload as a button of this conversation carries it."""
    packed = base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")
    return f"~{packed}~{_seal(secret, conversation_id, payload)}"


def redeem(text: str, conversation_id: str, secret: str) -> str | None:
    """The payload inside, or None when the text is no payload issued to this conversation."""
    parts = text.split("~")
    if len(parts) != 3 or parts[0] or len(text) > 4096:
        return None
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)).decode()
    except ValueError:
        return None
    return payload if hmac.compare_digest(parts[2].encode(), _seal(secret, conversation_id, payload).encode()) else None


def issue_within(value: Any, conversation_id: str, secret: str) -> Any:
    """A copy of a card in which every member named `payload`, however deep, is issued to this conversation."""
    if isinstance(value, dict):
        return {
            key: issue(inner, conversation_id, secret)
            if key == "payload" and isinstance(inner, str)
            else issue_within(inner, conversation_id, secret)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [issue_within(inner, conversation_id, secret) for inner in value]
    return value
