"""What a borrower may hand in as a proof, told by its first bytes and never by its name."""

from __future__ import annotations

KINDS = ("image/jpeg", "image/png", "image/heic", "application/pdf")

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def kind_of(content: bytes) -> str | None:
    """The media type of a file, one of `KINDS`; None for every other kind.

    >>> kind_of(b"%PDF-1.7 and so on")
    'application/pdf'
    >>> kind_of(b"<svg onload=...>") is None
    True
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    return None
