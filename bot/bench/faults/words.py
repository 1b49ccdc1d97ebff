"""Which response of the domain a text is, and what it says about a filing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from bot.domain import read_domain

# The five outcomes of a filing; the first that holds counts, as an answer may say more than one thing.
FILED, FILED_ALREADY, BEING_PROCESSED, NOT_FILED, UNKNOWN = "filed", "filed_already", "being_processed", "not_filed", "unknown"
OUTCOMES = (FILED, FILED_ALREADY, BEING_PROCESSED, UNKNOWN, NOT_FILED)
# What an answer to "how does it stand" says.
STANDS, NONE_THERE = "stands", "none_there"
# Said before that, to a button whose question is asked no more.
OLD_BUTTON = "old_button"

SAYS: dict[str, str] = {
    **{f"utter_{topic}_filed": FILED for topic in ("deferral", "restructure", "service_complaint")},
    **{f"utter_{topic}_filed_already": FILED_ALREADY for topic in ("deferral", "restructure", "service_complaint")},
    "utter_request_pending": FILED_ALREADY,
    "utter_confirmed_before": OLD_BUTTON,
    "utter_filing_in_progress": BEING_PROCESSED,
    "utter_filing_unknown": UNKNOWN,
    "utter_turn_failed": UNKNOWN,
    "utter_turn_interrupted": UNKNOWN,
    **{f"utter_{topic}_not_filed": NOT_FILED for topic in ("deferral", "restructure", "service_complaint")},
    **{f"utter_{topic}_not_confirmed": NOT_FILED for topic in ("deferral", "restructure", "service_complaint")},
    **{f"utter_{topic}_stopped": NOT_FILED for topic in ("deferral", "restructure", "service_complaint")},
    # Shown anew instead of filed, and each of them says that nothing has been submitted yet.
    **{f"utter_deferral_quote{again}": NOT_FILED for again in ("", "_interest_free", "_again")},
    **{f"utter_restructure_quote{again}": NOT_FILED for again in ("", "_again")},
    **{f"utter_service_complaint_{shown}": NOT_FILED for shown in ("summary", "again")},
    "utter_request_gone": NOT_FILED,
    "utter_quote_expired": NOT_FILED,
    "utter_backend_unavailable": NOT_FILED,
    "utter_backend_failed": NOT_FILED,
    "utter_borrower_not_found": NOT_FILED,
    "utter_loan_not_found": NOT_FILED,
    "utter_no_answer": NOT_FILED,
    "utter_no_loan": NOT_FILED,
    "utter_nothing_done": NOT_FILED,
    "utter_complaint_cannot_file": NOT_FILED,
    "utter_status_pending": STANDS,
    "utter_status_pending_too_long": STANDS,
    "utter_status_of_other_pending": STANDS,
    "utter_no_request": NONE_THERE,
}
_PLACEHOLDER = re.compile(r"\{[a-z_0-9]+\}")
_FEWEST_LETTERS = 6


class Words:
    """The responses of a domain, turned round: from a text to its names."""

    def __init__(self, responses: Mapping[str, list[Mapping[str, Any]]]) -> None:
        self._patterns: list[tuple[str, str, re.Pattern[str]]] = []
        for name, variants in responses.items():
            for variant in variants:
                text = str(variant.get("text") or "")
                parts = _PLACEHOLDER.split(text)
                if sum(map(len, parts)) >= _FEWEST_LETTERS:
                    pattern = re.compile(r"[\s\S]*?".join(re.escape(part) for part in parts))
                    self._patterns.append((name, max(parts, key=len), pattern))
        self._known: dict[str, frozenset[str]] = {}

    @classmethod
    def of_the_domain(cls) -> Words:
        """Those of `domain.yml` and `domain/`."""
        return cls(read_domain()["responses"])

    def names(self, text: str) -> frozenset[str]:
        """The responses that can have been this text; several where they say the same."""
        if text not in self._known:
            found = (name for name, longest, pattern in self._patterns if longest in text and pattern.fullmatch(text))
            self._known[text] = frozenset(found)
        return self._known[text]

    def says(self, text: str) -> frozenset[str]:
        """What it says of a filing; empty for anything else."""
        return frozenset(SAYS[name] for name in self.names(text) if name in SAYS)


def outcome_of(said: Iterable[str]) -> str | None:
    """The outcome among what an answer says."""
    found = set(said)
    return next((outcome for outcome in OUTCOMES if outcome in found), None)


@lru_cache(maxsize=1)
def words() -> Words:
    """Those of the domain, read once."""
    return Words.of_the_domain()
