"""How the borrower pays and wants to be reached: payment methods, auto debit, reminders, consents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import Path
from pydantic import StrictBool, conint, conlist

from bot.backend import doors, schema
from bot.backend.problems import Problem, responses
from bot.backend.routes.common import BorrowerId, Call, TheCall, router
from bot.backend.store import Reading, Writing
from bot.backend.wire import Answer, Ask, Day, Id

routes = router("preferences")

ConsentPurpose = Literal["reminders", "hardship_evidence", "conversation_to_human"]
Purpose = Annotated[
    ConsentPurpose, Path(description="What the borrower agrees to, each for itself.", example="hardship_evidence")
]
ReminderChannel = Literal["wechat", "sms", "phone"]
_DEFAULT_REMINDERS = {"enabled": True, "channel": "wechat", "days_before": [3, 1], "quiet_until_date": None}


class PaymentMethod(Answer):
    """A card or account that auto debit draws on."""

    payment_method_id: str
    kind: Literal["bank_card", "balance"]
    label: str
    card_last4: str | None
    debit_order: int


class PaymentMethods(Answer):
    """Payment methods in the order auto debit draws on them."""

    as_of: datetime
    auto_debit: bool
    auto_debit_can_be_switched_off: bool
    payment_methods: list[PaymentMethod]


class DebitOrderAsk(Ask, example={"payment_method_ids": ["PM1001B", "PM1001A"]}):
    """All payment methods in the wanted order."""

    payment_method_ids: conlist(Id, min_items=1, max_items=20, unique_items=True)  # type: ignore[valid-type]


class SwitchAsk(Ask, example={"enabled": False}):
    """On or off."""

    enabled: StrictBool


class ReminderPreferences(Answer):
    """Whether, where and when the borrower is reminded."""

    as_of: datetime
    enabled: bool
    channel: ReminderChannel
    days_before: list[int]
    quiet_until_date: date | None


class ReminderPreferencesAsk(Ask, example={"enabled": True, "channel": "wechat", "days_before": [3, 1]}):
    """The preferences as they shall be."""

    enabled: StrictBool
    channel: ReminderChannel
    days_before: conlist(conint(strict=True, ge=0, le=30), max_items=5, unique_items=True)  # type: ignore[valid-type]
    quiet_until_date: Day | None = None


class CareMode(Answer):
    """Whether the borrower wants large letters and short sentences."""

    as_of: datetime
    care_mode: bool


class Consent(Answer):
    """What the borrower agreed to, or took back; `changed_at` is null as long as she was never asked."""

    purpose: ConsentPurpose
    granted: bool
    changed_at: datetime | None


class Consents(Answer):
    """All purposes."""

    as_of: datetime
    consents: list[Consent]


class ConsentAsk(Ask, example={"granted": True}):
    """Granted or taken back."""

    granted: StrictBool


def payment_methods_of(reading: Reading, call: Call, borrower_id: str) -> PaymentMethods:
    """The borrower's payment methods in debit order."""
    borrower = doors.borrower(reading, borrower_id)
    table = schema.payment_methods
    query = sa.select(table).where(table.c.borrower_id == borrower_id).order_by(table.c.debit_order)
    names = PaymentMethod.__fields__
    return PaymentMethods(
        as_of=reading.now,
        auto_debit=borrower.auto_debit,
        auto_debit_can_be_switched_off=not _fixed_by(reading, call, borrower_id),
        payment_methods=[PaymentMethod(**{name: row._mapping[name] for name in names}) for row in reading.rows(query)],
    )


def _fixed_by(reading: Reading, call: Call, borrower_id: str) -> str | None:
    """The first open loan whose product does not let auto debit be switched off."""
    for account in doors.accounts(reading, call.policy, borrower_id):
        if account.row.closed_date is None and not account.product.auto_debit_can_be_switched_off:
            return str(account.row.loan_id)
    return None


@routes.get(
    "/borrowers/{borrower_id}/payment-methods",
    operation_id="listPaymentMethods",
    response_model=PaymentMethods,
    responses=responses("borrower-not-found"),
)
def list_payment_methods(borrower_id: BorrowerId, call: TheCall) -> Any:
    """Payment methods in debit order, and whether auto debit is on."""
    with call.store.read() as reading:
        return payment_methods_of(reading, call, borrower_id)


@routes.put(
    "/borrowers/{borrower_id}/debit-order",
    operation_id="changeDebitOrder",
    response_model=PaymentMethods,
    responses=responses("borrower-not-found", "payment-method-not-found"),
)
def change_debit_order(ask: DebitOrderAsk, borrower_id: BorrowerId, call: TheCall) -> Any:
    """Puts all payment methods into a new order; the same order again changes nothing."""

    def work(writing: Writing) -> PaymentMethods:
        known = [row.payment_method_id for row in payment_methods_of(writing, call, borrower_id).payment_methods]
        unknown = [method for method in ask.payment_method_ids if method not in known]
        if unknown:
            raise Problem("payment-method-not-found", f"No payment method {unknown[0]} of this borrower.")
        if len(known) != len(ask.payment_method_ids):
            detail = "name every payment method once"
            raise Problem("validation", detail, errors=[{"pointer": "#/payment_method_ids", "detail": detail}])
        if known != ask.payment_method_ids:
            table = schema.payment_methods
            for place, method in enumerate(ask.payment_method_ids, start=1):
                writing.update(table, table.c.payment_method_id == method, debit_order=place)
            writing.audit("debit-order.changed", borrower_id, borrower_id, payment_method_ids=ask.payment_method_ids)
        return payment_methods_of(writing, call, borrower_id)

    return call.write("change-debit-order", work)


