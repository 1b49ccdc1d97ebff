"""The lender file: lender, products, directory and borrowers in one readable YAML, checked with a sentence per mistake."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, root_validator, validator

from bot.backend.days import Day
from bot.backend.lender_cost import CouponRow
from bot.backend.lender_credit_line import CreditLineRow, LoanApplicationRow, RefundRow, check_lines
from bot.backend.lender_difficulty import AssistanceKind, EventRow, FeeWaiverRow, HardshipRow, check_difficulty
from bot.backend.lender_my_debt import MyDebtRow
from bot.backend.lender_overdue import RebuildCreditRow
from bot.backend.lender_paying import AutoDebitHours, RepaymentWay, SecurePages
from bot.backend.lender_rights import RightsRow, StaffRow
from bot.backend.products import Product, Row
from bot.config import ConfigurationError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules in C, where it was built
_ID = r"^[A-Za-z0-9_-]{1,64}$"
RequestKind = Literal[
    "deferral",
    "restructure",
    "due_date_change",
    "complaint",
    "ticket",
    "fraud_report",
    "privacy_request",
    "closing",
    "rebuild_credit",
    "fee_waiver",
    "assistance",
    "credit_dispute",
]
# Kinds that a lender file need not name; the others it must.
_DAYS_BY_DEFAULT: dict[str, int] = {
    "due_date_change": 3,
    "fraud_report": 1,
    "privacy_request": 15,
    "closing": 3,
    "rebuild_credit": 5,
    "fee_waiver": 5,
    "assistance": 2,
    "credit_dispute": 20,
}
# 《征信业管理条例》第25条: looked into and answered in writing within 20 days.
_CREDIT_DISPUTE_DAYS = 20
_SNAKE_CASE = r"^[a-z][a-z0-9_]{0,63}$"


class LenderRow(Row):
    """Who lends, and within how many days its people decide."""

    name: str = Field(min_length=1, max_length=60)
    decision_days: dict[RequestKind, int]
    secure_pages: SecurePages | None = None
    auto_debit: AutoDebitHours | None = None

    @validator("decision_days")
    def _every_kind(cls, value: dict[str, int]) -> dict[str, int]:  # noqa: N805
        missing = {"deferral", "restructure", "complaint", "ticket"} - set(value)
        if missing or not all(1 <= days <= 60 for days in value.values()):
            raise ValueError("give 1 to 60 days for each of deferral, restructure, complaint and ticket")
        if value.get("credit_dispute", 1) > _CREDIT_DISPUTE_DAYS:
            raise ValueError(f"a credit_dispute is answered within {_CREDIT_DISPUTE_DAYS} days by law")
        return {**_DAYS_BY_DEFAULT, **value}


class ServicePoint(Row):
    """A place a borrower can go to."""

    service_point_id: str = Field(regex=_ID)
    name: str
    city: str
    district: str
    address: str
    opening_hours: str
    phone: str | None = None
    services: list[str] = []
    bring: list[str] = []
    latitude: float | None = Field(None, ge=-90, le=90)  # as maps of the mainland have it (GCJ-02), like a phone's location
    longitude: float | None = Field(None, ge=-180, le=180)


class Programme(Row):
    """Help from others than the lender; `city` is empty when it is for the whole country."""

    programme_id: str = Field(regex=_ID)
    name: str
    city: str | None = None
    who: str
    what: str
    when: str | None = None
    how: str | None = None
    phone: str | None = None
    kinds: list[AssistanceKind] = []
    source: str
    checked_date: Day


class LatePayment(Row):
    """An instalment that was paid so many days late, penalty included."""

    instalment: int = Field(ge=1)
    days_late: int = Field(ge=1, le=400)


class PaymentRow(Row):
    """A payment beside the regular ones; without amount it is the next instalment's, as of that day."""

    date: Day
    amount_fen: int | None = Field(None, ge=1, le=100_000_000_00)
    channel: str = Field("bank_transfer", regex=_SNAKE_CASE)
    status: Literal["booked", "processing", "failed"] = "booked"
    failure_reason: str | None = Field(None, regex=_SNAKE_CASE)


