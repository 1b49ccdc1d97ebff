"""A trained model, asked for what it understands and nothing else."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.evaluation.figures import Understood


class UnderstandingModel:
    """The NLU of a Rasa model archive, run as the server runs it."""

    def __init__(self, model: Path) -> None:
        from rasa.core.agent import Agent

        agent = Agent.load(str(model))
        assert agent.processor is not None
        self._processor = agent.processor

    def understand(self, text: str) -> Understood:
        """What the model makes of one sentence."""
        parsed = self._parse(text)
        ranking = tuple(str(row["name"]) for row in parsed.get("intent_ranking") or [] if row["name"] != "nlu_fallback")
        return Understood(
            intent=str(parsed["intent"]["name"]),
            ranking=ranking,
            confidence=float(parsed["intent"].get("confidence") or 0.0),
            second=parsed.get("second_intent"),
        )

    def understand_all(self, texts: Sequence[str]) -> list[Understood]:
        """What the model makes of each."""
        return [self.understand(text) for text in texts]

    def milliseconds(self, texts: Sequence[str]) -> list[float]:
        """How long each takes, sorted; the first ones warm up and are not counted."""
        for text in texts[:20]:
            self._parse(text)
        taken = []
        for text in texts:
            began = time.perf_counter()
            self._parse(text)
            taken.append((time.perf_counter() - began) * 1000)
        return sorted(taken)

    def _parse(self, text: str) -> dict[str, Any]:
        from rasa.core.channels.channel import UserMessage
        from rasa.shared.core.trackers import DialogueStateTracker

        tracker = DialogueStateTracker.from_events("evaluation", [])
        return dict(self._processor._parse_message_with_graph(UserMessage(text), tracker))
