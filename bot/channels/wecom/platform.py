"""WeCom's own calls, as far as the bot makes them: `kf/sync_msg`, `kf/send_msg`, media; and what kind of error each number is.

Token, backoff and errors by kind are the WeChat channel's; the numbers are WeCom's (its pages on global error codes, as read in
2026-11).
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from PIL import Image
from wechatpy.work import WeChatClient as WorkClient

from bot.channels.wechat.platform import (
    TIMEOUT_SECONDS,
    Busy,
    NotAllowed,
    OutsideWindow,
    Platform,
    PlatformError,
    QuotaUsedUp,
)
from bot.channels.wechat.said import Piece
from bot.channels.wechat.splitting import shortened
from bot.channels.wechat.store import Store
from bot.channels.wecom.accounts import Threads
from bot.config import WeChatSettings, WeComSettings

log = logging.getLogger(__name__)

PAGE = 200
_THUMB_SECONDS = 2 * 24 * 3600.0  # media is good for three days
_TITLE_BYTES, _DESCRIPTION_BYTES, _ITEM_BYTES = 128, 512, 128
_BY_PERSON = frozenset({2, 3})  # waits for a servicer, is served by one


class NotOurTurn(PlatformError):  # noqa: N818
    """95018, 95013: a servicer has the conversation, or it has ended."""


class TokenOfOtherTime(PlatformError):  # noqa: N818
    """95007: the callback's token is no longer good."""


KINDS: Mapping[int, type[PlatformError]] = {
    95001: QuotaUsedUp,
    95002: OutsideWindow,
    95024: OutsideWindow,
    95018: NotOurTurn,
    95013: NotOurTurn,
    95007: TokenOfOtherTime,
    95000: NotAllowed,  # no such account
    95004: NotAllowed,
    95017: NotAllowed,  # calls are switched off
    40001: NotAllowed,  # the secret
    40013: NotAllowed,  # the corp id
    48002: NotAllowed,
    60011: NotAllowed,
    60020: NotAllowed,  # address not on the list
    -1: Busy,
    45009: Busy,
    45033: Busy,
}


@dataclass(frozen=True)
class Page:
    """What one pull brought."""

    messages: list[Any]
    cursor: str
    has_more: bool


