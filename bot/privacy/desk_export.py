"""`./huanban desk export BORROWER`: everything that is held of a borrower, in one file, for the lender."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bot.backend.desk import Desk, DeskError
from bot.channels.chat.words import ChannelWords
from bot.client.errors import LoanBackendError
from bot.config import Settings
from bot.privacy.export import zipped
from bot.privacy.keepers import keepers_of
from bot.privacy.serving import client_of
from bot.privacy.whose import whose


def main(arguments: list[str], settings: Settings) -> int:
    """Writes the file, readable by its owner only; 1 when it cannot be made. Who made it is on the borrower's audit trail."""
    parser = argparse.ArgumentParser(prog="huanban desk export", description="Everything held of a borrower, in one ZIP file.")
    parser.add_argument("borrower_id")
    parser.add_argument("--to", type=Path, default=Path(), help="folder to save it in (default: this one)")
    parser.add_argument("--by", default=getpass.getuser(), help="who asks for it (default: the user logged in here)")
    options = parser.parse_args(arguments)
    desk = Desk(settings.backend_url, settings.desk_token, person=options.by)
    try:
        ledger = desk.export(quote(options.borrower_id, safe=""))
        of = whose(client_of(settings).loans_of(str(ledger["borrower_id"])), settings.conversation_secret)
        words, as_of = ChannelWords(), str(ledger["as_of"])
        read_me = words.text("utter_privacy_export_read_me", lender_name=str(ledger["lender_name"]), at=as_of[:16])
        made = zipped(ledger, keepers_of(settings), of, desk.proof, read_me)
        path = options.to / f"huanban-{options.borrower_id}-{datetime.fromisoformat(as_of):%Y-%m-%d}.zip"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(made)
    except (DeskError, LoanBackendError) as error:
        print(f"huanban desk: {error}", file=sys.stderr)
        return 1
    print(f"Saved {path}, {len(made):,} bytes. That {options.by} made it is on the audit trail of {options.borrower_id}.")
    return 0
