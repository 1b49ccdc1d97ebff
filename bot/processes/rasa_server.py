"""The Rasa server: `python -m bot.processes.rasa_server MODEL`.

It serves the channels of `credentials.yml` and nothing else: Rasa's own HTTP API, which lets anybody read and write any
conversation, is not enabled.
"""

from __future__ import annotations

import logging
import os
import sys

from bot import config
from bot.observability import logs, tracing
from bot.observability import settings as observability_settings


def serve(model: str) -> None:
    """Serves until it is told to stop."""
    settings = config.load()
    os.environ.update(settings.environment(), RASA_TELEMETRY_ENABLED="false")

    import rasa.core.actions.action
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    from bot.processes.watched_rasa import NumberedEndpoint, watch

    # Rasa waits 300 s for an action while the conversation's lock lives for 60 s: a slow backend would let two turns of
    # one borrower run side by side. The wait has to end well before the lock does.
    rasa.core.actions.action.DEFAULT_REQUEST_TIMEOUT = settings.action_timeout_seconds
    watching = observability_settings.load()
    # At debug level Rasa logs every message and slot, as they are once a channel has masked them.
    level = logging.DEBUG if watching.log_level == "debug" else logging.INFO
    configure_logging_and_warnings(log_level=level, warn_only_once=True, filter_repeated_logs=True)
    configure_structlog(level)
    logs.configure("rasa", watching.log_format, watching.log_level)
    tracing.configure("rasa", watching.otlp_endpoint)
    watch(settings)
    endpoints = AvailableEndpoints.read_endpoints(str(config.ROOT / "endpoints.yml"))
    endpoints.action = NumberedEndpoint(endpoints.action)
    rasa.core.run.serve_application(
        model,
        interface=settings.host,
        port=settings.bot_port,
        credentials=str(config.ROOT / "credentials.yml"),
        endpoints=endpoints,
        enable_api=False,
    )


if __name__ == "__main__":
    serve(sys.argv[1])
