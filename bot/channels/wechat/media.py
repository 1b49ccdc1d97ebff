"""What borrowers send that is no text: pictures and files as proofs, where they are, and what the bot cannot read.

Nothing is met with silence. A picture is passed on to the lender and kept nowhere else; what a camera wrote beside it goes first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timezone

from bot import formats
from bot.channels.guard import plain_text
from bot.channels.photos import PhotoBroken, without_metadata
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.people import People
from bot.channels.wechat.platform import PlatformError
from bot.channels.wechat.said import Said
from bot.channels.wechat.speaking import Speaking
from bot.channels.wechat.store import Store
from bot.channels.wechat.words import WeChatWords
from bot.client import LoanClient
from bot.client.client import BorrowerLoans
from bot.client.errors import (
    AlreadyDecided,
    EvidenceKind,
    EvidenceTooLarge,
    EvidenceTooMany,
    LoanBackendError,
    ProblemError,
    RequestNotFound,
)
from bot.client.results import FiledRequest
from bot.loans.evidence import kind_of

log = logging.getLogger(__name__)

Download = Callable[[str], tuple[bytes, str]]
_POINTS = 3
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/heic": "heic", "application/pdf": "pdf"}
_REFUSALS: dict[type[ProblemError], str] = {
    EvidenceKind: "utter_wechat_proof_kind",
    EvidenceTooLarge: "utter_wechat_proof_too_large",
    EvidenceTooMany: "utter_wechat_proof_too_many",
    AlreadyDecided: "utter_wechat_proof_decided",
    RequestNotFound: "utter_wechat_proof_no_request",
}


class Media:
    """Answers to what is no text.

    Args:
        store: the database.
        people: where a proof was last said to belong.
        speaking: who sends it.
        client: the lender.
        download: fetches what was sent from WeChat; it blocks.
        words: what is said.
    """

    def __init__(
        self, store: Store, people: People, speaking: Speaking, client: LoanClient, download: Download, words: WeChatWords
    ) -> None:
        self._store = store
        self._people = people
        self._speaking = speaking
        self._client = client
        self._download = download
        self._words = words

    async def answer(self, incoming: Incoming) -> list[Said]:
        """What is said to it.

        Raises:
            LoanBackendError: the lender could not be asked.
        """
        if incoming.kind in ("image", "file"):
            return [await self._proof(incoming)]
        if incoming.kind == "location" and incoming.latitude is not None and incoming.longitude is not None:
            return [await asyncio.to_thread(self._nearest_points, incoming.latitude, incoming.longitude)]
        responses = {"voice": "voice_not_heard", "video": "video", "shortvideo": "video", "link": "link"}
        return [self._words.said(f"utter_wechat_{responses.get(incoming.kind, 'kind_unknown')}")]

    async def _proof(self, incoming: Incoming) -> Said:
        borrower_id = await self._speaking.borrower_id(incoming.openid)
        if borrower_id is None:
            return self._words.said("utter_wechat_bind_first")
        if not incoming.media_id:
            return self._words.said("utter_wechat_file_not_here")  # WeChat tells that there is a file, and keeps it
        loans = self._client.loans_of(borrower_id)
        person = await self._store.soon(self._people.of, incoming.openid)
        request = await asyncio.to_thread(_request_for_proof, loans, person.proof_request_id)
        if request is None:
            return self._words.said("utter_wechat_proof_no_request")
        return await asyncio.to_thread(self._hand_in, loans, request, incoming)

    def _hand_in(self, loans: BorrowerLoans, request: FiledRequest, incoming: Incoming) -> Said:
        try:
            content = without_metadata(self._download(incoming.media_id)[0])
        except PhotoBroken:
            return self._words.said("utter_wechat_proof_kind")
        except PlatformError as error:
            log.warning("a proof could not be fetched from WeChat: %s", error)
            return self._words.said("utter_wechat_proof_failed")
        kind = kind_of(content)
        if kind is None:
            return self._words.said("utter_wechat_proof_kind")
        try:
            loans.add_evidence(request.request_id, _name_of(incoming, kind), content)
        except ProblemError as error:
            values = error.details()
            max_mb = int(values.get("max_bytes", 0)) // (1024 * 1024)
            response = _REFUSALS.get(type(error), "utter_wechat_proof_failed")
            return self._words.said(response, max_mb=max_mb, max_files=values.get("max_files"))
        except LoanBackendError as error:
            log.warning("a proof was not passed on: %s", error)
            return self._words.said("utter_wechat_proof_failed")
        kind_name = self._words.label("kinds", request.kind)
        return self._words.said("utter_wechat_proof_kept", request_id=request.request_id, kind=kind_name)

    def _nearest_points(self, latitude: float, longitude: float) -> Said:
        points = self._client.directory().nearest_points(latitude, longitude)[:_POINTS]
        if not points:
            return self._words.said("utter_wechat_no_points")
        rows = [
            self._words.text(
                "utter_wechat_point" if point.phone else "utter_wechat_point_without_phone",
                name=point.name,
                distance=formats.distance(point.distance_m or 0),
                address=point.address,
                opening_hours=point.opening_hours,
                phone=point.phone or "",
            )
            for point in points
        ]
        return self._words.said("utter_wechat_nearest_points", points="\n\n".join(rows))


def _request_for_proof(loans: BorrowerLoans, named: str | None) -> FiledRequest | None:
    """The request that a proof belongs to, of those that wait for a decision; None when there is none.

    It is the one that was last said to take proofs, else one that was filed under the condition of a proof, else the newest.
    """
    pending = [request for request in loans.requests() if request.status == "pending"]
    for request in pending:
        if request.request_id == named:
            return request
    waiting = [request for request in pending if "proof_of_reason" in (request.terms.get("conditions") or ())]
    return next(iter([*waiting, *pending]), None)


def _name_of(incoming: Incoming, kind: str) -> str:
    """What the file is called at the desk: a file's own name, else when the picture came."""
    at = datetime.fromtimestamp(incoming.created_at, timezone.utc).astimezone(formats.SHANGHAI)
    return plain_text(incoming.title)[:100] or f"wechat-{at:%Y%m%d-%H%M%S}.{_SUFFIXES[kind]}"
