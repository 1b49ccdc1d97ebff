"""How the cluster's run decides that answers are as quick as before, and that a model is another one."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

from bot.bench.cluster.borrowers import Said
from bot.bench.cluster.models import another, id_of
from bot.bench.cluster.waits import bar, seconds_until_back, share_of, waits


def said(*answers: tuple[float, float]) -> list[Said]:
    """Messages by the moment at which they were said, and how long their answer took."""
    return [Said(at, "话", answered_after=seconds, answer="答") for at, seconds in answers]


def test_waits_are_of_the_messages_that_were_said_in_the_span_and_answered() -> None:
    people = [*said((1, 0.1), (5, 0.2), (9, 0.3)), Said(6, "没有回答")]
    assert waits(people, [(0, 2), (5, 9)]) == [0.1, 0.2]


def test_back_is_half_as_slow_again_as_before_and_three_tenths_are_never_slow() -> None:
    assert bar([2.0] * 50) == 3.0
    assert bar([0.1] * 50) == 0.3
    assert share_of([], 0.95) == 0.0 and share_of([0.7], 0.95) == 0.7


def test_back_is_counted_from_the_kill_to_ten_seconds_whose_messages_are_all_quick() -> None:
    slow_until_seven = said(*((100 + n / 2, 5.0 if n < 14 else 0.2) for n in range(60)))
    assert seconds_until_back(slow_until_seven, 100, 130, 0.5) == 7.0
    assert seconds_until_back(said(*((100 + n / 2, 0.2) for n in range(60))), 100, 130, 0.5) == 0.0


def test_answers_that_stay_slow_are_never_back_and_silence_is_not_quick() -> None:
    assert seconds_until_back(said(*((100 + n / 2, 5.0) for n in range(60))), 100, 130, 0.5) is None
    assert seconds_until_back([], 100, 130, 0.5) is None


def test_another_model_has_the_same_files_and_another_id(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "one.tar.gz", "w:gz") as archive:
        for name, text in (("metadata.json", json.dumps({"model_id": "one", "language": "zh"})), ("components/a", "甲")):
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    made = another(tmp_path / "one.tar.gz", tmp_path / "two.tar.gz")
    assert id_of(tmp_path / "one.tar.gz") == "one" and id_of(tmp_path / "two.tar.gz") == made != "one"
    with tarfile.open(tmp_path / "two.tar.gz") as archive:
        content = archive.extractfile("components/a")
        assert content is not None and content.read().decode() == "甲"
