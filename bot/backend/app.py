"""The app: routers, problems, the gate before them, and the OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from bot.backend import lender_file, problems, seed
from bot.backend.clock import Clock
from bot.backend.policy import Policy
from bot.backend.reads import Reads
from bot.backend.routes import (
    bindings,
    borrowers,
    cost,
    credit_disputes,
    credit_line,
    decisions,
    desk,
    difficulty,
    directory,
    evidence,
    filings,
    loans,
    my_debt,
    overdue,
    paying,
    payments,
    people,
    preferences,
    privacy,
    rebuild_credit,
    rights,
    wishes,
)
from bot.backend.routes.common import Backend, router
from bot.backend.settings import BackendSettings
from bot.backend.store import Store
from bot.backend.watching import WatchedGate
from bot.backend.wire import Answer, Problem
from bot.observability.readiness import Part, Readiness

_TOPICS = (
    borrowers.routes,
    loans.routes,
    payments.routes,
    my_debt.routes,
    paying.routes,
    overdue.routes,
    credit_disputes.routes,
    rebuild_credit.routes,
    cost.routes,
    filings.routes,
    difficulty.routes,
    credit_line.routes,
    wishes.routes,
    preferences.routes,
    directory.routes,
    rights.routes,
    people.routes,
    desk.routes,
    evidence.routes,
    bindings.routes,
    decisions.routes,
    privacy.routes,
)

_DESCRIPTION = """The embedded loan backend of 还伴. Conventions, and how a filing goes, are in `docs/loan-backend.md`.
Money is an integer of fen and ends in `_fen`; refusals are problem details (RFC 9457)."""


class Health(Answer):
    """That the backend answers and its database does."""

    status: str
    lender: str
    today: str


def create_app(settings: BackendSettings, clock: Clock | None = None) -> WatchedGate:
    """The ASGI application, its ledger opened and seeded.

    Args:
        settings: in force for this process.
        clock: the ledger's time; by the settings when None.

    Raises:
        ConfigurationError: the lender file or the ledger cannot be used; one sentence says why and what to do.
    """
    lender = lender_file.read(settings.lender_file)
    store = Store(settings.database_url, clock or Clock(settings.fixed_today), settings.fault)
    policy = Policy(lender, settings.undo_minutes, settings.quote_minutes, settings.bot_url)
    seed.plant(store, policy)

    app = FastAPI(
        title="Huanban loan backend",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # their pages fetch scripts from outside
        redoc_url=None,
        redirect_slashes=False,
    )
    reads = Reads(store)
    app.state.backend = Backend(store, policy, evidence_max_bytes=settings.evidence_max_bytes, reads=reads)
    problems.install(app)
    for routes in (_health(store, policy), *_TOPICS):
        app.include_router(routes)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    readiness = Readiness([Part("ledger", lambda: _is_readable(store))])

    def close() -> None:
        reads.close()
        store.close()

    return WatchedGate(app, settings, close=close).watched_by(readiness, settings.metrics_token, reads)


def _is_readable(store: Store) -> bool:
    with store.read():
        return True


def _health(store: Store, policy: Policy) -> Any:
    routes = router("health")

    @routes.get("/health", operation_id="getHealth", response_model=Health, responses=problems.responses())
    def get_health() -> Health:
        """Whether the backend and its database answer; the only call without a token."""
        with store.read() as reading:
            return Health(status="ok", lender=policy.lender.file.lender.name, today=reading.today.isoformat())

    return routes


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The document, with the problem schema and with which token each call takes."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = Problem.schema(ref_template="#/components/schemas/{model}")
        components["securitySchemes"] = {
            "serviceToken": {"type": "http", "scheme": "bearer", "description": "The bot's token."},
            "deskToken": {"type": "http", "scheme": "bearer", "description": "The token of the people who decide."},
        }
        for path, operations in document["paths"].items():
            if path == "/v1/health":
                continue
            scheme = "deskToken" if path.startswith("/v1/desk/") else "serviceToken"
            for operation in operations.values():
                operation["security"] = [{scheme: []}]
        app.openapi_schema = document
    return app.openapi_schema
