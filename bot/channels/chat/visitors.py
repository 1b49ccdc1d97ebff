"""Who is at the other end of a socket or a call: verified from the token, and for how long."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

import jwt

from bot.identity import NotVerified, Speaker, speaker_of_web_token


@dataclass(frozen=True)
class Visitor:
    """Somebody the chat channel has verified.

    Attributes:
        speaker: who, as the lender's site (or the bot, for a guest) signed it.
        conversation_id: made from that on the server; the name of the room, too.
        expires: until when, in seconds since 1970.
    """

    speaker: Speaker
    conversation_id: str
    expires: float

    @property
    def is_guest(self) -> bool:
        """Whether nobody is logged in."""
        return self.speaker.borrower_id is None

    @property
    def expires_at(self) -> str:
        """The moment, as RFC 3339."""
        return datetime.fromtimestamp(self.expires, timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")

    @property
    def has_expired(self) -> bool:
        """Whether the token no longer speaks for anybody."""
        return time.time() >= self.expires


def visitor_of(token: object, web_secret: str, conversation_secret: str) -> Visitor:
    """The visitor that a token names.

    Raises:
        NotVerified: the token is missing, altered, expired, or not meant for this bot.
    """
    if not isinstance(token, str) or not token:
        raise NotVerified("no token")
    speaker = speaker_of_web_token(token, web_secret)
    # Its signature and expiry have been checked by now; this only reads when that will be.
    expires = float(jwt.decode(token, options={"verify_signature": False})["exp"])
    return Visitor(speaker, speaker.conversation_id(conversation_secret), expires)


def bearer_token(headers: Mapping[str, str]) -> str:
    """The token of a call's `Authorization` header; empty when there is none."""
    scheme, _, token = (headers.get("authorization") or "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def address_of(peer: str, forwarded_for: str | None, proxies: int) -> str:
    """The IP address that a call came from.

    Args:
        peer: the other end of the connection.
        forwarded_for: the `X-Forwarded-For` header; anybody can write one, so only what our own proxies added counts.
        proxies: how many of them stand before the bot.
    """
    hops = [hop.strip() for hop in (forwarded_for or "").split(",") if hop.strip()]
    return hops[-proxies] if proxies and len(hops) >= proxies else peer
