"""The whole system as it runs on several machines, on one: real servers, two processes of each kind, nginx before them."""

from __future__ import annotations


def main(arguments: list[str]) -> int:
    """`./huanban bench cluster`."""
    from bot.bench.cluster.__main__ import main as run

    return run(arguments)
