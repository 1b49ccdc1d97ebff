"""Every knob of the bot: name, default and a sentence, read once from the environment.

The embedded loan backend has its own table (`bot.backend.settings`), since it is replaced together with it.
`docs/configuration.md` shows both; a test compares the page with the tables.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class ConfigurationError(Exception):
    """A setting cannot be used; the message is one sentence that names it and says what to do."""


@dataclass(frozen=True)
class Setting:
    """One knob: the environment variable, its default, and what it does in a sentence."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting("HUANBAN_STATE_DIR", ".huanban", "Folder for databases, logs, secrets and everything else made at run time."),
    Setting("HUANBAN_HOST", "127.0.0.1", "Address the bot's public port listens on; the inner processes stay on loopback."),
    Setting("HUANBAN_BOT_PORT", "5005", "Port of the Rasa server, the only one that borrowers reach."),
    Setting("HUANBAN_ACTIONS_PORT", "5055", "Port of the action server (loopback)."),
    Setting("HUANBAN_BACKEND_PORT", "8001", "Port of the embedded loan backend (loopback)."),
    Setting("HUANBAN_BACKEND_URL", "", "URL of the lender's own loan backend; empty starts the embedded one."),
    Setting("HUANBAN_ACTIONS_URL", "", "URL of an action server elsewhere; empty starts one here."),
    Setting("HUANBAN_CONNECT_TIMEOUT_SECONDS", "2", "How long the client waits for a connection to the loan backend."),
    Setting("HUANBAN_READ_TIMEOUT_SECONDS", "5", "How long the client waits for an answer of the loan backend."),
    Setting(
        "HUANBAN_ACTION_TIMEOUT_SECONDS",
        "25",
        "How long Rasa waits for the action server; must stay below the lock's 60 s.",
    ),
    Setting("HUANBAN_CLIENT_CONNECTIONS", "64", "Connections to the loan backend that one action server keeps open at most."),
    Setting(
        "HUANBAN_TODAY",
        "",
        "Fixes the calendar day (2026-11-24) for demos and tests; empty means the real day in Shanghai.",
    ),
    Setting("HUANBAN_TRACKER_DB", "", "SQLAlchemy URL of the conversations; empty means a SQLite file in the state folder."),
    Setting(
        "HUANBAN_CHAT_DB",
        "",
        "SQLAlchemy URL of the chat widget's messages; empty: the conversations' PostgreSQL, else a SQLite file.",
    ),
    Setting(
        "HUANBAN_REDIS_URL",
        "",
        "Redis that several Rasa servers share for conversations' locks and the chat's sockets; empty: there is one server.",
    ),
    Setting(
        "HUANBAN_EVENTS_URL",
        "",
        "Where events of conversations go: amqp://user:password@host/vhost (RabbitMQ), kafka://host:9092/topic; empty: nowhere.",
    ),
    Setting("HUANBAN_ACTIONS_HOST", "127.0.0.1", "Address the action server listens on; not loopback when Rasa is elsewhere."),
    Setting("HUANBAN_LOG_FORMAT", "text", "Logs as text for a person, or json: an object a line, with the request id."),
    Setting(
        "HUANBAN_LOG_LEVEL",
        "info",
        "info, warning, or debug for a while: then the logs name conversations and hold what was said, masked.",
    ),
    Setting("HUANBAN_OTLP_ENDPOINT", "", "Collector of OpenTelemetry traces, such as http://collector:4318; empty: no traces."),
    Setting(
        "HUANBAN_WEB_ORIGINS",
        "",
        "Pages that may hold the widget, such as https://www.example.com, with commas; the bot's own address always may.",
    ),
    Setting("HUANBAN_PROXIES", "0", "How many reverse proxies of the lender's stand before the bot (X-Forwarded-For)."),
    Setting("HUANBAN_MESSAGES_PER_MINUTE", "30", "Messages a minute that the chat takes from one borrower."),
    Setting("HUANBAN_ADDRESS_CALLS_PER_MINUTE", "600", "Calls and messages a minute that the chat takes from one IP address."),
    Setting(
        "HUANBAN_ORIGIN_CALLS_PER_MINUTE",
        "6000",
        "Calls and messages a minute that the chat takes from all pages of one origin (HUANBAN_WEB_ORIGINS).",
    ),
    Setting("HUANBAN_EVIDENCE_MAX_MB", "10", "Largest picture or PDF that a borrower may hand in, in MiB."),
    Setting(
        "HUANBAN_CONVERSATION_DAYS",
        "730",
        "So many days after its last word a conversation is forgotten, wherever it is kept.",
    ),
    Setting(
        "HUANBAN_DATA_KEYS",
        "",
        "Keys that encrypt what was said, 32 bytes in base64, with commas; the first encrypts, all decrypt; empty: nothing is.",
    ),
    Setting(
        "HUANBAN_DEMO",
        "auto",
        "The page /demo/, where anybody speaks as a demo borrower: on, off, or auto (embedded backend, demo data, loopback).",
    ),
    Setting("HUANBAN_WECHAT_APP_ID", "", "App id (wx…) of the WeChat official account; empty: there is no WeChat."),
    Setting("HUANBAN_WECHAT_TOKEN", "", "Token from the account's server configuration; WeChat signs its calls with it."),
    Setting("HUANBAN_WECHAT_AES_KEY", "", "EncodingAESKey of the account, 43 characters; empty: messages come in clear."),
    Setting("HUANBAN_WECHAT_SECRET", "", "App secret of the account, for calls to WeChat; empty: nothing but passive replies."),
    Setting("HUANBAN_WECHAT_API_URL", "https://api.weixin.qq.com", "Where WeChat's own calls are answered."),
    Setting(
        "HUANBAN_WECHAT_SERVICE_MESSAGES",
        "auto",
        "Whether the account may send customer-service messages: on, off, or auto (when a secret is set).",
    ),
    Setting("HUANBAN_WECHAT_TEMPLATE_ID", "", "Template of the one-time subscribe message about a decision; empty: none."),
    Setting(
        "HUANBAN_WECHAT_CONSENT_URL",
        "",
        "Page or article where a borrower accepts one such message; shown once when a request is filed; empty: nobody is asked.",
    ),
    Setting(
        "HUANBAN_WECHAT_DB",
        "",
        "SQLAlchemy URL of the WeChat channel's deliveries; empty: the conversations' PostgreSQL, else a SQLite file.",
    ),
    Setting("HUANBAN_WECOM_CORP_ID", "", "Corp id (ww…) whose customer service in WeCom (微信客服) is answered; empty: none."),
    Setting("HUANBAN_WECOM_TOKEN", "", "Token from the callback's configuration (回调配置); WeCom signs its calls with it."),
    Setting("HUANBAN_WECOM_AES_KEY", "", "EncodingAESKey from the callback's configuration, 43 characters."),
    Setting("HUANBAN_WECOM_SECRET", "", "Secret of the customer service (or of the app that manages it), for calls to WeCom."),
    Setting("HUANBAN_WECOM_API_URL", "https://qyapi.weixin.qq.com", "Where WeCom's own calls are answered."),
    Setting(
        "HUANBAN_SERVICE_TOKEN",
        "",
        "Token the bot shows to the loan backend; made at random on first start.",
        secret=True,
    ),
    Setting(
        "HUANBAN_DESK_TOKEN",
        "",
        "Token of the people who decide on requests; made at random on first start.",
        secret=True,
    ),
    Setting(
        "HUANBAN_ACTIONS_TOKEN",
        "",
        "Token Rasa shows to the action server; made at random on first start.",
        secret=True,
    ),
    Setting(
        "HUANBAN_METRICS_TOKEN",
        "",
        "Token that a call for /metrics shows as Authorization: Bearer; made at random on first start.",
        secret=True,
    ),
    Setting(
        "HUANBAN_WEB_SECRET",
        "",
        "Secret with which the lender's site signs a borrower's web token (HS256).",
        secret=True,
    ),
    Setting(
        "HUANBAN_CONVERSATION_SECRET",
        "",
        "Secret that binds conversation ids and button payloads to a borrower.",
        secret=True,
    ),
)


