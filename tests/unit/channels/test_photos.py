"""A photo handed in as a proof: the place, the time and the device go, the picture and which way up it is held stay."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps, PngImagePlugin

from bot.channels.photos import ORIENTATION, PhotoBroken, without_metadata

SECRETS = (b"Huawei P60", b"2026:11-23", b"GPSLatitude", b"made at home", b"photographer", b"FILM-BEHIND-THE-PICTURE")


def a_picture() -> Image.Image:
    return Image.radial_gradient("L").resize((64, 40)).convert("RGB")


def exif_of_a_phone(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F] = "Huawei P60"
    tags[0x0132] = "2026:11-23 08:00:00"
    tags[0x013B] = "photographer"
    tags[ORIENTATION] = orientation
    tags.get_ifd(0x8825)[1] = "N"
    tags.get_ifd(0x8825)[2] = (31.0, 13.0, 56.0)
    return tags


def a_jpeg(orientation: int = 6, *, progressive: bool = False) -> bytes:
    file = io.BytesIO()
    a_picture().save(
        file,
        "JPEG",
        exif=exif_of_a_phone(orientation),
        comment=b"made at home",
        progressive=progressive,
        xmp=b"<x>GPSLatitude</x>",
    )
    return file.getvalue() + b"FILM-BEHIND-THE-PICTURE"


def a_png() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "made at home")
    told.add_itxt("XML:com.adobe.xmp", "GPSLatitude")
    file = io.BytesIO()
    a_picture().save(file, "PNG", pnginfo=told, exif=exif_of_a_phone(1))
    return file.getvalue() + b"FILM-BEHIND-THE-PICTURE"


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name + body


def a_heic(*, in_idat: bool = False) -> tuple[bytes, bytes]:
    """A file with the boxes of an iPhone's photo, and the bytes of its picture; neither is one that could be drawn."""
    told, picture = b"\0\0\0\6Exif\0\0Huawei P60 GPSLatitude", b"PICTURE" * 9
    kind = [
        box(b"infe", b"\2\0\0\0", struct.pack(">HH", number, 0), name, b"\0") for number, name in ((1, b"hvc1"), (2, b"Exif"))
    ]
    ftyp = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(picture_at: int, told_at: int) -> bytes:
        places = [(1, 0, picture_at, len(picture)), (2, int(in_idat), 0 if in_idat else told_at, len(told))]
        rows = [struct.pack(">HHHHII", number, where, 0, 1, at, length) for number, where, at, length in places]
        iloc = box(b"iloc", b"\1\0\0\0\x44\x00", struct.pack(">H", 2), *rows)
        iinf = box(b"iinf", b"\0\0\0\0", struct.pack(">H", 2), *kind)
        return box(b"meta", b"\0\0\0\0", iinf, iloc, *([box(b"idat", told)] if in_idat else []))

    start = len(ftyp) + len(meta(0, 0)) + 8
    behind = [] if in_idat else [told]
    return ftyp + meta(start, start + len(picture)) + box(b"mdat", picture, *behind), picture


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_jpeg_keeps_every_pixel_and_which_way_up_and_nothing_else(orientation: int, progressive: bool) -> None:
    before = a_jpeg(orientation, progressive=progressive)
    assert all(secret in before for secret in SECRETS)
    after = without_metadata(before)
    assert not [secret for secret in SECRETS if secret in after]
    old, new = Image.open(io.BytesIO(before)), Image.open(io.BytesIO(after))
    assert list(new.getexif()) == ([] if orientation == 1 else [ORIENTATION])
    assert ImageOps.exif_transpose(new).tobytes() == ImageOps.exif_transpose(old).tobytes()


def test_a_png_keeps_every_pixel_and_nothing_else() -> None:
    before = a_png()
    after = without_metadata(before)
    assert not [secret for secret in SECRETS if secret in after]
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


@pytest.mark.parametrize("in_idat", [False, True])
def test_a_heic_keeps_its_picture_and_its_length_and_loses_what_is_told_beside_it(in_idat: bool) -> None:
    before, picture = a_heic(in_idat=in_idat)
    after = without_metadata(before)
    assert picture in after and len(after) == len(before)
    assert not [secret for secret in SECRETS if secret in after]


def test_the_same_photo_gives_the_same_bytes_so_that_it_is_kept_once() -> None:
    once = without_metadata(a_jpeg())
    assert once == without_metadata(a_jpeg()) == without_metadata(once)


def test_a_colour_profile_stays() -> None:
    file = io.BytesIO()
    a_picture().save(file, "JPEG", icc_profile=b"a profile of colours")
    assert Image.open(io.BytesIO(without_metadata(file.getvalue()))).info["icc_profile"] == b"a profile of colours"


def test_a_pdf_is_left_as_its_author_wrote_it() -> None:
    assert without_metadata(b"%PDF-1.7 /Author (me)") == b"%PDF-1.7 /Author (me)"


@pytest.mark.parametrize("make", [a_jpeg, a_png, lambda: a_heic()[0]], ids=["jpeg", "png", "heic"])
def test_a_photo_that_was_cut_off_is_refused_rather_than_kept_with_what_it_tells(make: object) -> None:
    content: bytes = make()  # type: ignore[operator]
    with pytest.raises(PhotoBroken):
        without_metadata(content[: len(content) // 3])


@given(st.sampled_from([a_jpeg(), a_png(), a_heic()[0]]), st.data())
def test_whatever_is_broken_in_it_the_answer_is_a_file_or_a_refusal(content: bytes, data: st.DataObject) -> None:
    broken = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        after = without_metadata(bytes(broken))
    except PhotoBroken:
        return
    assert len(after) <= len(broken) + 64
