"""The account's menu and its codes: what stands in data/wechat/menu.yml, as WeChat takes it, and what a tap or a scan means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.channels.wechat.splitting import size
from bot.config import ROOT, ConfigurationError

MENU_FILE = ROOT / "data" / "wechat" / "menu.yml"
_MOST_TITLES, _MOST_ITEMS = 3, 5
_TITLE_BYTES, _ITEM_BYTES, _KEY_BYTES = 16, 60, 128


@dataclass(frozen=True)
class Entry:
    """Something to tap or to scan: its title, and the payload that it stands for."""

    title: str
    does: str


class Menu:
    """The account's menu.

    Raises:
        ConfigurationError: the file cannot be read, or holds what WeChat would refuse; one sentence says what.
    """

    def __init__(self, file: Path = MENU_FILE) -> None:
        try:
            read = yaml.safe_load(file.read_text(encoding="utf-8"))
            self._rows: list[Mapping[str, Any]] = list(read["menu"])
            self._entries = {str(row["key"]): Entry(row["title"], row["does"]) for row in _leaves(self._rows)}
            self._scenes = {str(key): Entry(row["title"], row["does"]) for key, row in (read.get("scenes") or {}).items()}
            self._check(file)
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise ConfigurationError(f"The menu {file} cannot be read: {error!r}.") from error

    def as_wechat(self) -> dict[str, Any]:
        """The body of the call that puts the menu up."""
        return {"button": [self._button(row) for row in self._rows]}

    def tapped(self, key: str) -> Entry | None:
        """What a click event's key stands for; None when the menu has no such key (any more)."""
        return self._entries.get(key)

    def scanned(self, scene: str) -> Entry | None:
        """What a code's scene stands for; None when nothing is said about it."""
        return self._scenes.get(scene)

    def entries(self) -> list[Entry]:
        """Everything that can be tapped or scanned."""
        return [*self._entries.values(), *self._scenes.values()]

    def lines(self) -> Iterator[str]:
        """The menu for a terminal."""
        for row in self._rows:
            yield row["title"] if "items" in row else f"{row['title']} → {row['does']}"
            for item in row.get("items", ()):
                yield f"  {item['title']} → {item['does']}"

    def _button(self, row: Mapping[str, Any]) -> dict[str, Any]:
        if "items" in row:
            return {"name": row["title"], "sub_button": [self._button(item) for item in row["items"]]}
        return {"type": "click", "name": row["title"], "key": str(row["key"])}

    def _check(self, file: Path) -> None:
        leaves = list(_leaves(self._rows))
        keys = [str(row["key"]) for row in leaves]
        wrong = (
            (len(self._rows) > _MOST_TITLES, f"more than {_MOST_TITLES} titles"),
            (any(len(row.get("items", ())) > _MOST_ITEMS for row in self._rows), f"more than {_MOST_ITEMS} items below a title"),
            (any(size(row["title"]) > _TITLE_BYTES for row in self._rows), "a title of more than five characters"),
            (any(size(row["title"]) > _ITEM_BYTES for row in leaves), "an item of more than twenty characters"),
            (any(size(key) > _KEY_BYTES for key in keys), f"a key of more than {_KEY_BYTES} bytes"),
            (len(set(keys)) < len(keys), "one key twice"),
        )
        for is_so, what in wrong:
            if is_so:
                raise ConfigurationError(f"The menu {file} has {what}; WeChat does not take that.")


def _leaves(rows: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        yield from row["items"] if "items" in row else (row,)
