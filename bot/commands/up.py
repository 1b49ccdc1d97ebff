"""`./huanban up`: everything, and where to try it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from types import FrameType

from bot import config
from bot.commands.ledger import put_a_stale_ledger_aside, throw_the_demo_away
from bot.processes.services import services_of
from bot.processes.supervisor import Service, StartFailed, Supervisor, check_ports
from bot.processes.wechat_simulator import simulated_account, simulator_service
from bot.training import TrainingFailed, ensure_model
from bot.widget.build import WidgetNotBuilt, ensure_widget


def main(arguments: list[str]) -> int:
    """Starts everything and stays until Ctrl-C, or until a process dies (then with exit code 1)."""
    parser = argparse.ArgumentParser(prog="./huanban up", description="Starts everything and says where to try it.")
    parser.add_argument("--fresh", action="store_true", help="make the demo ledger and the conversations anew")
    parser.add_argument(
        "--wechat-simulator",
        type=int,
        nargs="?",
        const=8088,
        metavar="PORT",
        help="with WeChat's side simulated, and a phone in a page",
    )
    options = parser.parse_args(arguments)
    if options.wechat_simulator:
        os.environ.update(simulated_account(options.wechat_simulator, os.environ))
    settings = config.load()
    beside = _beside(settings, options.wechat_simulator)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        # Before anything is touched: another one may be running over the same files.
        check_ports([*services_of(settings, settings.state_dir), *beside])
        if options.fresh:
            throw_the_demo_away(settings)
        put_a_stale_ledger_aside(settings, say=print)
        _build_the_widget()
        model = ensure_model(settings)
        with Supervisor(settings.logs_dir) as supervisor:
            print("Starting …")
            supervisor.start([*services_of(settings, model), *beside])
            _welcome(settings)
            if beside:
                print(f"A phone with WeChat on it:  http://127.0.0.1:{options.wechat_simulator}/phone/\n")
            supervisor.wait()
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except TrainingFailed as error:
        return _fail("The model could not be trained.", "Mend what Rasa says and run the command again:", str(error))
    except StartFailed as error:
        return _fail(str(error), error.mend, error.tail)
    return 0


def _beside(settings: config.Settings, wechat_port: int | None) -> list[Service]:
    """What runs beside the bot for somebody who tries it."""
    if not wechat_port:
        return []
    if not settings.demo_is_open:
        raise config.ConfigurationError("The WeChat simulator is there for the demo's own data only (HUANBAN_DEMO).")
    return [simulator_service(settings, wechat_port)]


def _build_the_widget() -> None:
    try:
        ensure_widget()
    except WidgetNotBuilt as error:
        # The bot is of use without it: in the terminal, and over the plain web channel.
        print(f"! The chat widget could not be built, everything else starts.\n  {error}", file=sys.stderr)


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _fail(sentence: str, mend: str, tail: str) -> int:
    print(f"✗ {sentence}\n  → {mend}", file=sys.stderr)
    if tail:
        print("\n".join(f"    {line}" for line in tail.splitlines()), file=sys.stderr)
    return 1


def _welcome(settings: config.Settings) -> None:
    from bot.demo import demo_borrowers

    print(f"\n还伴 is up: {settings.bot_url}/webhooks/web/  (Ctrl-C stops it)\n")
    if settings.backend_is_embedded:
        print(f"In a page, with the loan system beside it:  {settings.bot_url}/demo/\n")
    print("Talk to it in another terminal as one of the demo borrowers:")
    for borrower in demo_borrowers():
        print(f"  ./huanban chat --as {borrower.name:<20} {borrower.display_name}  {borrower.situation}")
    print("\nDecide on what they file:  ./huanban desk\n")
