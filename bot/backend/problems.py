"""What the backend can refuse, in one table, and how a refusal travels (RFC 9457 problem details)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    """One kind of refusal: last part of its `type`, HTTP status, title, and the members programs may read."""

    slug: str
    status: int
    title: str
    members: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """The `type` member, a path."""
        return f"/problems/{self.slug}"


PROBLEM_TYPES: dict[str, ProblemType] = {
    row.slug: row
    for row in (
        # What any call can meet.
        ProblemType("malformed-json", 400, "The body is not JSON"),
        ProblemType("unauthorized", 401, "The token is missing or wrong"),
        ProblemType("not-found", 404, "No such address"),
        ProblemType("method-not-allowed", 405, "This address does not know this method"),
        ProblemType("body-too-large", 413, "The body is too large", ("max_bytes",)),
        ProblemType("validation", 422, "The call is not shaped as documented", ("errors",)),
        ProblemType("internal", 500, "The backend failed"),
        ProblemType("busy", 503, "The ledger is busy or away; try again", ("retry_after_seconds",)),
        # Not there, or another borrower's: the two look alike.
        ProblemType("borrower-not-found", 404, "No such borrower"),
        ProblemType("loan-not-found", 404, "No such loan of this borrower"),
        ProblemType("quote-not-found", 404, "No such quote of this borrower and loan"),
        ProblemType("request-not-found", 404, "No such request of this borrower"),
        ProblemType("payment-not-found", 404, "No such payment of this loan"),
        ProblemType("payment-method-not-found", 404, "No such payment method of this borrower"),
        ProblemType("safety-block-not-found", 404, "No such block"),
        ProblemType("credit-entry-not-found", 404, "No such spell of lateness of this loan"),
        ProblemType("credit-line-not-found", 404, "No such credit line of this borrower"),
        # Repeating safely.
        ProblemType("idempotency-key-missing", 400, "This call needs an Idempotency-Key"),
        ProblemType("idempotency-key-reused", 422, "This Idempotency-Key was used for something else"),
        ProblemType("request-in-progress", 409, "A call with this Idempotency-Key is still being carried out"),
        # Quotes and filings.
        ProblemType("quote-expired", 409, "The quote no longer holds", ("expires_at",)),
        ProblemType("quote-stale", 409, "The loan changed since the quote"),
        ProblemType("request-pending", 409, "A request for this loan waits for a decision", ("request_id",)),
        ProblemType("undo-too-late", 409, "The time to undo is over", ("undo_until_at", "request_status")),
        ProblemType("undo-window-open", 409, "The borrower can still undo", ("undo_until_at",)),
        ProblemType("already-decided", 409, "The request is decided or undone", ("request_status",)),
        ProblemType("loan-changed", 409, "The loan changed since the filing; refuse it and let it be quoted anew"),
        ProblemType("loan-closed", 409, "The loan is paid off"),
        ProblemType("loan-not-closed", 409, "The loan is not paid off", ("outstanding_fen",)),
        ProblemType("line-not-open", 409, "The credit line is not open", ("line_status",)),
        ProblemType("line-in-use", 409, "Something of it is owed or under way", ("outstanding_fen", "application_id")),
        # Proofs.
        ProblemType("evidence-not-found", 404, "No such evidence"),
        ProblemType("evidence-too-many", 409, "The request holds as many files as it can", ("max_files",)),
        ProblemType("evidence-too-large", 413, "The file is too large", ("max_bytes",)),
        ProblemType("evidence-kind", 415, "The file is of no kind that is taken", ("accepts",)),
        ProblemType("blocked-after-fraud", 409, "A report of fraud has blocked this", ("request_id", "blocked_at")),
        # Accounts of messengers.
        ProblemType("binding-not-found", 404, "No such binding of this account"),
        ProblemType("binding-code-wrong", 409, "Not the code that was sent", ("tries_left",)),
        ProblemType("binding-code-expired", 409, "The code is out of time or used"),
        ProblemType("binding-code-used-up", 409, "No try is left for this code"),
        ProblemType("binding-too-many", 429, "Too many codes within an hour", ("retry_after_seconds",)),
        # Rules of the product.
        ProblemType("deferral-not-offered", 409, "The product has no deferral"),
        ProblemType("deferral-too-long", 409, "Longer than the product allows", ("max_days", "latest_date")),
        ProblemType("deferral-too-short", 409, "Shorter than the product allows", ("min_days", "earliest_date")),
        ProblemType("deferral-period-past", 409, "The day does not lie after today"),
        ProblemType(
            "deferral-used-up",
            409,
            "No deferral is left",
            ("deferrals_used", "deferrals_allowed", "next_possible_date"),
        ),
        ProblemType("deferral-overdue-too-long", 409, "Past due for too long", ("days_past_due", "max_days_past_due")),
        ProblemType("restructure-not-offered", 409, "The product has no restructuring"),
        ProblemType(
            "restructure-payment-too-low",
            409,
            "No plan the product allows is this low",
            ("min_monthly_payment_fen", "max_term"),
        ),
        ProblemType("due-date-change-not-offered", 409, "The product keeps its due day"),
        ProblemType("due-date-change-same-day", 409, "This is the due day already", ("due_day",)),
        ProblemType("due-date-change-past-due", 409, "Something is past due", ("overdue_fen",)),
        ProblemType("due-date-change-used-up", 409, "No change is left", ("changes_allowed", "next_possible_date")),
        ProblemType("due-date-change-deferral-in-force", 409, "A deferral runs", ("until_date",)),
        ProblemType("due-date-change-nothing-to-move", 409, "Nothing is due after the decision"),
        ProblemType("restructure-not-lower", 409, "The plan in force is not higher", ("monthly_payment_fen",)),
        ProblemType("restructure-term-not-offered", 409, "No plan has as many instalments", ("max_term",)),
        ProblemType("fee-waiver-not-offered", 409, "No programme that waives penalty is for this loan"),
        ProblemType("fee-waiver-nothing-owed", 409, "No penalty is owed"),
        ProblemType("fee-waiver-reason-not-covered", 409, "The programmes are for other reasons", ("reason_codes",)),
        ProblemType("fee-waiver-overdue-too-long", 409, "Past due for too long", ("days_past_due", "max_days_past_due")),
        ProblemType("fee-waiver-used-up", 409, "A waiver was granted not long ago", ("next_possible_date",)),
        ProblemType("event-not-found", 404, "No such event"),
        ProblemType("event-full", 409, "No seat is left"),
        ProblemType("event-over", 409, "The event has begun or is over"),
        ProblemType("prepayment-not-offered", 409, "The product or loan cannot be prepaid"),
        ProblemType("prepayment-too-small", 409, "Too small a part to prepay", ("min_amount_fen",)),
        ProblemType(
            "prepayment-too-large", 409, "This part would be all of it; ask for the whole", ("outstanding_principal_fen",)
        ),
        ProblemType("payment-exceeds-outstanding", 409, "More than is owed", ("outstanding_fen",)),
        ProblemType("payment-not-as-quoted", 409, "The quote says another amount or day", ("amount_fen", "prepay_date")),
        ProblemType("callback-not-possible", 409, "Nobody can call back then", ("next_callback_at",)),
        ProblemType("auto-debit-fixed", 409, "The product does not let auto debit be switched off"),
        ProblemType("rebuild-credit-not-offered", 409, "The lender has no credit to rebuild a record with"),
        ProblemType("rebuild-credit-amount", 409, "Not an amount on offer", ("min_fen", "max_fen")),
        ProblemType("rebuild-credit-not-eligible", 409, "A condition is not met", ("unmet", "possible_from_date")),
        ProblemType("last-payment-method", 409, "Auto debit needs this payment method while a loan is open"),
        ProblemType("secure-pages-not-offered", 409, "The lender has no secure pages"),
    )
}


_MISSING = ("missing", "value_error.missing")  # FastAPI with pydantic 2 and 1


class Problem(Exception):  # noqa: N818 - RFC 9457's word
    """A refusal: nothing was changed, and the caller learns why.

    Args:
        slug: key of `PROBLEM_TYPES`.
        detail: a sentence for developers; borrowers never read it.
        members: values for programs, named in the table.
    """

    def __init__(self, slug: str, detail: str, *, headers: dict[str, str] | None = None, **members: Any) -> None:
        self.kind = PROBLEM_TYPES[slug]
        if set(members) != set(self.kind.members):
            raise TypeError(f"{slug} carries {self.kind.members}, not {tuple(members)}")
        super().__init__(f"{slug}: {detail}")
        self.detail = detail
        self.members = members
        self.headers = headers

    def body(self) -> dict[str, Any]:
        """The members of the problem document."""
        kind = self.kind
        return {"type": kind.type, "title": kind.title, "status": kind.status, "detail": self.detail, **self.members}

    def response(self) -> JSONResponse:
        """The answer as it is sent."""
        from bot.backend.wire import jsonable  # at call time: wire knows the problems

        return JSONResponse(jsonable(self.body()), self.kind.status, self.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Makes every refusal of the app a problem document, those of the framework too."""

    @app.exception_handler(Problem)
    def _problem(_: Request, problem: Problem) -> JSONResponse:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    def _validation(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = error.errors()
        if any(row["type"] in ("json_invalid", "value_error.jsondecode") for row in errors):
            return Problem("malformed-json", "The body cannot be read as JSON.").response()
        if any(tuple(row["loc"]) == ("header", "Idempotency-Key") and row["type"] in _MISSING for row in errors):
            return Problem("idempotency-key-missing", "Send a header Idempotency-Key with this call.").response()
        listed = [{"pointer": _pointer(row["loc"]), "detail": row["msg"]} for row in errors]
        return Problem("validation", "; ".join(f"{e['pointer']}: {e['detail']}" for e in listed), errors=listed).response()

    @app.exception_handler(Exception)
    def _failure(request: Request, _: Exception) -> JSONResponse:
        # Starlette raises it again after this answer; the gate writes it to the log.
        return Problem("internal", f"See the backend's log at {request.state.trace_id}.").response()

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 405:
            allow = ", ".join(_methods_of(app, request.url.path))  # Starlette names the first route's only
            return Problem("method-not-allowed", "See /v1/openapi.json.", headers={"Allow": allow}).response()
        if error.status_code == 400:  # FastAPI: the body could not even be decoded
            return Problem("malformed-json", str(error.detail)).response()
        return Problem("not-found", "See /v1/openapi.json.").response()


def _methods_of(app: FastAPI, path: str) -> list[str]:
    """All methods that the routes of a path know."""
    matching = [route for route in app.routes if isinstance(route, APIRoute) and route.path_regex.match(path)]
    return sorted({method for route in matching for method in route.methods})


def _pointer(location: tuple[str | int, ...]) -> str:
    """Where in the call the fault lies: `#/period` in the body, `query:status`, `path:loan_id`, `header:…`."""
    place, *path = (part for part in location if part != "__root__")
    if place == "body":
        return "#" + "".join(f"/{part}" for part in path)
    return f"{place}:{'.'.join(map(str, path))}"


def responses(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for OpenAPI: these refusals and those every authenticated call can meet."""
    everywhere = ("unauthorized", "body-too-large", "validation", "internal", "busy", "malformed-json")
    by_status: dict[int | str, dict[str, Any]] = {}
    for kind in sorted((PROBLEM_TYPES[slug] for slug in {*slugs, *everywhere}), key=lambda k: (k.status, k.slug)):
        answer = by_status.setdefault(
            kind.status,
            {
                "description": "",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        answer["description"] = " / ".join(filter(None, [answer["description"], kind.title]))
        example = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": "…"}
        answer["content"][MEDIA_TYPE]["examples"][kind.slug] = {"summary": kind.title, "value": example}
    return by_status
