"""Calls about fraud, collectors, complaints, privacy, bereavement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from bot.client.door import Door
from bot.client.results import FiledRequest


@dataclass(frozen=True)
class OwnContact:
    """A number, site, app or account that is the lender's own; `purpose` is the lender's word for it."""

    kind: Literal["phone", "sms", "website", "app", "wechat"]
    value: str
    purpose: str


@dataclass(frozen=True)
class SafetyBlock:
    """Whether a report of fraud has blocked anything, and what one would block: `new_loans`, `line_payments`."""

    blocked_now: bool
    would_block: tuple[str, ...]
    blocked: tuple[str, ...]
    blocked_at: datetime | None
    request_id: str | None
    as_of: datetime


@dataclass(frozen=True)
class Handler:
    """Who may call about a loan, and the numbers by which a caller can be told to be theirs."""

    loan_id: str
    product_name: str
    days_past_due: int
    handled_by: Literal["nobody", "lender", "agency"]
    name: str | None
    since_date: date | None
    phones: tuple[str, ...]
    staff_numbers: tuple[str, ...]


@dataclass(frozen=True)
class Collection:
    """Who may call the borrower, loan by loan; open loans only."""

    lender_name: str
    loans: tuple[Handler, ...]
    as_of: datetime


@dataclass(frozen=True)
class OutreachPause:
    """Whether nobody calls at present, and until when a pause asked for now would run; the words are the lender's."""

    paused_now: bool
    paused_until_at: datetime | None
    complaint_would_run_until_at: datetime
    bereavement_would_run_until_at: datetime
    covers: tuple[str, ...]
    not_covered: tuple[str, ...]
    as_of: datetime


@dataclass(frozen=True)
class HeldData:
    """One sort of data held of the borrower; the words are the lender's."""

    item_id: str
    what: str
    why: str
    received_by: tuple[str, ...]
    kept: str
    can_be_deleted_now: bool
    consent_purpose: str | None


@dataclass(frozen=True)
class DataInventory:
    """What is held of the borrower, why, who received it, and for how long."""

    lender_name: str
    items: tuple[HeldData, ...]
    as_of: datetime


class Rights(Door):
    """What a borrower may know, stop and ask for."""

    def safety_block(self) -> SafetyBlock:
        """Whether the borrower is blocked after a report of fraud, and what a block would stop.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(SafetyBlock, self._get("/safety-block"))

    def report_fraud(self, what: str, summary: str, *, block: bool, filing_key: str) -> FiledRequest:
        """The report as filed; with `block`, all that can be blocked is, until a person lifts it.

        Raises:
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        body = {"what": what, "summary": summary, "block": block}
        return self._file(f"{self._path}/fraud-reports", body, filing_key)

    def collection(self) -> Collection:
        """Who may call about which loan.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(Collection, self._get("/collection"))

    def outreach_pause(self) -> OutreachPause:
        """Whether nobody calls at present, until when, and what a pause covers.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(OutreachPause, self._get("/outreach-pause"))

    def file_complaint(self, complaint: Mapping[str, Any], *, filing_key: str) -> FiledRequest:
        """The complaint as filed; `complaint` has `topic` and `text`, and may have `wish`, `incident`, `pause_outreach`.

        Raises:
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        return self._file(f"{self._path}/complaints", complaint, filing_key)

    def data_inventory(self) -> DataInventory:
        """What is held of the borrower.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(DataInventory, self._get("/data-inventory"))

    def file_privacy_request(self, right: str, text: str, *, consent_purpose: str | None, filing_key: str) -> FiledRequest:
        """The wish about one's data as filed; a consent that is named is taken back at once.

        Raises:
            BackendUnavailable, FilingUnknown: as for `request_deferral`.
        """
        body = {"right": right, "text": text, "consent_purpose": consent_purpose}
        return self._file(f"{self._path}/privacy-requests", body, filing_key)
