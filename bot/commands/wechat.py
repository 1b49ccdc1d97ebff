"""`./huanban wechat`: the WeChat account's menu, and the font that its pictures are drawn with."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from bot import config
from bot.channels.wechat.fonts import PACKAGES, Font, find_font
from bot.channels.wechat.menu import Menu

_SECONDS = 300


def main(arguments: list[str]) -> int:
    """Shows or puts up the menu, or sees to a font; 1 when it could not be done."""
    parser = argparse.ArgumentParser(prog="huanban wechat", description="The WeChat account's menu, and a font for its pictures.")
    commands = parser.add_subparsers(dest="command", required=True)
    menu = commands.add_parser("menu", help="show and check the account's menu (data/wechat/menu.yml)")
    menu.add_argument("--upload", action="store_true", help="put it up at WeChat")
    commands.add_parser("fonts", help="install a font with Chinese, without which plans are sent as text alone")
    asked = parser.parse_args(arguments)
    return _fonts() if asked.command == "fonts" else _menu(upload=asked.upload)


def _menu(*, upload: bool) -> int:
    menu = Menu()
    print("\n".join(menu.lines()))
    if not upload:
        return 0
    settings = config.load()
    if not settings.wechat.app_id or not settings.wechat.secret:
        return _fail("There is no account to put it up at.", "Set HUANBAN_WECHAT_APP_ID and HUANBAN_WECHAT_SECRET.")
    from bot.channels.wechat.platform import Platform, PlatformError
    from bot.channels.wechat.store import Store

    store = Store(settings.wechat.db)
    try:
        Platform(settings.wechat, store).create_menu(menu.as_wechat())
    except PlatformError as error:
        return _fail(f"WeChat did not take it: {error}.", "./huanban doctor wechat says what is wrong with the account.")
    finally:
        store.close()
    print("\nIt is up. Phones show it within a day; who unfollows and follows again sees it at once.")
    return 0


def _fonts() -> int:
    font = ensure_font()
    if font is None:
        return _fail("There is no font with Chinese.", f"Install one: apt-get install {PACKAGES[0]} (or {PACKAGES[1]}).")
    print(f"Pictures are drawn with {font.path}.")
    return 0


def ensure_font(say: Callable[[str], None] = print) -> Font | None:
    """A font with Chinese; on Debian, as root, it is installed when it is missing. None when none could be had."""
    if find_font() is None and shutil.which("apt-get") and os.geteuid() == 0:
        say(f"· no font with Chinese yet: installing {PACKAGES[0]} …")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", PACKAGES[0]]):
            try:
                subprocess.run(
                    ["apt-get", *command],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=_SECONDS,
                    check=True,
                )
            except (OSError, subprocess.SubprocessError):
                break
        find_font.cache_clear()
    return find_font()


def _fail(sentence: str, mend: str) -> int:
    print(f"✗ {sentence}\n  → {mend}", file=sys.stderr)
    return 1
