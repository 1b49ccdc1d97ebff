"""Bodies of the calls about accounts that are bound to borrowers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import ConstrainedStr

from bot.backend.wire import Answer, Ask

BoundChannel = Literal["wechat", "wecom"]


class OpenId(ConstrainedStr):
    """An account, as its platform calls it."""

    strict = True
    regex = r"^[A-Za-z0-9_-]{6,64}$"


class Mobile(ConstrainedStr):
    """A mobile number of the mainland, digits alone."""

    strict = True
    regex = r"^1[3-9][0-9]{9}$"


class SixDigits(ConstrainedStr):
    """A one-time code."""

    strict = True
    regex = r"^[0-9]{6}$"


class BindingAsk(Ask, example={"channel": "wechat", "openid": "oABCD-1234", "phone": "13800001001"}):
    """An account that wants to be bound to whoever has that phone."""

    channel: BoundChannel
    openid: OpenId
    phone: Mobile


class BindingStart(Answer):
    """That a code is on its way, if anybody has that phone; the answer is the same when nobody has."""

    as_of: datetime
    binding_id: str
    expires_at: datetime
    tries_left: int


class BindingCodeAsk(Ask, example={"channel": "wechat", "openid": "oABCD-1234", "code": "123456"}):
    """The code that somebody received."""

    channel: BoundChannel
    openid: OpenId
    code: SixDigits


class Binding(Answer):
    """An account and the borrower it speaks for; `others` is how many other accounts of the channel speak for them, too."""

    as_of: datetime
    binding_id: str
    channel: BoundChannel
    openid: str
    borrower_id: str
    display_name: str
    care_mode: bool
    bound_at: datetime
    others: int


class Unbound(Answer):
    """How many accounts were unbound; 0 when none was bound."""

    as_of: datetime
    unbound: int


class BoundAccount(Answer):
    """An account that speaks for a borrower."""

    binding_id: str
    channel: BoundChannel
    openid: str
    bound_at: datetime


class BoundAccounts(Answer):
    """All accounts that speak for a borrower, the oldest binding first."""

    as_of: datetime
    accounts: list[BoundAccount]


class SentCode(Answer):
    """A code on its way to a borrower's phone."""

    borrower_name: str
    phone_masked: str
    code: str
    sent_at: datetime
    expires_at: datetime


class SentCodes(Answer):
    """What waits in the outbox for a text message gateway, the newest first; codes that are used or out of time are gone."""

    as_of: datetime
    messages: list[SentCode]
