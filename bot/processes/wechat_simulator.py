"""WeChat's side, simulated on this machine: for `./huanban up --wechat-simulator`, and never for a lender's own data."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from bot.config import ROOT, ConfigurationError, Settings
from bot.processes.supervisor import Service

MODULE = "tests.support.wechat"
DEFAULT_PORT = 8088


def simulated_account(port: int = DEFAULT_PORT, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Settings of a bot whose account exists only in the simulator, in safe mode.

    Args:
        port: of the simulator.
        environment: of the person who starts it; a real account in it is not touched.

    Raises:
        ConfigurationError: a real account is configured, or the simulator is not part of this installation.
    """
    if (environment or {}).get("HUANBAN_WECHAT_APP_ID"):
        raise ConfigurationError("HUANBAN_WECHAT_APP_ID names a real account; unset it to try the simulator.")
    if not (ROOT / MODULE.replace(".", "/")).is_dir():
        raise ConfigurationError("The simulator is part of the tests folder, which is not here; take the whole repository.")
    return {
        "HUANBAN_WECHAT_APP_ID": f"wx{secrets.token_hex(8)}",
        "HUANBAN_WECHAT_TOKEN": secrets.token_hex(16),
        "HUANBAN_WECHAT_AES_KEY": (secrets.token_hex(22))[:43],
        "HUANBAN_WECHAT_SECRET": secrets.token_hex(16),
        "HUANBAN_WECHAT_API_URL": f"http://127.0.0.1:{port}",
        "HUANBAN_WECHAT_TEMPLATE_ID": "template-of-the-simulator",
        "HUANBAN_WECHAT_CONSENT_URL": f"http://127.0.0.1:{port}/phone/consent.html",
    }


def simulator_service(settings: Settings, port: int = DEFAULT_PORT) -> Service:
    """The simulator as a process beside the others."""
    return Service(
        "WeChat simulator",
        MODULE,
        port,
        f"http://127.0.0.1:{port}/health",
        "--wechat-simulator PORT",
        arguments=["--port", str(port), "--bot-url", f"{settings.bot_url}/webhooks/wechat/webhook"],
        environment=settings.environment(),
    )
