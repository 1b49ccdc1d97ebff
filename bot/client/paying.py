"""Calls about how to repay: ways, debits, cards, early repayment, and links to the lender's secure pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote as url_quote

from bot.client.connection import UnusableAnswer
from bot.client.door import Door
from bot.client.errors import BackendUnavailable, FilingUnknown

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SecureLink:
    """A link to the lender's own page, told once and only to this borrower."""

    purpose: str
    url: str
    expires_at: datetime
    as_of: datetime


@dataclass(frozen=True)
class PaymentMethod:
    """A card or account that auto debit draws on."""

    payment_method_id: str
    kind: str
    label: str
    card_last4: str | None
    debit_order: int


@dataclass(frozen=True)
class PaymentMethods:
    """Payment methods in the order auto debit draws on them."""

    as_of: datetime
    auto_debit: bool
    auto_debit_can_be_switched_off: bool
    payment_methods: tuple[PaymentMethod, ...]


@dataclass(frozen=True)
class Debit:
    """What auto debit takes next for one loan, and when."""

    loan_id: str
    product_name: str
    due_date: date
    attempt_at: datetime
    amount_fen: int


@dataclass(frozen=True)
class Debits:
    """How auto debit draws, and what comes next."""

    as_of: datetime
    auto_debit: bool
    hours: tuple[str, ...]
    retry_days: int
    draws_part: bool
    fixed_by_product_names: tuple[str, ...]
    debits: tuple[Debit, ...]


@dataclass(frozen=True)
class TransferAccount:
    """The lender's own account for transfers; `remark` is what the transfer has to say."""

    account_holder: str
    account_number: str
    bank_name: str
    remark: str | None


@dataclass(frozen=True)
class RepaymentWay:
    """One way to repay; name, steps and `arrives` are the lender's words."""

    way: str
    name: str
    steps: tuple[str, ...]
    arrives: str
    same_day_until: str | None
    single_limit_fen: int | None
    daily_limit_fen: int | None
    payment_page: bool
    transfer_account: TransferAccount | None


@dataclass(frozen=True)
class PlannedInstalment:
    """One instalment of the plan after a prepayment."""

    instalment_number: int
    due_date: date
    principal_fen: int
    interest_fen: int
    fee_fen: int
    payment_fen: int


@dataclass(frozen=True)
class PrepaymentQuote:
    """What paying early takes on a day, and what is left after it; nothing is changed by it."""

    quote_id: str
    loan_id: str
    kind: str
    effect: str | None
    prepay_date: date
    amount_fen: int
    due_fen: int
    principal_fen: int
    accrued_interest_fen: int
    remaining_fee_fen: int
    prepayment_fee_fen: int
    interest_saved_fen: int
    fee_saved_fen: int
    remaining_principal_fen: int
    limit_comes_back: bool
    credit_effect: str
    instalments: tuple[PlannedInstalment, ...]
    expires_at: datetime
    as_of: datetime


