"""What stands behind a secure link in the demo: a plain page that says whose page would be here, and what it would ask for.

It takes nothing and checks nothing; a lender's own pages are its own.
"""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

import yaml


class SecurePages:
    """The pages by purpose, read from the demo's folder at each call, as its other files are.

    Args:
        folder: with `secure.html` and `secure_pages.yml`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(self, purpose: str) -> str | None:
        """The page of a purpose as it stands in a link (`add-card`); None where there is no such page."""
        words = self._folder / "secure_pages.yml"
        if not words.is_file():
            return None
        known = yaml.safe_load(words.read_text(encoding="utf-8")).get(purpose)
        if known is None:
            return None
        template = Template((self._folder / "secure.html").read_text(encoding="utf-8"))
        asks = "".join(f"<li>{html.escape(row)}</li>" for row in known["asks"])
        return template.substitute(title=html.escape(known["title"]), asks=asks, then=html.escape(known["then"]))
