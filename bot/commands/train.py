"""`./huanban train`: the model, if its inputs have changed."""

from __future__ import annotations

import sys

from bot import config
from bot.training import TrainingFailed, ensure_model


def main(arguments: list[str]) -> int:
    """Trains, and prints where the model lies."""
    try:
        print(ensure_model(config.load()))
    except TrainingFailed as error:
        print(
            f"✗ The model could not be trained.\n  → Mend what Rasa says and run the command again:\n\n{error}",
            file=sys.stderr,
        )
        return 1
    return 0
