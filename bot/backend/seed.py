"""Fills the ledger from the lender file: borrowers are told as situations, and their past is lived through.

Nothing is written but by the code that serves calls: a paid instalment is a payment booked on its day, a deferral a
quote, a filing and a decision. So the figures of a demo borrower are as consistent as anybody's.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from bot.backend import schema
from bot.backend.lender_file import BorrowerRow
from bot.backend.past import Script
from bot.backend.policy import Policy
from bot.backend.store import Reading, Store, Writing
from bot.config import ConfigurationError

log = logging.getLogger(__name__)


def plant(store: Store, policy: Policy) -> None:
    """Adds the borrowers that the ledger does not have yet, all of them or none.

    A borrower the ledger has keeps the loans it has there, whatever the file says by now.

    Raises:
        ConfigurationError: the file tells a past that cannot have been, or lacks a product that the ledger's loans have.
    """
    with store.read() as reading:
        known = _known(reading)
        used = {row.product_id for row in reading.rows(sa.select(schema.loans.c.product_id).distinct())}
    gone = sorted(used - policy.products.keys())
    if gone:
        raise ConfigurationError(f"The ledger has loans of {', '.join(gone)}, but the lender file no such product.")
    _say_what_is_stale(store, policy.lender.file.borrowers, known)
    added = store.write("seed", lambda writing: _plant(writing, policy), actor="seed")
    if added:
        log.info("ledger: %d borrowers added from the lender file", added)


def _known(reading: Reading) -> dict[str, str]:
    return {row.key: row.value for row in reading.rows(sa.select(schema.origin))}


def _plant(writing: Writing, policy: Policy) -> int:
    """Adds the borrowers that are missing, and says how many; looked up in here, as another process may start too."""
    known, sha256 = _known(writing), policy.lender.sha256
    borrowers = [row for row in policy.lender.file.borrowers if _key(row) not in known]
    if not borrowers and known.get("lender_file_sha256") == sha256:
        return 0
    steps = [step for borrower in borrowers for step in Script(writing, policy, borrower).beginnings()]
    while steps:
        # Across all borrowers in the order of time, as it was.
        steps.sort(key=lambda step: step.at)
        steps = [*steps[1:], *steps[0].take()]
    for borrower in borrowers:
        writing.insert(schema.origin, key=_key(borrower), value=_sha256(borrower))
    table = schema.origin
    told = {"lender_file_sha256": sha256}
    if borrowers:
        told["told_from_date"] = writing.today.isoformat()
    for key, value in told.items():
        if not writing.update(table, table.c.key == key, value=value):
            writing.insert(table, key=key, value=value)
    writing.audit("lender-file.loaded", sha256[:16], borrowers=[borrower.name for borrower in borrowers])
    return len(borrowers)


def _say_what_is_stale(store: Store, borrowers: Iterable[BorrowerRow], known: Mapping[str, str]) -> None:
    """Logs what a person who edits the file, or starts an old demo, should know."""
    changed = [row.name for row in borrowers if known.get(_key(row), _sha256(row)) != _sha256(row)]
    if changed:
        log.warning(
            "%s: the lender file tells otherwise than the ledger, which keeps its own books; start with --fresh to fill it anew",
            ", ".join(changed),
        )
    told_from = known.get("told_from_date")
    if told_from and told_from != store.clock.today().isoformat():
        log.warning("the ledger was filled on %s, and its days were told from there; --fresh fills it anew", told_from)


def _key(borrower: BorrowerRow) -> str:
    return f"borrower:{hashlib.sha256(borrower.borrower_id.encode()).hexdigest()[:24]}"


def _sha256(borrower: BorrowerRow) -> str:
    return hashlib.sha256(borrower.json(ensure_ascii=False).encode()).hexdigest()
