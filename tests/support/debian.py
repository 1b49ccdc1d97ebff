"""Debian's packages for tests that want a real server: taken when they can be had, and never from anywhere else."""

from __future__ import annotations

import os
import shutil
import subprocess

_SECONDS = 300


def install(package: str) -> bool:
    """Whether the package is there now; False where there is no apt-get, no root, or no network."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    # Its postinst would start the service of the package; a test starts its own, on a free port.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", package]):
        try:
            ended = subprocess.run(
                ["apt-get", *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return ended.returncode == 0
