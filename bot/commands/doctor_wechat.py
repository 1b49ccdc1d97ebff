"""`./huanban doctor wechat`: what is wrong with the configuration of the WeChat account, a sentence each."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator

import requests

from bot.commands.doctor import Finding
from bot.config import Settings, WeChatSettings

TIMEOUT_SECONDS = 5
_MENDS = {
    40164: "Put the address that the sentence names on the account's IP whitelist (基本配置 → IP白名单).",
    40013: "HUANBAN_WECHAT_APP_ID is not the account's; copy it again from 基本配置.",
    40125: "HUANBAN_WECHAT_SECRET is not the account's; reset it in 基本配置 and copy it at once, it is shown once.",
    40243: "The secret is frozen; unfreeze it in 基本配置.",
    48001: "The account has no right to customer-service messages; set HUANBAN_WECHAT_SERVICE_MESSAGES=off, or get certified.",
    45009: "The day's number of calls is used up; clear it in the account's backend, or wait for tomorrow.",
}


def examine_wechat(settings: Settings) -> Iterator[Finding]:
    """Everything that can be known without a borrower, one finding each; a call or two goes to WeChat."""
    account = settings.wechat
    if not account.app_id:
        yield Finding(
            False, "HUANBAN_WECHAT_APP_ID is empty: there is no WeChat channel", "docs/wechat.md says how to set one up."
        )
        return
    yield from _shapes(account)
    yield from _platform(account)
    yield _own_address(settings)
    yield from _files()


def _shapes(account: WeChatSettings) -> Iterator[Finding]:
    yield Finding(
        bool(re.fullmatch(r"wx[0-9a-f]{16}", account.app_id)),
        "the app id has the form of one",
        "HUANBAN_WECHAT_APP_ID is wx and sixteen of 0-9a-f; gh_… is the account's own id, which is not asked for.",
    )
    yield Finding(
        bool(re.fullmatch(r"[A-Za-z0-9]{3,32}", account.token)),
        f"the token has {len(account.token)} characters",
        "HUANBAN_WECHAT_TOKEN has 3 to 32 letters and digits, the same as in the account's server configuration.",
    )
    if account.aes_key:
        yield Finding(
            bool(re.fullmatch(r"[A-Za-z0-9]{43}", account.aes_key)),
            f"the EncodingAESKey has {len(account.aes_key)} characters",
            "HUANBAN_WECHAT_AES_KEY has 43 letters and digits; copy it again from the account's server configuration.",
        )
    else:
        yield Finding(
            True, "messages come in clear (no EncodingAESKey): choose 安全模式 and set HUANBAN_WECHAT_AES_KEY for safe mode"
        )
    yield Finding(
        account.api_url.startswith("https://") or account.api_url.startswith("http://127.0.0.1"),
        f"WeChat's calls go to {account.api_url}",
        "HUANBAN_WECHAT_API_URL has to be https; the secret travels in it.",
    )
    if not account.secret:
        yield Finding(
            True, "no secret: passive replies only, late answers are fetched with 「继续」, pictures cannot be handed in"
        )
    yield Finding(
        bool(account.template_id) == bool(account.consent_url),
        "subscribe messages about decisions are " + ("configured" if account.template_id else "off"),
        "HUANBAN_WECHAT_TEMPLATE_ID and HUANBAN_WECHAT_CONSENT_URL belong together: without consent nothing can be sent.",
    )


def _platform(account: WeChatSettings) -> Iterator[Finding]:
    from bot.channels.wechat.platform import Busy, Platform, PlatformError
    from bot.channels.wechat.store import Store

    if not account.secret:
        return
    # The bot's own store: a token of our own would end the one that a running bot has.
    store = Store(account.db)
    platform = Platform(account, store, pause=lambda seconds: None)
    try:
        platform.access_token()
        yield Finding(True, "WeChat gives an access token")
        found = platform.callback_addresses()
        yield Finding(bool(found), f"WeChat answers calls; its own come from {len(found)} addresses")
    except Busy as error:
        yield Finding(False, f"WeChat does not answer: {error}", "Check the network and HUANBAN_WECHAT_API_URL, and look again.")
    except PlatformError as error:
        mend = _MENDS.get(error.errcode, "The number is explained on the platform's page of return codes (全局返回码).")
        yield Finding(False, f"WeChat refuses: {error}", mend)
    finally:
        store.close()


def _own_address(settings: Settings) -> Finding:
    """A running bot is asked as WeChat asks when the address is entered; whether WeChat reaches it, only WeChat can say."""
    from bot.channels.wechat.signature import signed_with

    url = f"{settings.bot_url}/webhooks/wechat/webhook"
    moment, nonce, echo = str(int(time.time())), secrets.token_hex(5), str(secrets.randbelow(10**15))
    query = {"signature": signed_with(settings.wechat.token, moment, nonce), "timestamp": moment, "nonce": nonce, "echostr": echo}
    try:
        answer = requests.get(url, params=query, timeout=TIMEOUT_SECONDS)
    except requests.RequestException:
        return Finding(False, f"the bot does not answer at {url}", "Start it (./huanban up) with these settings, and look again.")
    return Finding(
        answer.status_code == 200 and answer.text == echo,
        f"the bot answers WeChat's question about its address ({answer.status_code})",
        "403: it runs with another token, or the clocks differ by more than five minutes. 404: it runs without the channel.",
    )


def _files() -> Iterator[Finding]:
    from bot.channels.wechat.fonts import find_font
    from bot.channels.wechat.menu import Menu
    from bot.config import ConfigurationError

    try:
        Menu()
        yield Finding(True, "the account's menu can be put up: ./huanban wechat menu --upload")
    except ConfigurationError as error:
        yield Finding(False, str(error), "data/wechat/menu.yml")
    # Not wrong, only less: so this is no finding to be mended.
    font = find_font()
    drawn = f"pictures of plans are drawn with {font.path}" if font else "no font with Chinese: plans go as text alone"
    yield Finding(True, drawn if font else f"{drawn}; ./huanban wechat fonts installs one")
