"""A second model to change to: the same behaviour under another id, so that answers can be told apart by it."""

from __future__ import annotations

import io
import json
import tarfile
import uuid
from pathlib import Path

_METADATA = "metadata.json"


def id_of(model: Path) -> str:
    """The id that a model writes beside every event of the conversations it answers."""
    with tarfile.open(model) as archive:
        return str(_metadata(archive)["model_id"])


def another(model: Path, path: Path) -> str:
    """Writes the model once more, under a new id, which is answered."""
    with tarfile.open(model) as source, tarfile.open(path, "w:gz", compresslevel=1) as target:
        metadata = {**_metadata(source), "model_id": uuid.uuid4().hex}
        for member in source.getmembers():
            content = source.extractfile(member)
            if member.name.strip("./") == _METADATA:
                text = json.dumps(metadata).encode()
                member.size, content = len(text), io.BytesIO(text)
            target.addfile(member, content)
    return str(metadata["model_id"])


def _metadata(archive: tarfile.TarFile) -> dict[str, object]:
    name = next(name for name in archive.getnames() if name.strip("./") == _METADATA)
    content = archive.extractfile(name)
    assert content is not None, "a model has its metadata in a file"
    found: dict[str, object] = json.load(content)
    return found
