"""Takes out of a photo what the borrower did not mean to send: where and when it was taken, with what, and by whom.

The picture itself is not computed anew: not a pixel changes, and the same photo gives the same bytes every time. Which way up
it is held is kept. A PDF is left as it is; what stands in it, its author has written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image

from bot.loans.evidence import kind_of

ORIENTATION = 0x0112
_EXIF = b"Exif\0\0"
_PNG_SIGNATURE = 8
# What says how the picture is to be drawn; texts, times and EXIF are in other chunks, and private ones are nobody's business.
_PNG_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs acTL fcTL fdAT".split())


class PhotoBroken(ValueError):
    """The file begins like a photo and does not go on like one."""


def without_metadata(content: bytes) -> bytes:
    """The file without what a camera or a program wrote beside the picture.

    Raises:
        PhotoBroken: it cannot be read as what its first bytes say; nothing of it should be kept.
    """
    strip = {"image/jpeg": _jpeg, "image/png": _png, "image/heic": _heic}.get(kind_of(content) or "")
    try:
        return strip(content) if strip else content
    except (IndexError, ValueError, SyntaxError, OverflowError) as error:
        raise PhotoBroken(str(error)) from error


# JPEG: segments, each with its marker and length (ITU-T T.81, annex B).


def _jpeg(content: bytes) -> bytes:
    kept, orientation, at = [], None, 2
    while True:
        if content[at] != 0xFF:
            raise PhotoBroken("no marker where one should be")
        marker = content[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker == 0xD9:  # the end; what phones put behind it (a film, a depth map) is not the picture
            break
        end = at + 2 + int.from_bytes(_exactly(content, at + 2, at + 4), "big")
        segment = _exactly(content, at, end)
        if marker == 0xE1 and segment[4:].startswith(_EXIF):
            orientation = _orientation(segment[4:]) if orientation is None else orientation
        elif _says_how_to_draw(marker, segment):
            kept.append(segment)
        at = end
        if marker == 0xDA:  # a scan: its data run to the next marker
            found = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search(content, at)
            if found is None:
                raise PhotoBroken("it ends in the middle of the picture")
            kept.append(content[at : found.start()])
            at = found.start()
    held = [_held(orientation)] if orientation not in (None, 1) else []
    return b"".join([content[:2], *held, *kept, b"\xff\xd9"])


def _says_how_to_draw(marker: int, segment: bytes) -> bool:
    """Tables, frames and scans; of the application's own segments: JFIF, a colour profile, Adobe's kind of colours."""
    if marker == 0xFE:
        return False  # a comment
    if 0xE0 <= marker <= 0xEF:
        # JFIF's second kind (JFXX) holds a small copy of the picture, which may show what was cut off.
        return segment[4:].startswith((b"JFIF\0", b"ICC_PROFILE\0", b"Adobe"))
    return True


def _orientation(exif: bytes) -> int | None:
    """Which way up, 1 to 8; None when it is not said."""
    tags = Image.Exif()
    try:
        tags.load(exif)
        found = tags.get(ORIENTATION)
    except Exception:  # Pillow raises what it comes across; a broken EXIF says nothing, and goes all the same
        return None
    return found if isinstance(found, int) and 1 <= found <= 8 else None


def _held(orientation: int | None) -> bytes:
    """A segment that says which way up, and nothing else."""
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    body = tags.tobytes()
    body = body if body.startswith(_EXIF) else _EXIF + body
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


# PNG: chunks, each with its length, name and checksum.


def _png(content: bytes) -> bytes:
    kept, at = [content[:_PNG_SIGNATURE]], _PNG_SIGNATURE
    while True:
        end = at + 12 + int.from_bytes(_exactly(content, at, at + 4), "big")
        chunk, name = _exactly(content, at, end), content[at + 4 : at + 8]
        if name in _PNG_KEPT:
            kept.append(chunk)
        at = end
        if name == b"IEND":
            return b"".join(kept)


# HEIC: boxes within boxes (ISO/IEC 14496-12). Which way up is a property of the picture; EXIF and XMP are items of their own,
# and their bytes are overwritten where they lie, since everything else is found by its place in the file.


def _heic(content: bytes) -> bytes:
    changed = bytearray(content)
    for name, start, end in _boxes(content, 0, len(content)):
        if name == b"meta":
            for item_start, item_end in _told_items(content, start + 4, end):
                changed[item_start:item_end] = bytes(item_end - item_start)
        elif name in (b"uuid", b"free", b"skip"):
            changed[start:end] = bytes(end - start)
    return bytes(changed)


def _told_items(content: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the bytes of EXIF and XMP items lie."""
    boxes = {name: (first, last) for name, first, last in _boxes(content, start, end)}
    if b"iinf" not in boxes or b"iloc" not in boxes:
        return
    told = set(_told_ids(content, *boxes[b"iinf"]))
    for item_id, is_in_file, first, length in _places(content, *boxes[b"iloc"]):
        if item_id in told:
            begin = first if is_in_file else boxes[b"idat"][0] + first
            _exactly(content, begin, begin + length)
            yield begin, begin + length


def _told_ids(content: bytes, start: int, end: int) -> Iterator[int]:
    version = content[start]
    for name, first, _ in _boxes(content, start + (6 if version == 0 else 8), end):
        if name == b"infe" and content[first] >= 2:
            wide = 4 if content[first] >= 3 else 2
            kind = first + 4 + wide + 2
            if content[kind : kind + 4] in (b"Exif", b"mime"):
                yield int.from_bytes(content[first + 4 : first + 4 + wide], "big")


def _places(content: bytes, start: int, end: int) -> Iterator[tuple[int, bool, int, int]]:
    """Item, whether it is counted from the file's beginning, where it begins, how long it is."""
    version = content[start]
    offset_size, length_size = content[start + 4] >> 4, content[start + 4] & 15
    base_size, index_size = content[start + 5] >> 4, (content[start + 5] & 15 if version else 0)
    at = start + 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(_exactly(content, at - size, at), "big")

    for _ in range(number(2 if version < 2 else 4)):
        item_id = number(2 if version < 2 else 4)
        is_in_file = (number(2) & 15) == 0 if version else True
        number(2)  # another file; never here
        base = number(base_size)
        for _ in range(number(2)):
            number(index_size)
            first = base + number(offset_size)
            yield item_id, is_in_file, first, number(length_size)
    if at > end:
        raise PhotoBroken("a box ends before its contents")


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, and where the contents begin and end."""
    while start < end:
        size, head = int.from_bytes(_exactly(content, start, start + 4), "big"), 8
        if size == 1:
            size, head = int.from_bytes(_exactly(content, start + 8, start + 16), "big"), 16
        size = size or end - start
        if size < head or start + size > end:
            raise PhotoBroken("a box is longer than what holds it")
        yield content[start + 4 : start + 8], start + head, start + size
        start += size


def _exactly(content: bytes, start: int, end: int) -> bytes:
    if end > len(content):
        raise PhotoBroken("it ends too early")
    return content[start:end]
