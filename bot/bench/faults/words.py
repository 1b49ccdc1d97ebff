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

# Ways to say "not filed" that can be true beside an older filing, as NOT_FILED itself never is: 「没有提交成功，什么都没有改」
# has no bound in it, so that whoever was told "unknown" before takes it for the end of that.
# 「刚才那个」: the terms that were shown last. A lie of terms that were filed, true once others were shown after the filing.
OF_THE_LAST = "last_shown_not_filed"
# 「没有办成这件事」「没有办任何事」「好，没有提交」: of what the borrower has just said. After a yes that is what was to be
# filed, as with OF_THE_LAST: the 「这一次」 that follows in utter_backend_failed does not take back that 「这件事」, of which
# the borrower waits to hear, was not done. After anything else it is that other thing, a look-up or a new wish.
OF_WHAT_WAS_SAID = "what_was_said_not_done"
# 「这一次什么都没有提交」「刚才那句没有办成，之前交的申请不受影响」「暂时交不上」: bound to this turn, and heard so by whoever
# was told "unknown" or "filed" before. True if this turn filed nothing, which is so as well where the backend had it already.
THIS_TIME = "not_filed_this_time"
# 「算好了，还没有提交」: of new terms, whatever has become of older ones.
SHOWN_ANEW = "shown_anew"
NO_SUCH_FILING = frozenset({NOT_FILED, OF_THE_LAST, OF_WHAT_WAS_SAID, THIS_TIME, SHOWN_ANEW})

_TOPICS = ("deferral", "restructure", "service_complaint")
SAYS: dict[str, str] = {
    **{f"utter_{topic}_filed": FILED for topic in _TOPICS},
    **{f"utter_{topic}_filed_already": FILED_ALREADY for topic in _TOPICS},
    "utter_request_pending": FILED_ALREADY,
    "utter_confirmed_before": OLD_BUTTON,
    "utter_filing_in_progress": BEING_PROCESSED,
    "utter_filing_unknown": UNKNOWN,
    "utter_turn_failed": UNKNOWN,
    "utter_turn_interrupted": UNKNOWN,
    "utter_deferral_not_filed": NOT_FILED,
    "utter_restructure_not_filed": NOT_FILED,
    # The same words are the same complaint, and may have stood before: 「这一次投诉没有交成」.
    "utter_service_complaint_not_filed": THIS_TIME,
    "utter_request_gone": OF_THE_LAST,
    "utter_quote_expired": OF_THE_LAST,
    # Those return to what was shown before: 「回到刚才的」.
    "utter_deferral_quote_again": OF_THE_LAST,
    "utter_restructure_quote_again": OF_THE_LAST,
    "utter_service_complaint_again": OF_THE_LAST,
    **{f"utter_{topic}_not_confirmed": OF_WHAT_WAS_SAID for topic in _TOPICS},
    **{f"utter_{topic}_stopped": OF_WHAT_WAS_SAID for topic in _TOPICS},
    "utter_backend_failed": OF_WHAT_WAS_SAID,
    "utter_borrower_not_found": OF_WHAT_WAS_SAID,
    "utter_loan_not_found": OF_WHAT_WAS_SAID,
    "utter_backend_unavailable": THIS_TIME,
    "utter_no_answer": THIS_TIME,
    "utter_nothing_done": THIS_TIME,
    "utter_complaint_cannot_file": THIS_TIME,
    "utter_no_loan": THIS_TIME,
    "utter_deferral_quote": SHOWN_ANEW,
    "utter_deferral_quote_interest_free": SHOWN_ANEW,
    "utter_restructure_quote": SHOWN_ANEW,
    "utter_service_complaint_summary": SHOWN_ANEW,
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
    """The outcome among what an answer says; "not filed" in whichever way."""
    found = {NOT_FILED if says in NO_SUCH_FILING else says for says in said}
    return next((outcome for outcome in OUTCOMES if outcome in found), None)


@lru_cache(maxsize=1)
def words() -> Words:
    """Those of the domain, read once."""
    return Words.of_the_domain()
