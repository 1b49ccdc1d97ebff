"""The door of WeCom's callback: signed and encrypted for this corp, or refused. It says that there is something, and no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import xmltodict

from bot.channels.wechat.signature import Door, Refused, one
from bot.channels.wecom.platform import as_account
from bot.channels.wecom.received import is_id
from bot.config import ConfigurationError, WeComSettings

_LONGEST_TOKEN = 200


@dataclass(frozen=True)
class News:
    """There is something to pull from an account, with the token that makes the pull one that was asked for."""

    open_kfid: str
    token: str


class WeComDoor(Door):
    """Lets WeCom's calls in.

    Args:
        corp: token, corp id and AES key.
        clock: seconds since 1970.

    Raises:
        ConfigurationError: the token is missing, or the AES key is none.
    """

    def __init__(self, corp: WeComSettings, clock: Callable[[], float] = time.time) -> None:
        for name, value in (("TOKEN", corp.token), ("AES_KEY", corp.aes_key), ("SECRET", corp.secret)):
            if not value:
                raise ConfigurationError(f"HUANBAN_WECOM_{name} is empty: take it from the customer service's configuration.")
        try:
            super().__init__(as_account(corp), clock)
        except ConfigurationError as error:
            raise ConfigurationError("HUANBAN_WECOM_AES_KEY is no EncodingAESKey: it has 43 letters and digits.") from error

    def echo(self, query: Mapping[str, list[str]]) -> str:
        """What WeCom wants to hear when the address is entered: its echostr, decrypted.

        Raises:
            Refused: it is not WeCom that asks.
        """
        signed = self._signed(query)
        echo = one(query, "echostr")
        self._must_match(one(query, "msg_signature"), *signed, echo)
        try:
            return str(self._cipher.decrypt(echo, self._app_id))
        except Exception as error:  # IndexError, ValueError, struct.error, InvalidAppIdException …
            raise Refused(f"an echostr that cannot be decrypted: {type(error).__name__}") from error

    def news(self, query: Mapping[str, list[str]], body: bytes) -> News | None:
        """What a callback says; None for one that is WeCom's and has nothing to do with customer service.

        Raises:
            Refused: forged, stale, meant for another corp, or malformed.
        """
        call = self.opened(query, body)
        try:
            fields = xmltodict.parse(call.xml)["xml"]
            if fields["ToUserName"] != self._app_id:
                raise ValueError
            if (fields["MsgType"], fields.get("Event")) != ("event", "kf_msg_or_event"):
                return None
            token, open_kfid = fields["Token"], fields["OpenKfId"]
            if not isinstance(token, str) or len(token) > _LONGEST_TOKEN or not is_id(open_kfid):
                raise ValueError
        except Exception as error:  # expat's and xmltodict's own, KeyError, TypeError, ValueError
            raise Refused(f"not a callback of WeCom's: {type(error).__name__}") from error
        return News(open_kfid, token)
