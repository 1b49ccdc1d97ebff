"""`./huanban retention`: forget what is older than the lender keeps it. A running bot does so by itself, four times a day."""

from __future__ import annotations

import argparse
import os

from bot import config


def main(arguments: list[str]) -> int:
    """Says what was forgotten in each store; 1 when a store could not be read."""
    settings = config.load()
    parser = argparse.ArgumentParser(
        prog="./huanban retention",
        description=f"Forgets conversations {settings.conversation_days:g} days (HUANBAN_CONVERSATION_DAYS) after their end. "
        "Safe to run twice, and on several machines.",
    )
    parser.add_argument("--dry-run", action="store_true", help="count, and delete nothing")
    parser.add_argument("--days", type=float, help="another number of days, this once")
    options = parser.parse_args(arguments)
    os.environ.update(settings.environment())
    from bot.privacy.keepers import keepers_of
    from bot.privacy.retention import forget

    days = settings.conversation_days if options.days is None else options.days
    if days <= 0:
        parser.error("--days must be above zero")
    keepers = keepers_of(settings)
    done = forget(keepers, days, pretend=options.dry_run)
    for keeper in keepers:
        counts = done.get(keeper.name)
        if counts is None:
            print(f"✗ {keeper.name}: could not be read; see above\n  → check {keeper.setting} and run the command again")
            continue
        found = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
        print(f"{keeper.name}: {'would forget' if options.dry_run else 'forgot'} {found}")
    return 0 if len(done) == len(keepers) else 1
