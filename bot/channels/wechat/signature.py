"""The door: a call is WeChat's when it is signed, fresh and whole; everything else is refused, and nothing of it goes further.

wechatpy compares signatures with `!=`, looks at no clock, and raises IndexError, ValueError, struct.error and others for a body
that is not what it expects. Here the comparison takes the same time for every wrong signature, and whatever is raised is one
refusal.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wechatpy.crypto import PrpCrypto, WeChatCrypto

from bot.config import ConfigurationError, WeChatSettings

FRESH_SECONDS = 300
_LONGEST = 128
_ENCRYPTED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*</Encrypt>")


class Refused(Exception):  # noqa: N818 - the call is refused
    """A call that is not WeChat's, or not of now; the message is for the log and holds nothing of the call's body."""


@dataclass(frozen=True)
class Call:
    """A call that passed the door.

    Attributes:
        xml: the message, decrypted.
        nonce: what makes this call one of a kind.
        encrypted: whether the answer has to be encrypted, too.
    """

    xml: str
    nonce: str
    encrypted: bool


class Door:
    """Lets WeChat's calls in.

    Args:
        account: token, app id and AES key.
        clock: seconds since 1970.

    Raises:
        ConfigurationError: the token is missing, or the AES key is none.
    """

    def __init__(self, account: WeChatSettings, clock: Callable[[], float] = time.time) -> None:
        if not account.token:
            raise ConfigurationError("HUANBAN_WECHAT_TOKEN is empty: take it from the account's server configuration.")
        self._token = account.token
        self._app_id = account.app_id
        self._clock = clock
        self._crypto: WeChatCrypto | None = None
        if account.aes_key:
            try:
                if len(account.aes_key) != 43:
                    raise ValueError
                self._crypto = WeChatCrypto(account.token, account.aes_key, account.app_id)
                self._cipher = PrpCrypto(base64.b64decode(account.aes_key + "="))
            except (ValueError, AssertionError) as error:
                raise ConfigurationError("HUANBAN_WECHAT_AES_KEY is no EncodingAESKey: it has 43 letters and digits.") from error

    def echo(self, query: Mapping[str, list[str]]) -> str:
        """What WeChat wants to hear when the address is entered in the account's configuration.

        Raises:
            Refused: it is not WeChat that asks.
        """
        signed = self._signed(query)
        self._must_match(one(query, "signature"), *signed)
        echo = one(query, "echostr")
        if not echo.isascii() or not echo.isalnum():
            raise Refused("an echostr that WeChat does not send")
        return echo

    def opened(self, query: Mapping[str, list[str]], body: bytes) -> Call:
        """The message of a call.

        In AES mode only what is encrypted counts, also where the same stands beside it in clear (compatible mode): the signature
        for the address says nothing about the body, that for the message covers it.

        Raises:
            Refused: forged, stale, or malformed.
        """
        signed = self._signed(query)
        nonce = hashlib.sha256("\n".join(signed).encode()).hexdigest()
        if self._crypto is None:
            self._must_match(one(query, "signature"), *signed)
            try:
                return Call(body.decode("utf-8"), nonce, False)
            except UnicodeDecodeError as error:
                raise Refused("a body that is no UTF-8") from error
        encrypted = _encrypted(body)
        self._must_match(one(query, "msg_signature"), *signed, encrypted)
        try:
            return Call(str(self._cipher.decrypt(encrypted, self._app_id)), nonce, True)
        except Exception as error:  # IndexError, ValueError, struct.error, InvalidAppIdException …
            raise Refused(f"a message that cannot be decrypted: {type(error).__name__}") from error

    def sealed(self, xml: str, nonce: str) -> str:
        """An answer as WeChat wants it: encrypted and signed when the calls are."""
        if self._crypto is None:
            return xml
        return str(self._crypto.encrypt_message(xml, nonce[:16], str(int(self._clock()))))

    def _signed(self, query: Mapping[str, list[str]]) -> tuple[str, str]:
        timestamp, nonce = one(query, "timestamp"), one(query, "nonce")
        if not (timestamp.isascii() and timestamp.isdecimal()) or not nonce:
            raise Refused("no timestamp or no nonce")
        if abs(self._clock() - int(timestamp)) > FRESH_SECONDS:
            raise Refused("a call of another time")
        return timestamp, nonce

    def _must_match(self, signature: str, *signed: str) -> None:
        expected = signed_with(self._token, *signed)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise Refused("the signature is wrong")


def signed_with(token: str, *parts: str) -> str:
    """WeChat's signature: SHA-1 of token and parts, sorted."""
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()


def one(query: Mapping[str, list[str]], name: str) -> str:
    """The one value of a parameter; twice given it could mean one thing to the door and another behind it."""
    values = query.get(name) or []
    if len(values) > 1 or any(len(value) > _LONGEST for value in values):
        raise Refused(f"{name} is given twice, or is too long")
    return values[0] if values else ""


def _encrypted(body: bytes) -> str:
    """The one thing in the body that counts; what it holds is signed, and parsed when it has been decrypted."""
    found = _ENCRYPTED.findall(body)
    if len(found) != 1:
        raise Refused("a body without anything encrypted, or with several")
    return str(found[0].decode("ascii"))
