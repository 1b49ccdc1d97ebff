"""Deferrals, restructurings and complaints over a backend that fails, and a judge of what borrowers heard about them."""

from __future__ import annotations


def main(arguments: list[str]) -> int:
    """`./huanban bench faults`."""
    from bot.bench.faults.__main__ import main as run

    return run(arguments)
