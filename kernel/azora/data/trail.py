"""The audit trail as a chain: each entry seals the one before it, so that none can be changed unseen.

Entries are written by operations (`azora.acts`) and by triggers (`azora.data.audit`), and linked just
before their transaction commits. Addresses stay outside the chain, so that they can be forgotten.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

ACT = "act"
"""The action of an entry that tells of an operation, rather than of a row."""
PRUNED = "pruned"
"""The action of the entry that says up to which link older ones were deleted."""
_SEALED = ("at", "actor", "entity", "row", "action", "before", "after", "act", "outcome", "trace")
_COLUMNS = ", ".join(f'"{column}"' for column in _SEALED)
_BATCH = 1000


@dataclass(frozen=True)
class Verdict:
    """What a look at a whole chain found: its length, its last digest, and what is wrong with it."""

    entries: int
    head: str
    faults: tuple[str, ...]
    unsealed: int = 0


def append(
    database: "PluginDatabase",
    *,
    actor: str,
    entity: str,
    row: str,
    action: str,
    act: str | None = None,
    outcome: str | None = None,
    address: str | None = None,
    trace: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one entry, inside a transaction; it is linked when that commits."""
    database.go_on_record()
    database.execute(
        f"INSERT INTO azora_audit ({_COLUMNS}, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 – constants and placeholders
        *(round(time.time(), 6), actor, entity, row, action, _json(before), _json(after)),
        *(act, outcome, trace, address),
    )


def seal(database: "PluginDatabase") -> None:
    """Link what is not linked yet; the last thing that an open transaction does."""
    if not _unsealed(database, 1):
        return
    if database.dialect == "postgresql":
        database.execute(
            "SELECT pg_advisory_xact_lock(hashtext('azora_audit'), hashtext(?))", database.name
        )
    head = database.execute(
        "SELECT link, digest FROM azora_audit WHERE link IS NOT NULL ORDER BY link DESC LIMIT 1"
    )
    link, digest = head[0] if head else (0, "")
    for seq, *content in _unsealed(database):
        link += 1
        digest = _digest(digest, link, content)
        database.execute(
            "UPDATE azora_audit SET link = ?, digest = ? WHERE seq = ?", link, digest, seq
        )


def verify(database: "PluginDatabase") -> Verdict:
    """Follow the chain from its first entry to its last."""
    expected, digest = _start(database)
    entries, faults = 0, []
    for link, stored, *content in _links(database):
        entries += 1
        if link != expected:
            faults.append(f"entries {expected} to {link - 1} are missing")
        elif stored != _digest(digest, link, content):
            faults.append(f"entry {link} was changed, or follows a changed one")
        expected, digest = link + 1, stored
    return Verdict(entries, digest, tuple(faults), len(_unsealed(database)))


def prune(database: "PluginDatabase", before: float) -> int:
    """Delete the entries that are older, oldest first, and say so in the chain; how many."""
    young = database.execute(
        "SELECT MIN(link) FROM azora_audit WHERE at >= ? AND link IS NOT NULL", before
    )[0][0]
    last = database.execute("SELECT MAX(link) FROM azora_audit")[0][0] or 0
    bound = (young or last) - 1
    found = database.execute("SELECT digest FROM azora_audit WHERE link = ?", bound)
    if not found:
        return 0
    with database.transaction():
        append(
            database,
            actor=f"plugin:{database.name}",
            entity="azora_audit",
            row=str(bound),
            action=PRUNED,
            after={"digest": found[0][0]},
        )
        seal(database)
        gone = database.execute("DELETE FROM azora_audit WHERE link <= ? RETURNING seq", bound)
    return len(gone)


def forget(database: "PluginDatabase", actor: str | None = None, before: float = 0.0) -> None:
    """Forget the addresses of one person, or everybody's before a time (seconds since 1970)."""
    with database.transaction():
        database.execute(
            "UPDATE azora_audit SET address = NULL "
            "WHERE address IS NOT NULL AND (actor = ? OR at < ?)",
            actor or "",
            before,
        )


def _start(database: "PluginDatabase") -> tuple[int, str]:
    """The first link that must be there, and the digest before it: what the last pruning says."""
    found = database.execute(
        'SELECT "row", after FROM azora_audit WHERE action = ? ORDER BY link DESC LIMIT 1', PRUNED
    )
    if not found:
        return 1, ""
    return int(found[0][0]) + 1, orjson.loads(found[0][1])["digest"]


def _links(database: "PluginDatabase") -> Iterator[tuple[Any, ...]]:
    last = 0
    while rows := database.heavy_read(
        f"SELECT link, digest, {_COLUMNS} FROM azora_audit WHERE link > ? "  # noqa: S608 – constants and placeholders
        f"ORDER BY link LIMIT {_BATCH}",
        last,
    ):
        yield from rows
        last = rows[-1][0]


def _unsealed(database: "PluginDatabase", limit: int = -1) -> list[tuple[Any, ...]]:
    bound = f" LIMIT {limit}" if limit > 0 else ""
    return database.execute(
        f"SELECT seq, {_COLUMNS} FROM azora_audit WHERE link IS NULL ORDER BY seq{bound}"  # noqa: S608 – constants and placeholders
    )


def _digest(previous: str, link: int, content: list[Any]) -> str:
    document = orjson.dumps([previous, link, *content])
    return hashlib.sha256(document).hexdigest()


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else orjson.dumps(values, default=str).decode()
