"""The servers that the cluster needs: the machine's own, else Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

from bot.bench import servers

_NEEDED = {
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "rabbitmq-server": "rabbitmq-server",
    "nginx": "nginx",
}
_SECONDS = 900


def missing_servers() -> list[str]:
    """Debian's names of what is not installed."""
    found = []
    for program, package in _NEEDED.items():
        try:
            servers.binary(program)
        except servers.NotHere:
            found.append(package)
    return found


def ensure_servers(say: Callable[[str], None] = print) -> list[str]:
    """Installs what is missing where that can be done; answers what is missing still.

    A server that a package starts by itself is none of ours and is left alone: ours listen on other ports.
    """
    missing = missing_servers()
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        say(f"· installing {', '.join(missing)} …")
        for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *missing]):
            subprocess.run(
                ["apt-get", *command],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        missing = missing_servers()
    return missing
