"""Accounts of a messenger that speak for borrowers: bound by a one-time code that the lender sends, read, and unbound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from bot.client.connection import Connection, UnusableAnswer
from bot.client.door import Door
from bot.client.errors import BackendUnavailable, BindingNotFound
from bot.client.results import MalformedAnswer, read

T = TypeVar("T")


@dataclass(frozen=True)
class BindingStart:
    """A code is on its way, if the phone is known; whether it is, nobody is told."""

    binding_id: str
    expires_at: datetime
    tries_left: int


@dataclass(frozen=True)
class Binding:
    """An account and whom it speaks for; `others` is how many other accounts speak for them, too."""

    binding_id: str
    openid: str
    borrower_id: str
    display_name: str
    care_mode: bool
    bound_at: datetime
    others: int


@dataclass(frozen=True)
class BoundAccount:
    """An account that speaks for a borrower."""

    binding_id: str
    channel: str
    openid: str
    bound_at: datetime


class Bindings:
    """One messenger's accounts. Every call asks anew; nothing is kept.

    Args:
        client: the connection to the lender.
        channel: of the accounts, such as `wechat`.
    """

    def __init__(self, client: Connection, channel: str) -> None:
        self._client = client
        self._channel = channel

    def start(self, openid: str, phone: str) -> BindingStart:
        """Has a code sent to the phone, if a borrower has it.

        Raises:
            BindingTooMany: carries retry_after_seconds.
            BackendUnavailable: no usable answer; whether a code was sent is not known, and asking again does no harm.
        """
        return self._call(BindingStart, "POST", "/bindings", {**self._account(openid), "phone": phone})

    def confirm(self, binding_id: str, openid: str, code: str) -> Binding:
        """The binding, once the code is right; the same call again answers the same.

        Raises:
            BindingCodeWrong: carries tries_left.
            BindingCodeExpired, BindingCodeUsedUp, BindingNotFound: another code has to be asked for.
            BackendUnavailable: no usable answer; asking again does no harm.
        """
        path = f"/bindings/{url_quote(binding_id, safe='')}/confirm"
        return self._call(Binding, "POST", path, {**self._account(openid), "code": code})

    def of(self, openid: str) -> Binding | None:
        """Whom an account speaks for; None when for nobody.

        Raises:
            BackendUnavailable: no usable answer.
        """
        try:
            return self._call(Binding, "GET", f"/bindings?{urlencode(self._account(openid))}")
        except BindingNotFound:
            return None

    def unbind(self, openid: str, reason: str = "asked", *, others: bool = False) -> int:
        """Unbinds the account, or with `others` all others that speak for its borrower; how many there were.

        Raises:
            BackendUnavailable: no usable answer; asking again does no harm.
        """
        which = "others" if others else "this"
        query = urlencode({**self._account(openid), "which": which, "reason": reason})
        return self._call(_Unbound, "DELETE", f"/bindings?{query}").unbound

    def _account(self, openid: str) -> dict[str, str]:
        return {"channel": self._channel, "openid": openid}

    def _call(self, kind: type[T], method: str, path: str, body: dict[str, str] | None = None) -> T:
        try:
            return read(kind, self._client.call(method, path, body)[0])
        except (UnusableAnswer, MalformedAnswer) as error:
            raise BackendUnavailable(f"/bindings: {error}") from error


@dataclass(frozen=True)
class _Unbound:
    unbound: int


class OwnAccounts(Door):
    """The messengers' accounts of one borrower."""

    def bound_accounts(self) -> list[BoundAccount]:
        """Accounts that speak for this borrower, the oldest binding first; where something can be told to them.

        Raises:
            BorrowerNotFound: no such borrower.
            BackendUnavailable: no usable answer.
        """
        return self._read_list(BoundAccount, self._get("/bindings"), "accounts")