class FiledDeferral(Row):
    """A deferral asked for in the past: decided, or waiting."""

    filed: Day
    period: str
    reason_code: str | None = Field(None, regex=_SNAKE_CASE)
    status: Literal["pending", "approved", "refused"]
    decided_days_later: int = Field(1, ge=1)
    decision_reason: str | None = None


class StatementRow(Row):
    """A month's statement of a revolving line: new spending, and what was paid of it by its due date."""

    purchases_fen: int = Field(0, ge=0)
    instalments_fen: int = Field(0, ge=0)
    fees_fen: int = Field(0, ge=0)
    paid_fen: int = Field(0, ge=0)


class LoanRow(Row):
    """A loan with its history."""

    loan_id: str = Field(regex=_ID)
    product: str
    principal_fen: int | None = Field(None, ge=1, le=100_000_000_00)
    term: int | None = Field(None, ge=1, le=600)
    next_due: Day | None = None
    disbursed: Day | None = None
    anchor_day: int | None = Field(None, ge=1, le=31)
    paid_instalments: int = Field(0, ge=0)
    late_payments: list[LatePayment] = []
    payments: list[PaymentRow] = []
    deferrals: list[FiledDeferral] = []
    card_last4: str | None = Field(None, regex=r"^[0-9]{4}$")
    collection_agency: str | None = None
    with_agency_since: Day | None = None
    agency_staff_numbers: list[str] = []
    credit_limit_fen: int | None = Field(None, ge=1)
    last_statement: Day | None = None
    statements: list[StatementRow] = []
    refunds: list[RefundRow] = []

    @root_validator(skip_on_failure=True)
    def _adds_up(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        term, paid = values["term"], values["paid_instalments"]
        if term is not None and paid > term:
            raise ValueError(f"paid_instalments is {paid}, but the loan has {term} instalments")
        late = [row.instalment for row in values["late_payments"]]
        if any(number > paid for number in late) or len(set(late)) != len(late):
            raise ValueError("late_payments names each paid instalment at most once")
        if sum(row.status == "pending" for row in values["deferrals"]) > 1:
            raise ValueError("a loan has one pending deferral at most")
        return values


class PaymentMethodRow(Row):
    """A card or account that auto debit draws on, in the order of the list."""

    payment_method_id: str = Field(regex=_ID)
    kind: Literal["bank_card", "balance"]
    label: str = Field(min_length=1, max_length=40)
    card_last4: str | None = Field(None, regex=r"^[0-9]{4}$")


class BorrowerRow(Row):
    """A borrower and the situation she is in; `name` is what `--as` takes."""

    name: str = Field(regex=_SNAKE_CASE)
    borrower_id: str = Field(regex=_ID)
    situation: str
    display_name: str = Field(min_length=1, max_length=40)
    city: str
    district: str | None = None
    care_mode: bool = False
    phone_masked: str = Field(regex=r"^1[0-9]{2}\*{4}[0-9]{4}$")
    phone: str | None = Field(None, regex=r"^1[3-9][0-9]{9}$")  # for one-time codes; it is never put into the ledger
    flags: list[str] = []
    auto_debit: bool = True
    payment_methods: list[PaymentMethodRow] = []
    loans: list[LoanRow] = []
    coupons: list[CouponRow] = []
    credit_lines: list[CreditLineRow] = []
    loan_applications: list[LoanApplicationRow] = []


class LenderFile(Row):
    """The whole file."""

    lender: LenderRow
    my_debt: MyDebtRow = MyDebtRow()
    staff: StaffRow
    rights: RightsRow = RightsRow()
    products: list[Product] = Field(min_items=1)
    rebuild_credit: RebuildCreditRow | None = None
    repayment_ways: list[RepaymentWay] = []
    service_names: dict[str, str] = {}
    service_points: list[ServicePoint] = []
    programmes: list[Programme] = []
    events: list[EventRow] = []
    fee_waivers: list[FeeWaiverRow] = []
    hardship: HardshipRow = HardshipRow()
    borrowers: list[BorrowerRow] = []

    @root_validator(skip_on_failure=True)
    def _fits_together(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        products = {product.product_id: product for product in values["products"]}
        loans = [loan for borrower in values["borrowers"] for loan in borrower.loans]
        methods = [method for borrower in values["borrowers"] for method in borrower.payment_methods]
        for rows, key in (
            (values["products"], "product_id"),
            (values["repayment_ways"], "way"),
            (values["service_points"], "service_point_id"),
            (values["programmes"], "programme_id"),
            (values["events"], "event_id"),
            (values["fee_waivers"], "programme_id"),
            (values["borrowers"], "borrower_id"),
            (values["borrowers"], "name"),
            (loans, "loan_id"),
            (methods, "payment_method_id"),
            ([row for borrower in values["borrowers"] for row in borrower.coupons], "coupon_id"),
            ([row for borrower in values["borrowers"] for row in borrower.loan_applications], "application_id"),
            ([row for loan in loans for row in loan.refunds], "refund_id"),
        ):
            seen = [getattr(row, key) for row in rows]
            twice = next((value for value in seen if seen.count(value) > 1), None)
            if twice is not None:
                raise ValueError(f"{key} {twice!r} is given twice")
        check_difficulty(products, values["fee_waivers"])
        for way in values["repayment_ways"]:
            strange = sorted(set(way.products) - products.keys())
            if strange:
                raise ValueError(f"repayment way {way.way}: there is no product {strange[0]!r}")
        unnamed = {code for point in values["service_points"] for code in point.services} - values["service_names"].keys()
        if unnamed:
            raise ValueError(f"`service_names` has no words for {sorted(unnamed)[0]!r}")
        for borrower in values["borrowers"]:
            check_lines(borrower.borrower_id, borrower.credit_lines, borrower.loan_applications, products)
        for coupon in (row for borrower in values["borrowers"] for row in borrower.coupons):
            strange = sorted(set(coupon.products) - products.keys())
            if strange:
                raise ValueError(f"coupon {coupon.coupon_id}: there is no product {strange[0]!r}")
        for loan in loans:
            product = products.get(loan.product)
            if product is None:
                raise ValueError(f"loan {loan.loan_id}: there is no product {loan.product!r}")
            if product.kind == "instalment" and not (loan.principal_fen and loan.term and loan.next_due):
                raise ValueError(f"loan {loan.loan_id}: an instalment loan has `principal_fen`, `term` and `next_due`")
            if product.kind == "revolving" and not (
                loan.credit_limit_fen and loan.last_statement and loan.next_due and loan.statements
            ):
                raise ValueError(
                    f"loan {loan.loan_id}: a line has `credit_limit_fen`, `last_statement`, `next_due` and `statements`"
                )
        return values


@dataclass(frozen=True)
class Lender:
    """A lender file that was read: its rows, found by id, and the hash of what was read."""

    file: LenderFile
    sha256: str

    def product(self, product_id: str) -> Product:
        """The product; `KeyError` when the ledger names one the file no longer has."""
        return next(row for row in self.file.products if row.product_id == product_id)


def read(path: Path) -> Lender:
    """The lender file.

    Raises:
        ConfigurationError: it cannot be read, is not YAML or not as it should be; one sentence with line and key.
    """
    try:
        raw = path.read_bytes()
        loader = _Loader(raw)
        node = loader.get_single_node()
        content = None if node is None else loader.construct_document(node)
    except OSError as error:
        raise ConfigurationError(f"The lender file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"The lender file {path} is not UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ConfigurationError(f"{path}{where}: not YAML: {getattr(error, 'problem', None) or error}.") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: the file must hold `lender:`, `products:` and `borrowers:`.")
    try:
        return Lender(LenderFile(**{str(key): value for key, value in content.items()}), hashlib.sha256(raw).hexdigest())
    except ValidationError as error:
        first = error.errors()[0]
        location = tuple(part for part in first["loc"] if part != "__root__")
        key = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
        place = f", line {_line_of(node, location)}" + (f", `{key}`" if key else "")
        raise ConfigurationError(f"{path}{place}: {first['msg']}.") from error


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line of the deepest part of the location that the file has."""
    line = 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(part)]
            if not found:
                return line
            key, node = found[0]
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line
