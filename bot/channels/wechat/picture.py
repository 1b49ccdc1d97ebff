"""A table drawn as a picture: a plan of many instalments fits a phone's width there, and can be made larger with two fingers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from bot.channels.wechat.fonts import Font

WIDTH = 1080  # pixels; a phone's own width, so that nothing is scaled up
MOST_ROWS = 36
_MARGIN = 48
_TITLE, _NOTE = 56, 36  # heights of letters
_CELLS = (46, 42, 38, 34, 30)  # of the table's: the largest with which the columns stay apart
_LEAST_GAP = 28
_ROW = 84
_INK, _QUIET, _PAPER, _STRIPE, _RULE, _WARNING = "#1a1a1a", "#555555", "#ffffff", "#f2f6f4", "#c8d2cd", "#a32020"


@dataclass(frozen=True)
class Row:
    """One row; a marked one is also told by its words, never by the colour alone."""

    cells: tuple[str, ...]
    marked: bool = False


@dataclass(frozen=True)
class Table:
    """What is drawn: texts only, written as they shall be read."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())


def draw(table: Table, font: Font) -> bytes:
    """The table as a PNG; rows beyond `MOST_ROWS` are left to the notes to tell."""
    title, note = font.of_size(_TITLE), font.of_size(_NOTE)
    rows = table.rows[:MOST_ROWS]
    cell = _cell_font(table.heads, rows, font)
    notes = [line for text in table.notes for line in _lines(text, note, WIDTH - 2 * _MARGIN)]
    heading = _lines(table.title, title, WIDTH - 2 * _MARGIN)
    top = _MARGIN + len(heading) * (_TITLE + 20) + 16
    height = top + _ROW * (len(rows) + 1) + 24 + len(notes) * (_NOTE + 18) + _MARGIN
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(heading):
        pen.text((_MARGIN, _MARGIN + number * (_TITLE + 20)), line, fill=_INK, font=title)
    edges = _right_edges(table.heads, rows, cell)
    _draw_row(pen, top, table.heads, edges, note, _QUIET)
    pen.line([(_MARGIN, top + _ROW), (WIDTH - _MARGIN, top + _ROW)], fill=_RULE, width=3)
    for number, row in enumerate(rows, start=1):
        y = top + number * _ROW
        if number % 2 == 0:
            pen.rectangle([(_MARGIN - 16, y), (WIDTH - _MARGIN + 16, y + _ROW)], fill=_STRIPE)
        _draw_row(pen, y, row.cells, edges, cell, _WARNING if row.marked else _INK)
    y = top + _ROW * (len(rows) + 1) + 24
    for number, line in enumerate(notes):
        pen.text((_MARGIN, y + number * (_NOTE + 18)), line, fill=_QUIET, font=note)
    # Two dozen shades are all there are, and a palette makes the file a third as large.
    file = io.BytesIO()
    image.quantize(32).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_row(
    pen: ImageDraw.ImageDraw, y: int, cells: Sequence[str], edges: Sequence[int], font: ImageFont.FreeTypeFont, colour: str
) -> None:
    """The first column begins at the left margin, every other one ends at its right edge."""
    middle = y + _ROW // 2
    for column, (text, edge) in enumerate(zip(cells, edges, strict=True)):
        if column == 0:
            pen.text((_MARGIN, middle), text, fill=colour, font=font, anchor="lm")
        else:
            pen.text((edge, middle), text, fill=colour, font=font, anchor="rm")


def _right_edges(heads: Sequence[str], rows: Sequence[Row], font: ImageFont.FreeTypeFont) -> list[int]:
    """Where each column ends: as wide as its widest cell, and what is left shared between the columns."""
    widths = _widths(heads, rows, font)
    left = max(0, WIDTH - 2 * _MARGIN - sum(widths))
    gap = left // max(1, len(widths) - 1)
    edges, at = [], _MARGIN
    for width in widths:
        at += width
        edges.append(at)
        at += gap
    edges[-1] = WIDTH - _MARGIN
    return edges


def _cell_font(heads: Sequence[str], rows: Sequence[Row], font: Font) -> ImageFont.FreeTypeFont:
    for pixels in _CELLS:
        cell = font.of_size(pixels)
        if sum(_widths(heads, rows, cell)) + _LEAST_GAP * (len(heads) - 1) <= WIDTH - 2 * _MARGIN:
            break
    return cell


def _widths(heads: Sequence[str], rows: Sequence[Row], font: ImageFont.FreeTypeFont) -> list[int]:
    lines = [tuple(heads), *(row.cells for row in rows)]
    return [max(int(font.getlength(line[column])) for line in lines) for column in range(len(heads))]


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The text in lines that fit."""
    lines, line = [], ""
    for character in text:
        if line and font.getlength(line + character) > width:
            lines.append(line)
            line = ""
        line += character
    return [*lines, line] if line else lines