class WeComPlatform(Platform):
    """The platform's calls for one corp.

    Args:
        corp: corp id, secret and where WeCom answers.
        store: keeps the access token for all processes.
        threads: which account somebody talks to.
        pause: waits so many seconds; tests put their own here.
    """

    kinds = KINDS

    def __init__(self, corp: WeComSettings, store: Store, threads: Threads, pause: Callable[[float], None] = time.sleep) -> None:
        super().__init__(as_account(corp), store, pause)
        self._corp = corp
        self._threads = threads
        self._client = _Client(corp, self)
        self._thumb: tuple[str, float] = ("", 0.0)

    def sync(self, open_kfid: str, cursor: str | None, token: str) -> Page:
        """What came to an account after the cursor; the oldest first.

        Raises:
            PlatformError: by its kind.
        """
        asked: dict[str, Any] = {"open_kfid": open_kfid, "limit": PAGE, "cursor": cursor or ""}
        try:
            answer = self._post("kf/sync_msg", {**asked, "token": token} if token else asked)
        except TokenOfOtherTime:
            answer = self._post("kf/sync_msg", asked)  # WeCom allows that, if not often
        rows, next_cursor = answer.get("msg_list"), answer.get("next_cursor")
        if not isinstance(rows, list) or not isinstance(next_cursor or "", str):
            raise PlatformError(0, "a page of messages that is none")
        return Page(rows, next_cursor or cursor or "", bool(answer.get("has_more")))

    def is_served_by_person(self, external_userid: str, open_kfid: str) -> bool:
        """Whether a servicer has the conversation, or it waits for one.

        Raises:
            PlatformError: by its kind.
        """
        answer = self._post("kf/service_state/get", {"open_kfid": open_kfid, "external_userid": external_userid})
        return answer.get("service_state") in _BY_PERSON

    def send(self, openid: str, piece: Piece) -> None:
        """Sends one message, as the welcome where one is open, else within what a borrower's message allows.

        Raises:
            PlatformError: by its kind.
        """
        message = self._message(piece)
        code = self._threads.take_welcome(openid) if piece.kind in ("text", "menu") else ""
        if code:
            self._post("kf/send_msg_on_event", {"code": code, **message})
            return
        open_kfid = self._threads.account_of(openid)
        if not open_kfid:
            raise OutsideWindow(0, "nobody who has written lately")
        self._post("kf/send_msg", {"touser": openid, "open_kfid": open_kfid, **message})

    def download_media(self, media_id: str) -> tuple[bytes, str]:
        """A borrower's picture or file, and its MIME type as the platform gives it.

        Raises:
            PlatformError: by its kind; media that has expired is a plain one (40007).
        """
        answer = self._call(lambda: self._client.get("media/get", params={"media_id": media_id}))
        if not isinstance(answer, requests.Response):
            raise PlatformError(0, "the media is no file")
        return answer.content, answer.headers.get("content-type", "").split(";")[0].strip()

    def _message(self, piece: Piece) -> dict[str, Any]:
        if piece.kind == "image":
            return _of("image", media_id=self.upload_image(piece.png))
        if piece.kind == "menu":
            items = [{"id": item, "content": shortened(title, _ITEM_BYTES)} for item, title in piece.items]
            rows = [{"type": "click", "click": item} for item in items]
            return _of("msgmenu", head_content=piece.text, list=rows, tail_content=piece.tail)
        if piece.kind == "news":
            about = {"title": shortened(piece.title, _TITLE_BYTES), "desc": shortened(piece.description, _DESCRIPTION_BYTES)}
            return _of("link", **about, url=piece.url, thumb_media_id=self._thumbnail())
        if piece.kind == "miniprogram":
            return _of("miniprogram", appid=piece.text, title=piece.title, pagepath=piece.url, thumb_media_id=self._thumbnail())
        return _of("text", content=piece.text)

    def _thumbnail(self) -> str:
        """WeCom shows no link without a picture beside it: a plain square."""
        media_id, until = self._thumb
        if until < self._store.clock():
            png = io.BytesIO()
            Image.new("RGB", (120, 120), (11, 95, 122)).save(png, "PNG")
            media_id = self.upload_image(png.getvalue())
            self._thumb = (media_id, self._store.clock() + _THUMB_SECONDS)
        return media_id

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._call(lambda: self._client.post(path, data=body))
        if not isinstance(answer, dict):
            raise Busy(0, "no usable answer", perhaps_done=True)
        return answer

    def _token_call(self) -> tuple[str, dict[str, str]]:
        return "/cgi-bin/gettoken", {"corpid": self._corp.corp_id, "corpsecret": self._corp.secret}


class _Client(WorkClient):
    """wechatpy's client with our token and our address, and without its own retries."""

    def __init__(self, corp: WeComSettings, platform: Platform) -> None:
        super().__init__(corp.corp_id, corp.secret, timeout=TIMEOUT_SECONDS, auto_retry=False)
        self.API_BASE_URL = f"{corp.api_url}/cgi-bin/"
        self._platform = platform

    @property
    def access_token(self) -> str:
        return self._platform.access_token()


def as_account(corp: WeComSettings) -> WeChatSettings:
    """The corp as the WeChat channel's parts know an account."""
    return WeChatSettings(
        app_id=corp.corp_id,
        token=corp.token,
        aes_key=corp.aes_key,
        secret=corp.secret,
        api_url=corp.api_url,
        service_messages=True,
        template_id="",
        consent_url="",
        db=corp.db,
    )


def _of(kind: str, **body: Any) -> dict[str, Any]:
    return {"msgtype": kind, kind: body}
