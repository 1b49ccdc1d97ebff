"""Who is speaking: conversation ids that carry a verified identity, and the web tokens they come from.

A conversation id reads `web.B1001.5f0c…`: channel, borrower, and a keyed hash of both. Channels make it after they have
verified somebody; the action server checks the hash before it asks the loan backend anything on that borrower's behalf.
So neither a slot, nor a text, nor a `sender` that somebody chose can make a conversation speak for a borrower.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass

import jwt

GUEST = "guest"
_PART = re.compile(r"[A-Za-z0-9_-]{1,64}")


class NotVerified(Exception):
    """A token or conversation id is not what this bot gave out; the message is for the log."""


@dataclass(frozen=True)
class Speaker:
    """Somebody a channel has verified.

    Attributes:
        channel: name of the channel, such as `web`.
        borrower_id: the borrower; None for a guest, who hears general answers only.
        guest_id: what keeps two guests apart.
    """

    channel: str
    borrower_id: str | None
    guest_id: str = ""

    def conversation_id(self, secret: str) -> str:
        """The conversation id of this speaker, the same each time."""
        who = self.borrower_id or f"{GUEST}-{self.guest_id}"
        return f"{self.channel}.{who}.{_seal(secret, self.channel, who)}"


def _seal(secret: str, channel: str, who: str) -> str:
    return hmac.new(secret.encode(), f"conversation:{channel}:{who}".encode(), hashlib.sha256).hexdigest()[:32]


def speaker_of(conversation_id: str, secret: str) -> Speaker:
    """The speaker that a conversation id was made for.

    Raises:
        NotVerified: the id was not made with this secret.
    """
    try:
        channel, who, seal = conversation_id.split(".")
    except ValueError as error:
        raise NotVerified("not a conversation id of this bot") from error
    if not hmac.compare_digest(seal.encode(), _seal(secret, channel, who).encode()):
        raise NotVerified("the conversation id's seal is wrong")
    if who.startswith(f"{GUEST}-"):
        return Speaker(channel, None, who[len(GUEST) + 1 :])
    return Speaker(channel, who)


def web_token(borrower_id: str | None, secret: str, *, seconds: int = 3600, guest_id: str | None = None) -> str:
    """A token as the lender's site signs it for the borrower it has logged in, or as the bot gives it to a guest."""
    now = int(time.time())
    claims: dict[str, object] = {"aud": "huanban", "iat": now, "exp": now + seconds}
    if borrower_id is None:
        claims["guest"] = guest_id or secrets.token_hex(12)
    else:
        claims["sub"] = borrower_id
    return jwt.encode(claims, secret, algorithm="HS256")


def speaker_of_web_token(token: str, secret: str) -> Speaker:
    """The speaker that a web token names.

    Raises:
        NotVerified: the token is altered, expired, or not meant for this bot.
    """
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], audience="huanban", options={"require": ["exp"]})
    except jwt.InvalidTokenError as error:
        raise NotVerified(str(error)) from error
    who = claims.get("sub") or claims.get("guest")
    if not isinstance(who, str) or not _PART.fullmatch(who) or who.startswith(f"{GUEST}-"):
        raise NotVerified("the token names nobody")
    return Speaker("web", who) if claims.get("sub") else Speaker("web", None, who)
