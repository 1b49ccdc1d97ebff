"""Handing in a proof for a request."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote as url_quote

from bot.client.door import Door


@dataclass(frozen=True)
class FiledEvidence:
    """A proof as the lender keeps it."""

    evidence_id: str
    request_id: str
    name: str
    kind: str
    size_bytes: int
    sha256: str
    received_at: datetime


class Evidence(Door):
    """Hands in pictures and PDFs, and lists what was handed in."""

    def add_evidence(self, request_id: str, name: str, content: bytes) -> FiledEvidence:
        """The proof as kept. The same content for the same request again keeps nothing new, so it may be sent again.

        Args:
            request_id: the request that it is for.
            name: what the borrower's file is called.
            content: the file.

        Raises:
            RequestNotFound: no such request of this borrower.
            EvidenceKind: no picture and no PDF.
            EvidenceTooLarge: carries max_bytes.
            EvidenceTooMany: carries max_files.
            BackendUnavailable: no usable answer; whether it was kept is not known, and sending it again is safe.
        """
        body = {"name": name, "content_base64": base64.b64encode(content).decode()}
        path = f"{self._path}/requests/{url_quote(request_id, safe='')}/evidence"
        return self._read(FiledEvidence, self._call("POST", path, body))

    def evidence(self, request_id: str) -> list[FiledEvidence]:
        """What was handed in for a request, oldest first; empty when nothing was.

        Raises:
            RequestNotFound: no such request of this borrower.
            BackendUnavailable: no usable answer.
        """
        path = f"/requests/{url_quote(request_id, safe='')}/evidence"
        return self._read_list(FiledEvidence, self._get(path), "evidence")
