"""An import from a file: reads records, sends them in batches, and keeps account of every one."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from azora_library.exchange.formats import Reader
from azora_library.exchange.records import Read, Refused

BATCH = 200
BATCH_CHARACTERS = 500_000
"""Whichever comes first: what the campus takes in at once should keep nobody waiting."""

Send = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
"""Hands records to the campus and returns the outcome of each."""


@dataclass
class Account:
    """What became of the records: how many of each outcome, and which were refused and why."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)

    @property
    def records(self) -> int:
        return self.counts.total()

    def refuse(self, refused: Refused) -> None:
        self.counts["refused"] += 1
        self.refused.append(refused)


def import_file(
    stream: BinaryIO, read: Reader, encoding: str | None, send: Send, account: Account
) -> Iterator[int]:
    """Import every record of the stream, yielding how many bytes are read; `account` grows meanwhile.

    A record whose key came before in the same file with other content is refused: which of the two
    is meant, only its owner can say.
    """
    seen: dict[bytes, tuple[int, bytes]] = {}
    batch: list[Read] = []
    size = 0
    for found in read(stream, encoding):
        found = _once(found, seen)
        if isinstance(found, Refused):
            account.refuse(found)
        else:
            batch.append(found)
            size += len(found.record.content) + 1000
        if len(batch) >= BATCH or size >= BATCH_CHARACTERS:
            _settle(batch, send, account)
            batch, size = [], 0
        yield stream.tell()
    _settle(batch, send, account)
    yield stream.tell()


def _once(found: Read | Refused, seen: dict[bytes, tuple[int, bytes]]) -> Read | Refused:
    if isinstance(found, Refused):
        return found
    key = hashlib.blake2b(found.key.encode(), digest_size=8).digest()
    content = hashlib.blake2b(found.record.model_dump_json().encode(), digest_size=8).digest()
    number, first = seen.setdefault(key, (found.number, content))
    if first == content:
        return found
    return Refused(
        found.number, found.key, f"record {number} has the same key and says something else"
    )


def _settle(batch: list[Read], send: Send, account: Account) -> None:
    if not batch:
        return
    outcomes = send([one.record.model_dump(mode="json") for one in batch])
    for one, outcome in zip(batch, outcomes, strict=True):
        if outcome["outcome"] == "refused":
            account.refuse(Refused(one.number, one.key, outcome["reason"]))
        else:
            account.counts[outcome["outcome"]] += 1
