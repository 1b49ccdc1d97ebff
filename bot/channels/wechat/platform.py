"""WeChat's own calls, as far as the bot makes them: what they do, and what kind of error each number is.

Calls block (wechatpy's client is a `requests` one) and run on threads. The access token lies in the database: one process fetches
it, the others wait for that; WeChat makes the older one worthless soon after a new one is given out.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import requests
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatException

from bot.channels.wechat.said import Piece
from bot.channels.wechat.store import Store, tokens
from bot.config import WeChatSettings

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT_SECONDS = 4.0
BACKOFF_SECONDS = (0.2, 0.6, 1.8)
RENEW_BEFORE_SECONDS = 300
RENEWING_SECONDS = 10.0


class PlatformError(Exception):
    """WeChat did not do it; `errcode` is its number, or 0 when there was no answer."""

    def __init__(self, errcode: int, message: str) -> None:
        super().__init__(f"{errcode} {message}".strip())
        self.errcode = errcode


class OutsideWindow(PlatformError):  # noqa: N818 - the platform's word for it
    """45015, 45057 and the like: too long ago that the borrower wrote."""


class QuotaUsedUp(PlatformError):  # noqa: N818
    """45047: too many customer-service messages since the borrower wrote."""


class NotFollowing(PlatformError):  # noqa: N818
    """43004, 43019, 48002: the borrower does not follow the account, or takes no messages."""


class NoConsent(PlatformError):  # noqa: N818
    """43101: no unspent consent to a subscribe message."""


class NotAllowed(PlatformError):  # noqa: N818
    """48001 (no such right), 40164 (address not on the list), 40013 (app id), 40125 (secret): an operator's matter."""


class Busy(PlatformError):  # noqa: N818
    """-1, 45009, 5xx or no answer: whether it was done is known for -1 and 45009 only (it was not)."""

    def __init__(self, errcode: int, message: str, *, perhaps_done: bool = False) -> None:
        super().__init__(errcode, message)
        self.perhaps_done = perhaps_done


KINDS: dict[int, type[PlatformError]] = {
    45015: OutsideWindow,
    45047: QuotaUsedUp,
    43004: NotFollowing,
    43019: NotFollowing,
    48002: NotFollowing,
    43101: NoConsent,
    48001: NotAllowed,
    40164: NotAllowed,
    40013: NotAllowed,
    40125: NotAllowed,
    -1: Busy,
    45009: Busy,
}
_TOKEN_IS_NONE = frozenset({40001, 40014, 42001})


