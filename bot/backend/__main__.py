"""`python -m bot.backend`: the loan backend on 127.0.0.1."""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
import sys

import uvicorn

from bot.backend import settings as backend_settings
from bot.backend import store
from bot.backend.app import create_app
from bot.backend.clock import Clock
from bot.backend.schema import SCHEMA_VERSION
from bot.backend.settings import SETTINGS
from bot.config import ConfigurationError
from bot.observability import logs, tracing
from bot.observability import settings as observability_settings


def main(argv: list[str] | None = None) -> int:
    """Serves until it is told to stop; 2 when a setting, the lender file or the ledger cannot be used."""
    rows = "\n".join(f"  {row.name:<30} {row.help}" for row in SETTINGS)
    parser = argparse.ArgumentParser(
        prog="python -m bot.backend",
        description="The embedded loan backend, on 127.0.0.1.",
        epilog=f"settings, from the environment:\n{rows}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, help="port to listen on instead of HUANBAN_BACKEND_PORT (0: any free one)")
    parser.add_argument("--fresh", action="store_true", help="throw the ledger away and fill it anew from the lender file")
    parser.add_argument("--migrate", action="store_true", help="bring the ledger's tables up to date, and serve nothing")
    arguments = parser.parse_args(argv)
    try:
        watching = observability_settings.load()
        logs.configure("backend", watching.log_format, watching.log_level)
        tracing.configure("backend", watching.otlp_endpoint)
        settings = backend_settings.load()
        if arguments.migrate:
            store.Store(settings.database_url, Clock()).close()
            print(f"The ledger has schema {SCHEMA_VERSION}.")
            return 0
        if arguments.fresh:
            store.throw_away(settings.database_url)
        app = create_app(settings)
    except ConfigurationError as error:
        print(f"huanban backend: {error}", file=sys.stderr)
        return 2
    port = settings.port if arguments.port is None else arguments.port
    # With its protocol named, asyncio sends small answers at once (TCP_NODELAY).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, port))
    except OSError as error:
        print(
            f"huanban backend: port {port} cannot be used ({error.strerror}); stop what listens there, "
            "or set HUANBAN_BACKEND_PORT to another one.",
            file=sys.stderr,
        )
        return 2
    print(f"Loan backend on http://{settings.host}:{listener.getsockname()[1]}", flush=True)
    # No websockets: Rasa holds a release of that package which uvicorn cannot use.
    # A caller whose connection came in the moment of the end, and who asks again and again, would else keep it from ending.
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=10)
    # uvicorn stops at SIGTERM and then raises the signal again, which by default would end the process right there.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with contextlib.suppress(KeyboardInterrupt):  # raised again by uvicorn once it has stopped
            uvicorn.Server(config).run([listener])
    finally:
        tracing.shut_down()
        app.close()  # folds SQLite's write-ahead file into the ledger: the one file is all of it
    return 0


if __name__ == "__main__":
    sys.exit(main())
