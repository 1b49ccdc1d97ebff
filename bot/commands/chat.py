"""`./huanban chat --as NAME`: the bot in the terminal, as one of the demo borrowers or as a guest."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import requests

from bot import config
from bot.demo import demo_borrowers
from bot.identity import web_token
from bot.processes.services import services_of
from bot.processes.supervisor import StartFailed, Supervisor
from bot.training import TrainingFailed, ensure_model


def main(arguments: list[str]) -> int:
    """Talks until the person types /quit or ends the input; starts the bot for the time being if it is not up."""
    parser = argparse.ArgumentParser(prog="./huanban chat", description="Talk to the bot in the terminal.")
    parser.add_argument("--as", dest="name", help="a demo borrower; without it you are a guest")
    options = parser.parse_args(arguments)
    settings = config.load()
    borrower_id = None
    if options.name:
        known = {borrower.name: borrower for borrower in demo_borrowers()}
        if options.name not in known:
            print(f"✗ There is no demo borrower {options.name!r}.\n  → One of: {', '.join(known)}", file=sys.stderr)
            return 1
        borrower_id = known[options.name].borrower_id
    if _is_up(settings):
        return _talk(settings, borrower_id)
    try:
        model = ensure_model(settings)
        print("The bot is not up; starting it for this conversation …")
        with Supervisor(settings.logs_dir) as supervisor:
            supervisor.start(services_of(settings, model))
            return _talk(settings, borrower_id)
    except (StartFailed, TrainingFailed) as error:
        print(f"✗ {error}\n  → {getattr(error, 'mend', './huanban train shows why.')}", file=sys.stderr)
        return 1


def _is_up(settings: config.Settings) -> bool:
    try:
        return requests.get(f"{settings.bot_url}/webhooks/web/", timeout=1).ok
    except requests.RequestException:
        return False


def _talk(settings: config.Settings, borrower_id: str | None) -> int:
    print("Type a message, the number of a button, or /quit.\n")
    url = f"{settings.bot_url}/webhooks/web/messages"
    token = web_token(borrower_id, settings.web_secret, seconds=24 * 3600)
    buttons: list[dict[str, str]] = []
    while True:
        try:
            typed = input("你: ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return 0
        if typed in ("/quit", "/exit"):
            return 0
        if not typed:
            continue
        body = {"text": typed}
        if typed.isdecimal() and typed.isascii() and 0 < int(typed) <= len(buttons):
            body = {"payload": buttons[int(typed) - 1]["payload"]}
        try:
            answer = requests.post(url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=60)
            messages: list[dict[str, Any]] = answer.json()["messages"]
        except (requests.RequestException, KeyError, ValueError):
            print(
                "✗ The bot gave no answer.\n  → See whether ./huanban up still runs, then say it again.",
                file=sys.stderr,
            )
            continue
        buttons = []
        for message in messages:
            print(f"还伴: {message.get('text', '')}")
            for button in message.get("buttons", []):
                buttons.append(button)
                print(f"      [{len(buttons)}] {button['title']}")
