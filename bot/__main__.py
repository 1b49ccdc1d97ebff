"""`python -m bot`, what `./huanban` hands over to: one command a module, listed with a sentence each."""

from __future__ import annotations

import errno
import importlib
import sys

from bot.config import ConfigurationError

COMMANDS = {
    "up": "start everything and say where to try it; Ctrl-C stops it",
    "chat": "talk to the bot in the terminal: ./huanban chat --as overdue_12_days",
    "desk": "be the person who decides: list pending requests, approve or refuse one",
    "test": "run every test, or a room of them: ./huanban test unit",
    "train": "train the model if its inputs have changed",
    "evaluate": "measure how well the bot understands, on sentences it has never seen",
    "bench": "measure how fast the bot is: ./huanban bench actions",
    "doctor": "say what is wrong with this machine and how to mend it",
    "retention": "forget what is older than the lender keeps it: ./huanban retention --dry-run",
    "keys": "the lender's keys for what rests in the databases: ./huanban keys new",
    "wechat": "the WeChat account's menu, and a font for its pictures: ./huanban wechat menu",
}


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit code. What goes wrong is one sentence and a mend, not a traceback."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print("usage: ./huanban COMMAND\n")
        print("\n".join(f"  {name:<9} {sentence}" for name, sentence in COMMANDS.items()))
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        return _fail(f"There is no command {name!r}.", "./huanban alone lists the commands.")
    try:
        return int(importlib.import_module(f"bot.commands.{name}").main(arguments[1:]) or 0)
    except ConfigurationError as error:
        return _fail(str(error), "docs/configuration.md has a row for each setting.")
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _fail("The disk is full.", "Free some space and run the command again; nothing that was filed is lost.")
        if error.filename is None:
            raise
        return _fail(f"{error.filename}: {error.strerror}.", "Check the path and its permissions, or set HUANBAN_STATE_DIR.")


def _fail(sentence: str, mend: str) -> int:
    print(f"✗ {sentence}\n  → {mend}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
