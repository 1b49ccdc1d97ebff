"""`./huanban bench WHAT`: figures of this machine, side by side in one run."""

from __future__ import annotations

import importlib

WHAT = {
    "answers": "what a message costs, beside a stock Rasa bot on the same data and the least that a Rasa bot can be",
    "actions": "borrowers at once who ask for their plan, with a slow loan backend",
    "cluster": "200 borrowers on two of each process behind nginx, some of them killed in mid-flight",
    "faults": "2,000 conversations over a backend that fails in every way, and a judge of what borrowers heard",
    "scale": "what ten million borrowers need, computed from what bench cluster measured",
    "wechat": "passive replies in time with a slow loan backend, and what the WeChat channel itself costs a message",
    "widget": "first paint of the opened chat widget, and a reply on screen, in a browser",
}


def main(arguments: list[str]) -> int:
    """Runs one benchmark; without its name, that of the answers."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["answers", *arguments]
    if arguments[0] not in WHAT:
        print("usage: ./huanban bench [WHAT]\n")
        print("\n".join(f"  {name:<9} {sentence}" for name, sentence in WHAT.items()))
        return 0 if arguments[0] in ("-h", "--help") else 1
    return int(importlib.import_module(f"bot.bench.{arguments[0]}").main(arguments[1:]) or 0)
