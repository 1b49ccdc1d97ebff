"""What is left of a run: in the ledger, in the conversations, and in what each borrower heard."""

from __future__ import annotations

from collections.abc import Sequence

from bot.bench.cluster.borrowers import FILED_NOW, BorrowerOnLine
from bot.bench.cluster.cluster import Cluster


def look_through(cluster: Cluster, people: Sequence[BorrowerOnLine]) -> list[str]:
    """What is wrong afterwards: in the ledger, in the conversations, and in what borrowers heard."""
    trouble = []
    filed = {
        str(borrower): int(str(count))
        for borrower, count in cluster.rows(
            "SELECT borrower_id, count(*) FROM requests WHERE kind = 'deferral' GROUP BY borrower_id"
        )
    }
    for person in people:
        if filed.get(person.borrower_id, 0) != 1:
            trouble.append(f"{person.borrower_id} has {filed.get(person.borrower_id, 0)} deferrals in the ledger")
        if not person.has_heard_filed:
            heard = [(one.text, one.answer[:40]) for one in person.said[-6:]]
            trouble.append(f"{person.borrower_id} never heard that it is filed: {heard}")
        if (times := sum(FILED_NOW in text for text in person.heard)) > 1:
            trouble.append(f"{person.borrower_id} heard {times} times that it is filed now")
        for one in person.said:
            if not one.answer:
                trouble.append(f"{person.borrower_id} heard nothing after {one.text!r}")
    doubled = cluster.rows(
        "SELECT borrower_id, count(*) FROM audit WHERE action = 'deferral.filed' GROUP BY borrower_id HAVING count(*) > 1"
    )
    trouble += [f"{row[0]} was filed for {row[1]} times" for row in doubled]
    for state, count in cluster.rows(
        "SELECT state, count(*) FROM chat_messages WHERE sender = 'borrower' GROUP BY state", of_the_ledger=False
    ):
        if state not in ("answered", "interrupted"):
            trouble.append(f"{count} messages are still {state}")
    twice = cluster.rows(
        "SELECT conversation_id FROM chat_messages WHERE client_id IS NOT NULL "
        "GROUP BY conversation_id, client_id HAVING count(*) > 1",
        of_the_ledger=False,
    )
    trouble += [f"a message was kept {len(twice)} times too often"] if twice else []
    kept = cluster.rows("SELECT count(*) FROM chat_messages WHERE sender = 'borrower'", of_the_ledger=False)[0][0]
    said = sum(len(person.said) for person in people)
    if kept != said:
        trouble.append(f"{said} messages were acknowledged and {kept} are kept")
    # Each message that was answered went through the bot exactly once.
    turns = cluster.rows("SELECT count(*) FROM events WHERE type_name = 'user'", of_the_ledger=False)[0][0]
    answered = cluster.rows("SELECT count(*) FROM chat_messages WHERE state = 'answered'", of_the_ledger=False)[0][0]
    interrupted = cut_short(cluster)
    if not int(str(answered)) <= int(str(turns)) <= int(str(answered)) + interrupted:
        trouble.append(f"{answered} messages were answered, and the bot read {turns} (cut short: {interrupted})")
    return trouble


def cut_short(cluster: Cluster) -> int:
    """Turns that a server began and did not end, and whose borrowers were told so."""
    rows = cluster.rows("SELECT count(*) FROM chat_messages WHERE state = 'interrupted'", of_the_ledger=False)
    return int(str(rows[0][0]))


def answered_by(cluster: Cluster) -> dict[str, int]:
    """Messages by the id of the model that read them."""
    rows = cluster.rows(
        "SELECT data::json->'metadata'->>'model_id', count(*) FROM events WHERE type_name = 'user' GROUP BY 1",
        of_the_ledger=False,
    )
    return {str(model): int(str(count)) for model, count in rows}


def bytes_a_message(cluster: Cluster) -> dict[str, float]:
    """Of the tables that grow with every message, with their indexes."""
    said = int(str(cluster.rows("SELECT count(*) FROM chat_messages WHERE sender = 'borrower'", of_the_ledger=False)[0][0]))
    found = {}
    for table in ("events", "chat_messages"):
        size = cluster.rows(f"SELECT pg_total_relation_size('{table}')", of_the_ledger=False)[0][0]
        found[table] = int(str(size)) / max(1, said)
    return found


def rows_a_message(cluster: Cluster) -> float:
    """Events in the tracker store for each message of a borrower."""
    rows, messages = cluster.rows("SELECT count(*), sum((type_name = 'user')::int) FROM events", of_the_ledger=False)[0]
    return int(str(rows)) / max(1, int(str(messages)))
