"""Everything that is held of a borrower in one file: a ZIP of the ledger's tables, the stores' rows, and the proofs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.privacy.keepers import Keeper
from bot.privacy.whose import Whose

ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/heic": ".heic", "application/pdf": ".pdf"}


def zipped(ledger: Mapping[str, Any], keepers: Sequence[Keeper], of: Whose, proof: Callable[[str], bytes], read_me: str) -> bytes:
    """The file.

    Args:
        ledger: what the lender answered for its own tables.
        keepers: the stores of what was said.
        of: whose file it is.
        proof: the content of a proof by its id.
        read_me: what stands at its beginning, for a person.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", read_me)
        archive.writestr("ledger.json", _json(ledger))
        for keeper in keepers:
            archive.writestr(f"{keeper.name}.json", _json(keeper.held(of)))
        for row in ledger["tables"].get("evidence", ()):
            ending = ENDINGS.get(str(row["kind"]), ".bin")
            archive.writestr(f"evidence/{row['evidence_id']}{ending}", proof(str(row["evidence_id"])))
    return made.getvalue()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)