class Paying(Door):
    """How this borrower can pay. Settings are changed at once; a payment itself is made on the lender's page, never here."""

    def secure_link(
        self, purpose: str, *, loan_id: str | None = None, quote_id: str | None = None, request_id: str | None = None
    ) -> SecureLink:
        """A short-lived link to the lender's secure page; nothing is changed by it, and each call gives another.

        Args:
            purpose: "pay", "add_card", "update_phone", "update_name", "update_id", "close" or "upload".
            loan_id: must be named with "pay"; may be with "close".
            quote_id: a prepayment quote to be paid, with "pay".
            request_id: the request that evidence is for, with "upload".

        Raises:
            SecurePagesNotOffered: this lender has no such pages.
            LoanClosed, QuoteExpired, QuoteStale: there is nothing to pay, or not as quoted any more.
            BackendUnavailable: no usable answer.
        """
        named = {"loan_id": loan_id, "quote_id": quote_id, "request_id": request_id}
        body = {"purpose": purpose, **{name: value for name, value in named.items() if value is not None}}
        return self._read(SecureLink, self._call("POST", f"{self._path}/secure-links", body))

    def repayment_ways(self, loan_id: str) -> list[RepaymentWay]:
        """The ways to repay this loan, in the lender's order.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            BackendUnavailable: no usable answer.
        """
        return self._read_list(RepaymentWay, self._get(self._loan_path(loan_id, "/repayment-ways")), "ways")

    def payment_methods(self) -> PaymentMethods:
        """Cards and accounts in the order auto debit draws on them.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(PaymentMethods, self._get("/payment-methods"))

    def debits(self) -> Debits:
        """How auto debit draws, and the next attempt for each loan, the first first; none when it is off.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(Debits, self._get("/debits"))

    def change_debit_order(self, payment_method_ids: Sequence[str]) -> PaymentMethods:
        """The payment methods in their new order; all of them must be named, each once.

        Raises:
            PaymentMethodNotFound: one of them is not this borrower's.
            BackendUnavailable: the backend was never reached; nothing was changed.
            FilingUnknown: no usable answer, and reading back did not settle it.
        """
        wanted = tuple(payment_method_ids)
        return self._change(
            "PUT",
            "/debit-order",
            {"payment_method_ids": list(wanted)},
            lambda now: tuple(row.payment_method_id for row in now.payment_methods) == wanted,
        )

    def switch_auto_debit(self, *, enabled: bool) -> PaymentMethods:
        """Auto debit on or off.

        Raises:
            AutoDebitFixed: a product of an open loan does not let it be switched off.
            BackendUnavailable, FilingUnknown: as for `change_debit_order`.
        """
        return self._change("PUT", "/auto-debit", {"enabled": enabled}, lambda now: now.auto_debit == enabled)

    def remove_payment_method(self, payment_method_id: str) -> PaymentMethods:
        """The payment methods without this one.

        Raises:
            PaymentMethodNotFound: it is not there (any more).
            LastPaymentMethod: auto debit needs it.
            BackendUnavailable, FilingUnknown: as for `change_debit_order`.
        """
        path = f"/payment-methods/{url_quote(payment_method_id, safe='')}"
        return self._change(
            "DELETE",
            path,
            None,
            lambda now: all(row.payment_method_id != payment_method_id for row in now.payment_methods),
        )

    def _change(
        self, method: str, path: str, body: dict[str, Any] | None, done: Callable[[PaymentMethods], bool]
    ) -> PaymentMethods:
        """Carries a change out; after an unusable answer it reads back whether it was carried out."""
        try:
            return self._read(PaymentMethods, self._ask(method, self._path + path, body)[0])
        except UnusableAnswer as error:
            if not error.was_sent:
                raise BackendUnavailable("the backend was never reached") from error
            log.warning("%s %s: %s", method, path, error)
        except BackendUnavailable as error:  # an answer that cannot be read
            log.warning("%s %s: %s", method, path, error)
        try:
            now = self.payment_methods()
        except BackendUnavailable as error:
            raise FilingUnknown(f"what became of {method} {path} is unknown") from error
        if done(now):
            return now
        raise BackendUnavailable(f"{method} {path} was not carried out")

    def prepayment_quote(
        self,
        loan_id: str,
        *,
        principal_fen: int | None = None,
        effect: str | None = None,
        prepay_date: date | None = None,
    ) -> PrepaymentQuote:
        """What paying early takes; nothing is changed by it.

        Args:
            loan_id: the loan.
            principal_fen: principal to pay early; the whole loan when None.
            effect: "smaller_instalments" or "fewer_instalments", with a part.
            prepay_date: the day it is paid; today when None.

        Raises:
            PrepaymentNotOffered, PrepaymentTooSmall, PrepaymentTooLarge, LoanClosed: a rule forbids it.
            BackendUnavailable: no usable answer.
        """
        body: dict[str, Any] = {"kind": "full"}
        if principal_fen is not None:
            body = {"kind": "part", "principal_fen": principal_fen, "effect": effect}
        if prepay_date is not None:
            body["prepay_date"] = prepay_date.isoformat()
        path = self._path + self._loan_path(loan_id, "/prepayment-quotes")
        return self._mine(self._read(PrepaymentQuote, self._call("POST", path, body)), loan_id)
