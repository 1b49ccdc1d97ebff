"""Files that the bot serves itself: the built widget and the demo page. Nothing else of the disk can be reached."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from sanic.request import Request
from sanic.response import HTTPResponse, raw

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# A name with a hash of the content in it never means another content.
_HASHED = re.compile(r"[-.][A-Za-z0-9_]{8,}\.[a-z0-9]+(\.map)?$")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_PACKED = (".js", ".mjs", ".css", ".html", ".json", ".map", ".svg")


@dataclass(frozen=True)
class _File:
    changed_ns: int
    content: bytes
    packed: bytes | None
    etag: str


class StaticFiles:
    """The files of one folder, its sub-folders left out, read again when they change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, _File] = {}

    def answer(self, request: Request, name: str, headers: dict[str, str]) -> HTTPResponse | None:
        """The file as an answer: packed where the browser takes it, 304 where it has it; None when there is no such file.

        Args:
            request: the call.
            name: of the file; a path is no name.
            headers: more headers for the answer.
        """
        file = self._file(name)
        if file is None:
            return None
        told = {
            "ETag": file.etag,
            "Cache-Control": "public, max-age=31536000, immutable" if _HASHED.search(name) else "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
            **headers,
        }
        if file.etag in (request.headers.get("if-none-match") or ""):
            return HTTPResponse(status=304, headers=told)
        content = file.content
        if file.packed and "gzip" in (request.headers.get("accept-encoding") or ""):
            content, told["Content-Encoding"] = file.packed, "gzip"
        return raw(content, content_type=_TYPES[Path(name).suffix], headers=told)

    def _file(self, name: str) -> _File | None:
        suffix = Path(name).suffix
        if not _NAME.fullmatch(name) or suffix not in _TYPES:
            return None
        path = self._folder / name
        try:
            changed_ns = path.stat().st_mtime_ns
            known = self._files.get(name)
            if known is None or known.changed_ns != changed_ns:
                content = path.read_bytes()
                packed = gzip.compress(content, 9, mtime=0) if suffix in _PACKED else None
                known = _File(changed_ns, content, packed, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
                self._files[name] = known
            return known
        except OSError:
            return None