@dataclass(frozen=True)
class WeChatSettings:
    """The WeChat official account; without an `app_id` there is none."""

    app_id: str
    token: str
    aes_key: str
    secret: str
    api_url: str
    service_messages: bool
    template_id: str
    consent_url: str
    db: str


@dataclass(frozen=True)
class WeComSettings:
    """WeCom's customer service (企业微信客服); without a `corp_id` there is none."""

    corp_id: str
    token: str
    aes_key: str
    secret: str
    api_url: str
    db: str


@dataclass(frozen=True)
class Settings:
    """The settings in force, typed; build it with `load`."""

    state_dir: Path
    host: str
    bot_port: int
    actions_port: int
    backend_port: int
    backend_url: str
    backend_is_embedded: bool
    actions_url: str
    actions_are_local: bool
    connect_timeout_seconds: float
    read_timeout_seconds: float
    action_timeout_seconds: float
    client_connections: int
    today: str
    tracker_db: str
    chat_db: str
    redis_url: str
    events_url: str
    actions_host: str
    web_origins: tuple[str, ...]
    proxies: int
    messages_per_minute: float
    address_calls_per_minute: float
    origin_calls_per_minute: float
    evidence_max_bytes: int
    conversation_days: float
    demo_is_open: bool
    service_token: str
    desk_token: str
    actions_token: str
    metrics_token: str
    web_secret: str
    conversation_secret: str
    wechat: WeChatSettings
    wecom: WeComSettings
    given: Mapping[str, str]

    @property
    def bot_url(self) -> str:
        """Where the Rasa server answers on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{host}:{self.bot_port}"

    @property
    def logs_dir(self) -> Path:
        """Folder of the processes' logs."""
        return self.state_dir / "logs"

    def environment(self) -> dict[str, str]:
        """What a child process needs beside its inherited environment to see these settings, secrets included."""
        return {
            **self.given,
            "HUANBAN_STATE_DIR": str(self.state_dir),
            "HUANBAN_HOST": self.host,
            "HUANBAN_BOT_PORT": str(self.bot_port),
            "HUANBAN_ACTIONS_PORT": str(self.actions_port),
            "HUANBAN_BACKEND_PORT": str(self.backend_port),
            "HUANBAN_BACKEND_URL": self.backend_url,
            "HUANBAN_ACTIONS_URL": self.actions_url,
            "HUANBAN_TODAY": self.today,
            "HUANBAN_TRACKER_DB": self.tracker_db,
            "HUANBAN_CHAT_DB": self.chat_db,
            "HUANBAN_DEMO": "on" if self.demo_is_open else "off",
            "HUANBAN_SERVICE_TOKEN": self.service_token,
            "HUANBAN_DESK_TOKEN": self.desk_token,
            "HUANBAN_ACTIONS_TOKEN": self.actions_token,
            "HUANBAN_METRICS_TOKEN": self.metrics_token,
            "HUANBAN_WEB_SECRET": self.web_secret,
            "HUANBAN_CONVERSATION_SECRET": self.conversation_secret,
            "HUANBAN_WECHAT_APP_ID": self.wechat.app_id,
            "HUANBAN_WECHAT_TOKEN": self.wechat.token,
            "HUANBAN_WECHAT_AES_KEY": self.wechat.aes_key,
            "HUANBAN_WECHAT_SECRET": self.wechat.secret,
            "HUANBAN_WECHAT_API_URL": self.wechat.api_url,
            "HUANBAN_WECHAT_SERVICE_MESSAGES": "on" if self.wechat.service_messages else "off",
            "HUANBAN_WECHAT_TEMPLATE_ID": self.wechat.template_id,
            "HUANBAN_WECHAT_CONSENT_URL": self.wechat.consent_url,
            "HUANBAN_WECHAT_DB": self.wechat.db,
            "HUANBAN_WECOM_CORP_ID": self.wecom.corp_id,
            "HUANBAN_WECOM_TOKEN": self.wecom.token,
            "HUANBAN_WECOM_AES_KEY": self.wecom.aes_key,
            "HUANBAN_WECOM_SECRET": self.wecom.secret,
            "HUANBAN_WECOM_API_URL": self.wecom.api_url,
        }


