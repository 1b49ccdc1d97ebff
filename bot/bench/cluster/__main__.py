"""`./huanban bench cluster`: how the whole system answers while its processes are killed and replaced."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
from pathlib import Path

from bot.bench import servers
from bot.bench.cluster.cluster import running_cluster
from bot.bench.cluster.run import MESSAGES_A_SECOND, talk_and_kill
from bot.commands.servers import ensure_servers


def main(arguments: list[str]) -> int:
    """Prints the figures; 1 when something was lost or doubled, or could not be started."""
    parser = argparse.ArgumentParser(prog="./huanban bench cluster", description=__doc__)
    parser.add_argument("--borrowers", type=int, default=200)
    parser.add_argument(
        "--think-seconds",
        type=float,
        default=0,
        help=f"mean time of thought a message; 0: a second for each {MESSAGES_A_SECOND:g} borrowers",
    )
    parser.add_argument("--quiet-seconds", type=float, default=20, help="of talk between two kills; twice that before the first")
    parser.add_argument("--json", type=Path, help="write the figures into a file")
    parser.add_argument("--keep", type=Path, help="keep databases and logs in this folder")
    parser.add_argument("--model", type=Path, help="a trained model instead of the present one")
    options = parser.parse_args(arguments)
    if missing := ensure_servers():
        print(f"✗ not installed: {', '.join(missing)}\n  → apt-get install {' '.join(missing)}", file=sys.stderr)
        return 1
    # Asked to end, it ends what it has started before it goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="huanban-cluster-", ignore_cleanup_errors=True) as folder:
        try:
            with running_cluster(options.keep or Path(folder) / "cluster", options.borrowers, model=options.model) as cluster:
                print("Two of each are up behind nginx; the borrowers talk …", flush=True)
                found = asyncio.run(
                    talk_and_kill(cluster, think_seconds=options.think_seconds, quiet_seconds=options.quiet_seconds)
                )
        except servers.NotHere as reason:
            print(f"✗ {reason}", file=sys.stderr)
            return 1
    print("\n".join(found.lines()))
    if options.json:
        options.json.write_text(json.dumps(found.figures(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 1 if found.trouble else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