@routes.put(
    "/borrowers/{borrower_id}/auto-debit",
    operation_id="switchAutoDebit",
    response_model=PaymentMethods,
    responses=responses("borrower-not-found", "auto-debit-fixed"),
)
def switch_auto_debit(ask: SwitchAsk, borrower_id: BorrowerId, call: TheCall) -> Any:
    """Switches auto debit on, or off where every product of the borrower lets her."""

    def work(writing: Writing) -> PaymentMethods:
        borrower = doors.borrower(writing, borrower_id)
        fixed_by = None if ask.enabled else _fixed_by(writing, call, borrower_id)
        if fixed_by:
            raise Problem("auto-debit-fixed", f"The product of {fixed_by} keeps it on.")
        if borrower.auto_debit != ask.enabled:
            table = schema.borrowers
            writing.update(table, table.c.borrower_id == borrower_id, auto_debit=ask.enabled)
            writing.audit("auto-debit.switched", borrower_id, borrower_id, enabled=ask.enabled)
        return payment_methods_of(writing, call, borrower_id)

    return call.write("switch-auto-debit", work)


def _reminders(reading: Reading, borrower_id: str) -> ReminderPreferences:
    table = schema.reminder_preferences
    row = reading.one(sa.select(table).where(table.c.borrower_id == borrower_id))
    kept = {name: row._mapping[name] for name in _DEFAULT_REMINDERS} if row else _DEFAULT_REMINDERS
    return ReminderPreferences(as_of=reading.now, **kept)


@routes.get(
    "/borrowers/{borrower_id}/reminder-preferences",
    operation_id="getReminderPreferences",
    response_model=ReminderPreferences,
    responses=responses("borrower-not-found"),
)
def get_reminder_preferences(borrower_id: BorrowerId, call: TheCall) -> Any:
    """Whether, where and how many days before a due date the borrower is reminded."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        return _reminders(reading, borrower_id)


@routes.put(
    "/borrowers/{borrower_id}/reminder-preferences",
    operation_id="changeReminderPreferences",
    response_model=ReminderPreferences,
    responses=responses("borrower-not-found"),
)
def change_reminder_preferences(ask: ReminderPreferencesAsk, borrower_id: BorrowerId, call: TheCall) -> Any:
    """Changes them as a whole."""

    def work(writing: Writing) -> ReminderPreferences:
        doors.borrower(writing, borrower_id)
        table, wanted = schema.reminder_preferences, ask.dict()
        if not writing.update(table, table.c.borrower_id == borrower_id, **wanted):
            writing.insert(table, borrower_id=borrower_id, **wanted)
        writing.audit("reminders.changed", borrower_id, borrower_id, **{**wanted, "quiet_until_date": str(ask.quiet_until_date)})
        return _reminders(writing, borrower_id)

    return call.write("change-reminders", work)


@routes.put(
    "/borrowers/{borrower_id}/care-mode",
    operation_id="switchCareMode",
    response_model=CareMode,
    responses=responses("borrower-not-found"),
)
def switch_care_mode(ask: SwitchAsk, borrower_id: BorrowerId, call: TheCall) -> Any:
    """Large letters and short sentences, on or off, wherever the borrower speaks next."""

    def work(writing: Writing) -> CareMode:
        borrower = doors.borrower(writing, borrower_id)
        if borrower.care_mode != ask.enabled:
            table = schema.borrowers
            writing.update(table, table.c.borrower_id == borrower_id, care_mode=ask.enabled)
            writing.audit("care-mode.switched", borrower_id, borrower_id, enabled=ask.enabled)
        return CareMode(as_of=writing.now, care_mode=ask.enabled)

    return call.write("switch-care-mode", work)


def _consents(reading: Reading, borrower_id: str) -> Consents:
    table = schema.consents
    kept = {row.purpose: row for row in reading.rows(sa.select(table).where(table.c.borrower_id == borrower_id))}
    return Consents(
        as_of=reading.now,
        consents=[
            Consent(
                purpose=purpose,
                granted=kept[purpose].granted if purpose in kept else False,
                changed_at=kept[purpose].changed_at if purpose in kept else None,
            )
            for purpose in ConsentPurpose.__args__  # type: ignore[attr-defined]
        ],
    )


@routes.get(
    "/borrowers/{borrower_id}/consents",
    operation_id="listConsents",
    response_model=Consents,
    responses=responses("borrower-not-found"),
)
def list_consents(borrower_id: BorrowerId, call: TheCall) -> Any:
    """What the borrower agreed to; nothing is agreed to by silence."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        return _consents(reading, borrower_id)


@routes.put(
    "/borrowers/{borrower_id}/consents/{purpose}",
    operation_id="changeConsent",
    response_model=Consents,
    responses=responses("borrower-not-found"),
)
def change_consent(
    call: TheCall,
    ask: ConsentAsk,
    borrower_id: BorrowerId,
    purpose: Purpose,
) -> Any:
    """Grants a consent or takes it back; either is as easy as the other."""

    def work(writing: Writing) -> Consents:
        doors.borrower(writing, borrower_id)
        table, values = schema.consents, {"granted": ask.granted, "changed_at": writing.now}
        if not writing.update(table, table.c.borrower_id == borrower_id, table.c.purpose == purpose, **values):
            writing.insert(table, borrower_id=borrower_id, purpose=purpose, **values)
        writing.audit("consent.changed", purpose, borrower_id, granted=ask.granted)
        return _consents(writing, borrower_id)

    return call.write("change-consent", work)
