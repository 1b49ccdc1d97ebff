"""The table of proofs that borrowers handed in."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint

from bot.backend.schema import Moment, metadata
from bot.sealing import SealedBytes, SealedText

evidence = Table(
    "evidence",
    metadata,
    Column("evidence_id", String(64), primary_key=True),
    Column("borrower_id", String(64), ForeignKey("borrowers.borrower_id"), nullable=False),
    Column("request_id", String(64), ForeignKey("requests.request_id"), nullable=False),
    Column("name", SealedText("evidence.name"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("content", SealedBytes("evidence.content"), nullable=False),
    # The same content for the same request is kept once.
    UniqueConstraint("request_id", "sha256", name="evidence_once"),
)
