"""A font with Chinese for the pictures that the server draws: what fontconfig names, else where Debian's packages put theirs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

PACKAGES = ("fonts-noto-cjk", "fonts-wqy-microhei")  # either will do
_SAMPLE = "还款"
_PATHS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)
_FACES = 10


@dataclass(frozen=True)
class Font:
    """A face of a font file that has the characters of simplified Chinese."""

    path: str
    index: int

    def of_size(self, pixels: int) -> ImageFont.FreeTypeFont:
        """The font, so many pixels high."""
        return ImageFont.truetype(self.path, pixels, index=self.index)


@lru_cache(maxsize=1)
def find_font() -> Font | None:
    """A font with Chinese; None when the machine has none, and then no pictures are drawn."""
    for path in (*_named_by_fontconfig(), *_PATHS):
        if Path(path).is_file() and (font := _face(path)) is not None:
            return font
    return None


def _named_by_fontconfig() -> Iterator[str]:
    if shutil.which("fc-match") is None:
        return
    command = ["fc-match", "--format=%{file}", "sans:lang=zh-cn:weight=80"]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
    yield ended.stdout.strip()


def _face(path: str) -> Font | None:
    """The face for simplified Chinese; the first one that has Chinese when none says so."""
    found = None
    for index in range(_FACES):
        try:
            font = ImageFont.truetype(path, 20, index=index)
        except OSError:
            break
        family = str(font.getname()[0])
        if "Mono" in family or not _has_chinese(font):
            continue
        if family.endswith("SC"):
            return Font(path, index)
        found = found or Font(path, index)
    return found


def _has_chinese(font: ImageFont.FreeTypeFont) -> bool:
    """Whether characters have shapes of their own: a font without them draws the same box for both."""
    first, second = (font.getmask(character) for character in _SAMPLE)
    return (first.size, bytes(first)) != (second.size, bytes(second))
