"""`python -m bot.backend.migrations "What changes."`: writes the revision from the latest one to the tables as they are now.

Raise `SCHEMA_VERSION` first. Read what was written: a column that is renamed looks like one dropped and one added, triggers
and conditions of indexes are not seen at all, and rows that have to be filled in are for you to write.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command

from bot.backend import migrations
from bot.backend.schema import SCHEMA_VERSION


def main(arguments: list[str]) -> int:
    """Writes the revision; 1 when there is nothing to write it for."""
    if len(arguments) != 1:
        print(__doc__)
        return 1
    if SCHEMA_VERSION in migrations.known_versions():
        print(f"Schema {SCHEMA_VERSION} has its revision. Raise SCHEMA_VERSION in bot/backend/schema.py first.")
        return 1
    engine = sa.create_engine("sqlite://", future=True, poolclass=sa.pool.StaticPool)
    with engine.connect() as connection:
        config = migrations.configuration(connection)
        command.upgrade(config, "head")
        written: Any = command.revision(
            config, message=arguments[0], autogenerate=True, rev_id=migrations.revision_of(SCHEMA_VERSION)
        )
    path = Path(written.path)
    path.write_text(_tidied(path.read_text(encoding="utf-8")), encoding="utf-8")
    for tool in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, str(path)], check=False)
    print(f"Read and mend {path.relative_to(Path.cwd())}")
    return 0


def _tidied(text: str) -> str:
    """Indexes are made without Alembic's detour over a copied table, which only SQLite's ALTER needs."""

    def plain(block: re.Match[str]) -> str:
        name, lines = block[1], block[2]
        if "batch_op.create_index" not in lines or re.search(r"batch_op\.(?!create_index|f\()", lines):
            return block[0]
        lines = re.sub(r"batch_op\.f\(('\w+')\)", r"\1", lines)
        return re.sub(r" {8}batch_op\.create_index\(('\w+'), ", rf"    op.create_index(\1, '{name}', ", lines)

    text = re.sub(r"    with op\.batch_alter_table\('(\w+)', schema=None\) as batch_op:\n((?: {8}.*\n)+)", plain, text)
    return re.sub(r"    # ### .* ###\n", "", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
