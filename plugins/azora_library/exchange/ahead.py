"""Reads a catalogue file in a process of its own, so that one core reads while another stores.

The child is told its job as JSON. It writes JSON for each batch, its length before it, and waits while
nobody takes it: a pipe holds little.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from azora.errors import AzoraError, Invalid
from azora_library.custom.columns import OwnColumns
from azora_library.exchange import table
from azora_library.exchange.formats import BY_NAME, Reader
from azora_library.exchange.importing import Batch, Sendable, batches
from azora_library.exchange.records import Refused

LARGE = 1_000_000
"""Bytes from which a process of its own is worth its start."""
LENGTH = 4
"""Bytes of a length, the most significant first."""


class Job(NamedTuple):
    """How to read a file; of a table also what its columns hold, and which of them hold several values."""

    path: str
    format: str
    encoding: str | None = None
    mapping: dict[str, str] | None = None
    several: dict[str, bool] | None = None

    @property
    def read(self) -> Reader:
        if self.mapping is None:
            return BY_NAME[self.format].read
        return table.reader(self.mapping, OwnColumns(self.several or {}, {}))

    def batches(self) -> Iterator[Batch]:
        with open(self.path, "rb") as stream:
            yield from batches(stream, self.read, self.encoding)


def read_ahead(job: Job) -> Iterator[Batch]:
    """The records of a file, some at a time; those of a large one are read in another process.

    Raises Invalid for a file that cannot be read any further, and AzoraError when its reader ends early.
    """
    if Path(job.path).stat().st_size < LARGE:
        yield from job.batches()
        return
    command = [sys.executable, "-P", "-m", __name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603 – our own arguments
        try:
            assert child.stdin and child.stdout
            child.stdin.write(orjson.dumps(job._asdict()))
            child.stdin.close()
            yield from _told(child.stdout)
        finally:
            child.kill()


def _told(pipe: IO[bytes]) -> Iterator[Batch]:
    while True:
        size = int.from_bytes(_exactly(pipe, LENGTH))
        said = orjson.loads(_exactly(pipe, size))
        if said is None:
            return
        if isinstance(said, str):
            raise Invalid(said)
        yield Batch(
            [_sendable(*one) for one in said["records"]],
            [Refused(*one) for one in said["refused"]],
            said["read"],
            said["position"],
        )


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    """So many bytes, however few the pipe holds at a time."""
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            raise AzoraError(
                "The process that reads the file ended early. What came in stays: run this again."
            )
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _sendable(number: int, key: str, values: dict[str, Any], size: int) -> Sendable:
    return Sendable(number, key, values, b"", size)


def _as_json(batch: Batch) -> dict[str, Any]:
    records = [(one.number, one.key, one.values, one.size) for one in batch.records]
    refused = [(one.number, one.key, one.reason) for one in batch.refused]
    said = {"records": records, "refused": refused}
    return {**said, "read": batch.read, "position": batch.position}


def _tell(said: object) -> None:
    content = orjson.dumps(said)
    sys.stdout.buffer.write(len(content).to_bytes(LENGTH) + content)
    sys.stdout.buffer.flush()


def main(told: bytes) -> None:
    """The child: each batch, then null; a reason in words in place of a batch that cannot be."""
    try:
        for batch in Job(**orjson.loads(told)).batches():
            _tell(_as_json(batch))
        _tell(None)
    except Invalid as error:
        _tell(error.detail)


if __name__ == "__main__":
    main(sys.stdin.buffer.read())
