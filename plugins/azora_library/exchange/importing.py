"""An import from a file: reads records, sends them in batches, and keeps account of every one."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

import orjson

from azora_library.exchange.formats import Reader
from azora_library.exchange.records import Read, Refused

BATCH = 200
BATCH_CHARACTERS = 500_000
"""Whichever comes first: what the campus takes in at once should keep nobody waiting."""

MOST_REPORTED = 10_000
"""Refused records that a report names: a file that is all rubbish should not fill the memory."""

Outcomes = list[dict[str, Any]]
Send = Callable[[list[dict[str, Any]]], Callable[[], Outcomes]]
"""Begins to hand records to the campus; what it returns waits for the outcome of each."""


@dataclass
class Account:
    """What became of the records: how many of each outcome, and which (the first) were refused, and why."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)

    @property
    def records(self) -> int:
        return self.counts.total()

    def refuse(self, refused: Refused) -> None:
        self.counts["refused"] += 1
        if len(self.refused) < MOST_REPORTED:
            self.refused.append(refused)


class Sendable(NamedTuple):
    """A record as the campus is told of it; `content` is the same for the same content."""

    number: int
    key: str
    values: dict[str, Any]
    content: bytes
    size: int

    @classmethod
    def of(cls, found: Read) -> "Sendable":
        text = found.record.model_dump_json().encode()
        content = hashlib.blake2b(text, digest_size=8).digest()
        return cls(found.number, found.key, orjson.loads(text), content, len(text))


class Batch(NamedTuple):
    """Records that belong together, and those among them that stay out; `position` is in bytes."""

    records: list[Sendable]
    refused: list[Refused]
    read: int
    position: int


def batches(
    stream: BinaryIO, read: Reader, encoding: str | None, most: int = BATCH
) -> Iterator[Batch]:
    """The records of a file, some at a time.

    A record whose key came before in the same file with other content is refused: which of the two
    is meant, only its owner can say.
    """
    seen: dict[bytes, tuple[int, bytes]] = {}
    records: list[Sendable] = []
    refused: list[Refused] = []
    number = size = 0
    for found in read(stream, encoding):
        number = found.number
        ready = found if isinstance(found, Refused) else _once(Sendable.of(found), seen)
        if isinstance(ready, Refused):
            refused.append(ready)
        else:
            records.append(ready)
            size += ready.size
        if len(records) + len(refused) >= most or size >= BATCH_CHARACTERS:
            yield Batch(records, refused, number, stream.tell())
            records, refused, size = [], [], 0
    yield Batch(records, refused, number, stream.tell())


def send_all(found: Iterable[Batch], send: Send, account: Account) -> Iterator[int]:
    """Import every record of a file, yielding how many bytes are read; `account` grows meanwhile."""
    settle: Callable[[Account], None] = _settled
    for batch in found:
        for refused in batch.refused:
            account.refuse(refused)
        settle(account)  # the batch before, which the campus took in while this one was read
        settle = _sent(batch.records, send)
        yield batch.position
    settle(account)


def _once(one: Sendable, seen: dict[bytes, tuple[int, bytes]]) -> Sendable | Refused:
    key = hashlib.blake2b(one.key.encode(), digest_size=8).digest()
    number, first = seen.setdefault(key, (one.number, one.content))
    if first == one.content:
        return one
    return Refused(one.number, one.key, f"record {number} has the same key and says something else")


def _sent(batch: list[Sendable], send: Send) -> Callable[[Account], None]:
    """Begin to send a batch; what is returned waits for it and notes what became of each record."""
    if not batch:
        return _settled
    wait = send([one.values for one in batch])

    def settle(account: Account) -> None:
        for one, outcome in zip(batch, wait(), strict=True):
            if outcome["outcome"] == "refused":
                account.refuse(Refused(one.number, one.key, outcome["reason"]))
            else:
                account.counts[outcome["outcome"]] += 1

    return settle


def _settled(_: Account) -> None:
    """Nothing was sent."""
