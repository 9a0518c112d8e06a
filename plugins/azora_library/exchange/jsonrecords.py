"""The records of a JSON file one at a time: of a list, of a list under one name, or one a line."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any, BinaryIO

import ijson

from azora_library.exchange.records import Read, Refused

LARGEST = 2_000_000
"""Bytes of one record; who writes more in one is refused."""

Json = dict[str, Any]
ReadObject = Callable[[int, Json], Read | Refused]


def read_objects(
    stream: BinaryIO, lists: Mapping[str, str], read: ReadObject
) -> Iterator[Read | Refused]:
    """Each record in turn. `lists` names where they stand: `{"data": "data.item"}` beside `[…]`."""
    bounded = _Bounded(stream)
    number = 0
    try:
        for found in _objects(bounded, lists):
            bounded.since = 0
            number += 1
            if isinstance(found, dict):
                yield read(number, found)
            else:
                yield Refused(number, None, "is no JSON object")
    except (ijson.JSONError, ValueError, RecursionError, UnicodeDecodeError) as error:
        yield Refused(number + 1, None, f"is not sound JSON: {error}".splitlines()[0][:200])


def first_object(head: bytes) -> Json:
    """The first members of the first record of a file that begins so; empty where there is none."""
    builder = ijson.ObjectBuilder()
    depth = 0
    try:
        for event, value in ijson.basic_parse(BytesIO(head.lstrip(b"\xef\xbb\xbf \t\r\n"))):
            if event == "start_array" and not depth:
                continue
            depth += event.startswith("start_") - event.startswith("end_")
            builder.event(event, value)
            if not depth:
                break
    except (ijson.JSONError, ValueError):
        pass
    found = getattr(builder, "value", None)
    return found if isinstance(found, dict) else {}


class _Bounded:
    """A stream that ends a record which never does."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.since = 0

    def read(self, size: int = 65_536) -> bytes:
        self.since += size
        if self.since > LARGEST:
            raise ValueError(f"one record is larger than {LARGEST:,} bytes")
        return self._stream.read(size)

    def readline(self) -> bytes:
        line = self._stream.readline(LARGEST + 1)
        if len(line) > LARGEST:
            raise ValueError(f"one record is larger than {LARGEST:,} bytes")
        return line

    def back(self) -> None:
        self._stream.seek(0)
        self.since = 0


def _objects(stream: _Bounded, lists: Mapping[str, str]) -> Iterator[Any]:
    head = stream.read(65_536).lstrip(b"\xef\xbb\xbf \t\r\n")
    stream.back()
    if head[:1] == b"[":
        yield from ijson.items(stream, "item", use_float=True)
        return
    for name, place in lists.items():
        if _is_list(head, name):
            yield from ijson.items(stream, place, use_float=True)
            return
    yield from ijson.items(stream, "", use_float=True, multiple_values=True)


def _is_list(head: bytes, name: str) -> bool:
    """Whether a document that begins so is an object with the list `name`."""
    try:
        for prefix, event, _ in ijson.parse(BytesIO(head)):
            if prefix == name:
                return bool(event == "start_array")
    except (ijson.JSONError, ValueError):
        pass
    return False