def _secrets_of(state_dir: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets: from the environment, else from the state folder, where missing ones are made at random once."""
    names = [setting.name for setting in SETTINGS if setting.secret]
    given = {name: environment[name] for name in names if environment.get(name)}
    if len(given) == len(names):
        return given
    path = state_dir / "secrets.json"
    try:
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    except ValueError as error:
        raise ConfigurationError(f"{path} is not readable; delete it and new secrets are made.") from error
    made = {name: secrets.token_urlsafe(32) for name in names if name not in kept}
    if made:
        kept.update(made)
        state_dir.mkdir(parents=True, exist_ok=True)
        # Written aside and renamed, so that two processes starting at once both read a whole file.
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(kept, indent=2) + "\n")
        draft.replace(path)
    return {**kept, **given}


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force.

    Raises:
        ConfigurationError: a value cannot be read as what it should be.
    """
    environment = os.environ if environment is None else environment
    defaults = {setting.name: setting.default for setting in SETTINGS}

    def text(name: str) -> str:
        return environment.get(name) or defaults[name]

    def number(name: str) -> float:
        try:
            value = float(text(name))
        except ValueError as error:
            raise ConfigurationError(f"{name} must be a number, not {text(name)!r}.") from error
        if value <= 0:
            raise ConfigurationError(f"{name} must be above zero, not {text(name)!r}.")
        return value

    def port(name: str) -> int:
        value = number(name)
        if value != int(value) or value > 65535:
            raise ConfigurationError(f"{name} must be a port between 1 and 65535, not {text(name)!r}.")
        return int(value)

    def count(name: str) -> int:
        if not text(name).isdecimal():
            raise ConfigurationError(f"{name} must be a whole number from 0, not {text(name)!r}.")
        return int(text(name))

    state_dir = Path(text("HUANBAN_STATE_DIR"))
    if not state_dir.is_absolute():
        state_dir = ROOT / state_dir
    secret = _secrets_of(state_dir, environment)
    backend_port, actions_port = port("HUANBAN_BACKEND_PORT"), port("HUANBAN_ACTIONS_PORT")
    local_backend, local_actions = f"http://127.0.0.1:{backend_port}", f"http://127.0.0.1:{actions_port}/webhook"
    backend_is_embedded = text("HUANBAN_BACKEND_URL") in ("", local_backend)
    tracker_db = text("HUANBAN_TRACKER_DB") or f"sqlite:///{state_dir / 'conversations.db'}"
    # Two programs that write one SQLite file wait for each other; PostgreSQL has room for both.
    chat_db = tracker_db if tracker_db.startswith("postgresql") else f"sqlite:///{state_dir / 'chat.db'}"
    wechat = _wechat(text, tracker_db if tracker_db.startswith("postgresql") else f"sqlite:///{state_dir / 'wechat.db'}")
    return Settings(
        state_dir=state_dir,
        host=text("HUANBAN_HOST"),
        bot_port=port("HUANBAN_BOT_PORT"),
        actions_port=actions_port,
        backend_port=backend_port,
        backend_url=text("HUANBAN_BACKEND_URL") or local_backend,
        backend_is_embedded=backend_is_embedded,
        actions_url=text("HUANBAN_ACTIONS_URL") or local_actions,
        actions_are_local=text("HUANBAN_ACTIONS_URL") in ("", local_actions),
        connect_timeout_seconds=number("HUANBAN_CONNECT_TIMEOUT_SECONDS"),
        read_timeout_seconds=number("HUANBAN_READ_TIMEOUT_SECONDS"),
        action_timeout_seconds=number("HUANBAN_ACTION_TIMEOUT_SECONDS"),
        client_connections=int(number("HUANBAN_CLIENT_CONNECTIONS")),
        today=text("HUANBAN_TODAY"),
        tracker_db=tracker_db,
        chat_db=text("HUANBAN_CHAT_DB") or chat_db,
        redis_url=text("HUANBAN_REDIS_URL"),
        events_url=text("HUANBAN_EVENTS_URL"),
        actions_host=text("HUANBAN_ACTIONS_HOST"),
        web_origins=_origins(text("HUANBAN_WEB_ORIGINS")),
        proxies=count("HUANBAN_PROXIES"),
        messages_per_minute=number("HUANBAN_MESSAGES_PER_MINUTE"),
        address_calls_per_minute=number("HUANBAN_ADDRESS_CALLS_PER_MINUTE"),
        origin_calls_per_minute=number("HUANBAN_ORIGIN_CALLS_PER_MINUTE"),
        evidence_max_bytes=int(number("HUANBAN_EVIDENCE_MAX_MB") * 1024 * 1024),
        conversation_days=number("HUANBAN_CONVERSATION_DAYS"),
        demo_is_open=_demo_is_open(text("HUANBAN_DEMO"), text("HUANBAN_HOST"), backend_is_embedded, environment),
        service_token=secret["HUANBAN_SERVICE_TOKEN"],
        desk_token=secret["HUANBAN_DESK_TOKEN"],
        actions_token=secret["HUANBAN_ACTIONS_TOKEN"],
        metrics_token=secret["HUANBAN_METRICS_TOKEN"],
        web_secret=secret["HUANBAN_WEB_SECRET"],
        conversation_secret=secret["HUANBAN_CONVERSATION_SECRET"],
        wechat=wechat,
        # Its tables are named like the official account's: a schema of its own in PostgreSQL, else a file of its own.
        wecom=_wecom(text, wechat.db if wechat.db.startswith("postgresql") else f"sqlite:///{state_dir / 'wecom.db'}"),
        given={name: value for name, value in environment.items() if name.startswith("HUANBAN_")},
    )


def _wechat(text: Callable[[str], str], db: str) -> WeChatSettings:
    wanted = text("HUANBAN_WECHAT_SERVICE_MESSAGES")
    if wanted not in ("on", "off", "auto"):
        raise ConfigurationError(f"HUANBAN_WECHAT_SERVICE_MESSAGES must be on, off or auto, not {wanted!r}.")
    secret = text("HUANBAN_WECHAT_SECRET")
    return WeChatSettings(
        app_id=text("HUANBAN_WECHAT_APP_ID"),
        token=text("HUANBAN_WECHAT_TOKEN"),
        aes_key=text("HUANBAN_WECHAT_AES_KEY"),
        secret=secret,
        api_url=text("HUANBAN_WECHAT_API_URL").rstrip("/"),
        service_messages=bool(secret) and wanted != "off",
        template_id=text("HUANBAN_WECHAT_TEMPLATE_ID"),
        consent_url=text("HUANBAN_WECHAT_CONSENT_URL"),
        db=text("HUANBAN_WECHAT_DB") or db,
    )


def _wecom(text: Callable[[str], str], db: str) -> WeComSettings:
    return WeComSettings(
        corp_id=text("HUANBAN_WECOM_CORP_ID"),
        token=text("HUANBAN_WECOM_TOKEN"),
        aes_key=text("HUANBAN_WECOM_AES_KEY"),
        secret=text("HUANBAN_WECOM_SECRET"),
        api_url=text("HUANBAN_WECOM_API_URL").rstrip("/"),
        db=db,
    )


def _origins(listed: str) -> tuple[str, ...]:
    """The origins of a list with commas, as browsers send them."""
    found = tuple(filter(None, (origin.strip().rstrip("/").lower() for origin in listed.split(","))))
    for origin in found:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?", origin):
            raise ConfigurationError(f"HUANBAN_WEB_ORIGINS must hold origins like https://www.example.com, not {origin!r}.")
    return found


def _demo_is_open(wanted: str, host: str, backend_is_embedded: bool, environment: Mapping[str, str]) -> bool:
    """Whether the demo page may be served: its visitors speak as whomever they choose, so never before a lender's own data."""
    if wanted not in ("on", "off", "auto"):
        raise ConfigurationError(f"HUANBAN_DEMO must be on, off or auto, not {wanted!r}.")
    if wanted == "auto":
        own_data = environment.get("HUANBAN_LENDER_FILE") or environment.get("HUANBAN_BACKEND_DATABASE_URL")
        return backend_is_embedded and not own_data and host in ("127.0.0.1", "localhost", "::1")
    return wanted == "on" and backend_is_embedded