class Platform:
    """The platform's calls for one account.

    Args:
        account: app id, secret and where WeChat answers.
        store: keeps the access token for all processes.
        pause: waits so many seconds; tests put their own here.

    Attributes:
        kinds: what kind of error each number is.
    """

    kinds: Mapping[int, type[PlatformError]] = KINDS

    def __init__(self, account: WeChatSettings, store: Store, pause: Callable[[float], None] = time.sleep) -> None:
        self._account = account
        self._store = store
        self._pause = pause
        self._client: Any = _Client(account, self)

    # What it does for a borrower.

    def send(self, openid: str, piece: Piece) -> None:
        """Sends one customer-service message.

        Raises:
            PlatformError: by its kind.
        """
        message = self._client.message
        if piece.kind == "image":
            media_id = self.upload_image(piece.png)
            self._call(lambda: message.send_image(openid, media_id))
        elif piece.kind == "menu":
            menu = {
                "head_content": piece.text,
                "list": [{"id": item_id, "content": title} for item_id, title in piece.items],
                "tail_content": piece.tail,
            }
            self._call(lambda: message.send_msg_menu(openid, menu))
        elif piece.kind == "news":
            article = {
                "title": piece.title,
                "description": piece.description,
                "url": piece.url,
                "picurl": piece.picture_url,
            }
            self._call(lambda: message.send_articles(openid, [article]))
        elif piece.kind == "miniprogram":
            page = {"title": piece.title, "appid": piece.text, "pagepath": piece.url, "thumb_media_id": piece.picture_url}
            self._call(lambda: message.send_mini_program_page(openid, page))
        else:
            self._call(lambda: message.send_text(openid, piece.text))

    def send_subscribe_message(self, openid: str, template_id: str, data: dict[str, dict[str, str]], page: str = "") -> None:
        """Spends one consent.

        Raises:
            PlatformError: `NoConsent` among others.
        """
        self._call(lambda: self._client.message.send_subscribe_message(openid, template_id, data, page=page or None))

    def upload_image(self, png: bytes) -> str:
        """The id of a temporary picture, good for three days.

        Raises:
            PlatformError: by its kind.
        """
        # Made anew for each try: a file that was read once is empty the second time.
        answer = self._call(lambda: self._client.media.upload("image", ("picture.png", io.BytesIO(png), "image/png")))
        return str(answer["media_id"])

    def download_media(self, media_id: str) -> tuple[bytes, str]:
        """A borrower's picture, voice or file, and its MIME type as the platform gives it.

        Raises:
            PlatformError: by its kind; media that has expired is a plain one (40007).
        """
        answer = self._call(lambda: self._client.media.download(media_id))
        if not isinstance(answer, requests.Response):
            raise PlatformError(0, "the media is no file")
        return answer.content, answer.headers.get("content-type", "").split(";")[0].strip()

    def create_menu(self, menu: dict[str, Any]) -> None:
        """Puts up the account's menu.

        Raises:
            PlatformError: by its kind.
        """
        self._call(lambda: self._client.menu.create(menu))

    def callback_addresses(self) -> list[str]:
        """The platform's own addresses; the cheapest call that needs a token.

        Raises:
            PlatformError: by its kind.
        """
        return list(self._call(lambda: self._client.get("getcallbackip")).get("ip_list", []))

    # The access token.

    def access_token(self) -> str:
        """The token in force; fetched by one process when there is none.

        Raises:
            PlatformError: it cannot be had.
        """
        waited = 0.0
        while True:
            kept = self._store.read(self._kept_token)
            if kept and kept.token and kept.until > self._store.clock():
                return str(kept.token)
            if self._store.write(self._may_renew):
                return self._renew()
            if waited > RENEWING_SECONDS:
                raise Busy(0, "another process does not come back with an access token")
            self._pause(0.05)
            waited += 0.05

    def forget_token(self, token: str) -> None:
        """The platform does not know this token any more; a newer one, fetched meanwhile, stays."""
        mine = (tokens.c.app_id == self._account.app_id, tokens.c.token == token)
        self._store.write(lambda c: c.execute(sa.update(tokens).where(*mine).values(until=0.0)))

    def _kept_token(self, connection: Connection) -> Any:
        return connection.execute(sa.select(tokens).where(tokens.c.app_id == self._account.app_id)).one_or_none()

    def _may_renew(self, connection: Connection) -> bool:
        now, app_id = self._store.clock(), self._account.app_id
        kept = self._kept_token(connection)
        if kept is None:
            row = {"app_id": app_id, "token": "", "until": 0.0, "renewing_until": now + RENEWING_SECONDS}
            connection.execute(sa.insert(tokens).values(**row))
            return True
        if kept.until > now or kept.renewing_until > now:
            return False
        mine = (tokens.c.app_id == app_id, tokens.c.renewing_until == kept.renewing_until)
        changed = connection.execute(sa.update(tokens).where(*mine).values(renewing_until=now + RENEWING_SECONDS))
        return bool(changed.rowcount)

    def _token_call(self) -> tuple[str, dict[str, str]]:
        """Path and parameters of the call that gives out a token."""
        secret = {"appid": self._account.app_id, "secret": self._account.secret}
        return "/cgi-bin/token", {"grant_type": "client_credential", **secret}

    def _renew(self) -> str:
        kept: dict[str, Any] = {"renewing_until": 0.0}
        try:
            path, parameters = self._token_call()
            try:
                answer = requests.get(
                    f"{self._account.api_url}{path}", params=parameters, timeout=TIMEOUT_SECONDS, allow_redirects=False
                ).json()
            except (requests.RequestException, ValueError) as error:
                # The address holds the secret; the exception's own text would put it into the log.
                raise Busy(0, f"no access token: {type(error).__name__}") from None
            if not isinstance(answer, dict) or not answer.get("access_token"):
                raise self._error(int(answer.get("errcode", 0)), str(answer.get("errmsg", "")))
            seconds = float(answer.get("expires_in", 7200))
            kept |= {"token": answer["access_token"], "until": self._store.clock() + max(30.0, seconds - RENEW_BEFORE_SECONDS)}
            log.info("a new access token is good for %.0f s", seconds)
            return str(answer["access_token"])
        finally:
            mine = tokens.c.app_id == self._account.app_id
            self._store.write(lambda c: c.execute(sa.update(tokens).where(mine).values(**kept)))

    # How a call is made.

    def _call(self, call: Callable[[], T]) -> T:
        """What a call comes to: once more with a new token when ours is none, and again with backoff when the system is busy."""
        renewed = False
        waits = iter(BACKOFF_SECONDS)
        while True:
            token = self.access_token()
            try:
                return call()
            except WeChatException as error:
                errcode = int(error.errcode or 0)
                if errcode in _TOKEN_IS_NONE and not renewed:
                    renewed = True
                    self.forget_token(token)
                    continue
                raised = self._error(errcode, str(error.errmsg or "no usable answer")[:200])
            except requests.RequestException as error:
                raised = Busy(0, type(error).__name__, perhaps_done=not isinstance(error, requests.ConnectTimeout))
            # Again only what was certainly not done: a message that came twice is worse than one that waits.
            wait = next(waits, None)
            if not isinstance(raised, Busy) or raised.perhaps_done or wait is None:
                raise raised
            self._pause(wait)

    def _error(self, errcode: int, message: str) -> PlatformError:
        kind = self.kinds.get(errcode)
        if kind is None:
            return Busy(0, message, perhaps_done=True) if errcode == 0 else PlatformError(errcode, message)
        return kind(errcode, message)


class _Client(WeChatClient):
    """wechatpy's client with our token and our address, and without its own retries (which never end when a token stays bad)."""

    def __init__(self, account: WeChatSettings, platform: Platform) -> None:
        super().__init__(account.app_id, account.secret, timeout=TIMEOUT_SECONDS, auto_retry=False)
        self.API_BASE_URL = f"{account.api_url}/cgi-bin/"
        self._platform = platform

    @property
    def access_token(self) -> str:
        return self._platform.access_token()
