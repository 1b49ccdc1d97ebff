"""Fraud, collection, complaints, privacy and people in JSON; the fields are those of docs/loan-backend.md."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, StrictBool, root_validator, validator

from bot.backend.wire import Answer, Ask, Day, Id, PlainText, ShortText

_MOMENT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})")
PauseReason = Literal["complaint", "bereavement"]
DataRight = Literal["copy", "correct", "delete", "withdraw_consent", "explain"]
ConsentPurpose = Literal["reminders", "hardship_evidence", "conversation_to_human"]


class OwnContact(Answer):
    """A number, site, app or account that is the lender's own."""

    kind: Literal["phone", "sms", "website", "app", "wechat"]
    value: str
    purpose: str


class OwnContacts(Answer):
    """All of them: what is not among them is not the lender's."""

    as_of: datetime
    lender_name: str
    contacts: list[OwnContact]


class CallbackTime(Answer):
    """An hour at which somebody can call back."""

    starts_at: datetime
    ends_at: datetime


class Staff(Answer):
    """Whether a person can be reached now, and if not, when."""

    as_of: datetime
    phone: str
    open_now: bool
    open_until_at: datetime | None = Field(description="Null when nobody is there.")
    next_open_at: datetime | None = Field(description="Null when somebody is there, or nobody will be within two months.")
    wait_minutes: int | None = Field(description="Roughly; null when nobody is there.")
    callback_times: list[CallbackTime] = Field(description="The next hours for a call back, at most four a day, two days.")


class CallbackAsk(Ask, example={"starts_at": "2026-11-25T10:00:00+08:00"}):
    """When the borrower wants to be called."""

    starts_at: datetime

    @validator("starts_at", pre=True)
    def _is_text(cls, value: Any) -> Any:  # noqa: N805
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):  # pydantic alone would take a number for a moment
            raise ValueError("a moment is text such as 2026-11-25T10:00:00+08:00")
        return value


class FraudReportAsk(Ask, example={"what": "account_taken", "summary": "手机被偷，借款不是本人操作", "block": True}):
    """What happened, and whether to block."""

    what: Literal["account_taken", "not_my_loan", "money_sent", "data_given", "suspicious"]
    summary: PlainText
    block: StrictBool = Field(..., description="Whether to block what can be blocked, until a person lifts it.")
    loan_id: Id | None = None


class SafetyBlock(Answer):
    """A block after a report of fraud; only a person lifts it, and paying back is never blocked."""

    as_of: datetime
    blocked_now: bool
    would_block: list[str] = Field(description="`new_loans`, and `line_payments` where there is an open line.")
    safety_block_id: str | None
    request_id: str | None
    blocked: list[str]
    blocked_at: datetime | None


class DeskBlock(Answer):
    """A block as the desk sees it."""

    safety_block_id: str
    borrower_id: str
    borrower_name: str
    request_id: str
    blocked: list[str]
    blocked_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None


class DeskBlocks(Answer):
    """Blocks of all borrowers, the oldest first."""

    as_of: datetime
    blocks: list[DeskBlock]


class LiftAsk(Ask, example={"reason": "本人到场核实", "lifted_by": "desk"}):
    """A person lifts a block."""

    reason: ShortText
    lifted_by: ShortText


class CollectionIncident(Ask, example={"happened_date": "2026-11-22", "caller": "工号RX0317", "third_party_contacted": True}):
    """What is known of a call or visit; everything may be left out."""

    happened_date: Day | None = None
    happened_time: ShortText | None = Field(None, description="In the borrower's words.")
    caller: ShortText | None = Field(None, description="Number, staff number, name or company, in the borrower's words.")
    wording: PlainText | None = Field(None, description="What was said, in the borrower's words.")
    third_party_contacted: StrictBool | None = None
    threats: StrictBool | None = None


class Handler(Answer):
    """Who handles a loan that is past due, and how to tell that a caller is theirs."""

    loan_id: str
    product_name: str
    days_past_due: int
    handled_by: Literal["nobody", "lender", "agency"]
    name: str | None
    since_date: date | None
    phones: list[str]
    staff_numbers: list[str]


class Collection(Answer):
    """Who may call the borrower about which loan."""

    as_of: datetime
    lender_name: str
    loans: list[Handler]


class OutreachPause(Answer):
    """Whether nobody calls at present, and how it would be if that was asked for now."""

    as_of: datetime
    paused_now: bool
    reason_code: PauseReason | None
    paused_until_at: datetime | None
    complaint_would_run_until_at: datetime = Field(description="Until when one that is asked for now would run.")
    bereavement_would_run_until_at: datetime
    covers: list[str]
    not_covered: list[str]


class OutreachPauseAsk(Ask, example={"reason_code": "complaint"}):
    """Why nobody shall call."""

    reason_code: PauseReason


class HeldData(Answer):
    """One sort of data that is held of the borrower; the words are the lender's."""

    item_id: str
    what: str
    why: str
    received_by: list[str]
    kept: str
    can_be_deleted_now: bool
    consent_purpose: ConsentPurpose | None


class DataInventory(Answer):
    """What is held of the borrower, why, who received it, and for how long."""

    as_of: datetime
    lender_name: str
    items: list[HeldData]


class PrivacyRequestAsk(Ask, example={"right": "copy", "text": "想要一份我的全部资料"}):
    """What the borrower wants done with her data."""

    right: DataRight
    text: PlainText
    item_id: Id | None = None
    consent_purpose: ConsentPurpose | None = Field(None, description="With `withdraw_consent`; it is taken back at once.")

    @root_validator(skip_on_failure=True)
    def _fits(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if values["consent_purpose"] is not None and values["right"] != "withdraw_consent":
            raise ValueError("`consent_purpose` belongs to `withdraw_consent`")
        return values


class BereavementPapers(Answer):
    """What the lender asks of the family, in its own words."""

    as_of: datetime
    papers: list[str]
