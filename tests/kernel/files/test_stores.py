"""What every file store does, whatever keeps the bytes."""

import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import eventlet
import pytest
from tests.kernel.files.conftest import OpenStore

from azora.errors import LimitReached, NotFound, ServiceError
from azora.files import FileStore
from azora.messages import FileRef

Leftovers = Callable[[], list[Path]]


def content(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def pieces(data: bytes, size: int = 70_001) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def read(store: FileStore, ref: FileRef | str, *bounds: int) -> bytes:
    return b"".join(store.open(ref, *bounds))


@pytest.mark.parametrize("size", [0, 1, 262_144, 3_000_001])
def test_what_is_put_is_read_again(store: FileStore, size: int) -> None:
    data = content(size)
    ref = store.put(pieces(data), "isifundo.pdf", "application/pdf")
    assert (ref.size, ref.digest) == (size, hashlib.sha256(data).hexdigest())
    assert (ref.name, ref.media_type) == ("isifundo.pdf", "application/pdf")
    assert read(store, ref) == data


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 10), (5, 5), (299_990, 600_000), (262_143, 262_145), (0, 10**12), (400_000, 9)],
)
def test_a_range_is_read_alone(store: FileStore, start: int, end: int) -> None:
    data = content(300_000)
    ref = store.put([data], "x")
    assert read(store, ref, start, end) == data[start:end]


@pytest.mark.parametrize("size", [0, 3_000_001])
def test_content_is_there_as_a_file_of_this_machine(store: FileStore, size: int) -> None:
    data = content(size)
    with store.local(store.put([data], "x")) as path:
        assert path.read_bytes() == data
    with pytest.raises(NotFound), store.local("0" * 64):
        pass


def test_reading_goes_block_by_block(store: FileStore) -> None:
    ref = store.put([content(1_000_000)], "x")
    assert max(map(len, store.open(ref))) <= 262_144


def test_the_same_content_is_kept_once(store: FileStore) -> None:
    first, second = store.put([b"ubuntu"], "a.txt"), store.put([b"ubu", b"ntu"], "b.txt")
    assert first.digest == second.digest
    assert (first.name, second.name) == ("a.txt", "b.txt")
    store.delete(first)
    assert not store.exists(second)


def test_plugins_do_not_see_each_others_files(open_store: OpenStore) -> None:
    ref = open_store("library").put([b"a book"], "x")
    assert not open_store("pay").exists(ref)


def test_what_is_not_there_is_not_found_before_the_first_block(store: FileStore) -> None:
    absent = FileRef(digest="0" * 64, size=1, name="x")
    assert not store.exists(absent)
    with pytest.raises(NotFound) as caught:
        store.open(absent)
    assert caught.value.code == "files.not_found"
    store.delete(absent)


@pytest.mark.parametrize(
    "digest", ["../../etc/passwd", "", "a" * 63, "A" * 64, "0" * 64 + "/..", "\x00"]
)
def test_only_a_digest_names_a_file(store: FileStore, digest: str) -> None:
    forged = FileRef.model_construct(digest=digest, size=1, name="x", media_type="x/y")
    for ref in (forged, digest):
        with pytest.raises(NotFound):
            store.open(ref)
        with pytest.raises(NotFound):
            store.delete(ref)


def test_a_file_of_another_size_is_damaged(store: FileStore) -> None:
    ref = store.put([b"a whole book"], "x")
    with pytest.raises(ServiceError) as caught:
        store.open(ref.model_copy(update={"size": 3}))
    assert caught.value.code == "files.damaged"


def test_too_much_is_refused_and_leaves_nothing(
    open_store: OpenStore, leftovers: Leftovers
) -> None:
    store = open_store(max_upload=2_000_000)

    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(100_000)

    with pytest.raises(LimitReached, match="2,000,000 bytes") as caught:
        store.put(endless(), "x")
    assert caught.value.code == "files.too_large"
    assert leftovers() == []
    assert store.put([bytes(2_000_000)], "x").size == 2_000_000


def test_a_broken_upload_leaves_nothing(store: FileStore, leftovers: Leftovers) -> None:
    def broken() -> Iterator[bytes]:
        yield bytes(3_000_000)
        raise ConnectionResetError("the browser went away")

    with pytest.raises(ConnectionResetError):
        store.put(broken(), "x")
    assert leftovers() == []


def test_an_upload_that_is_killed_leaves_nothing(store: FileStore, leftovers: Leftovers) -> None:
    def slow() -> Iterator[bytes]:
        yield bytes(3_000_000)
        eventlet.sleep(60)

    upload = eventlet.spawn(store.put, slow(), "x")
    while not leftovers():
        eventlet.sleep(0.01)
    upload.kill()
    assert leftovers() == []


def test_uploads_go_side_by_side(store: FileStore) -> None:
    data = [content(400_000, seed) for seed in range(8)]
    pool = eventlet.GreenPool()
    refs = list(pool.imap(lambda one: store.put(pieces(one), "x"), data))
    assert [read(store, ref) for ref in refs] == data


def test_the_same_content_may_be_put_at_once(store: FileStore) -> None:
    pool = eventlet.GreenPool()
    refs = list(pool.imap(lambda _: store.put(pieces(content(400_000)), "x"), range(8)))
    assert len({ref.digest for ref in refs}) == 1
    assert read(store, refs[0]) == content(400_000)


def test_a_sweep_removes_what_nobody_uses_and_is_old(store: FileStore) -> None:
    used, unused = store.put([b"used"], "x"), store.put([b"unused"], "x")
    assert store.sweep({used.digest}, older_than=3600) == 0
    assert store.sweep({used.digest}, older_than=-5) == 1
    assert store.exists(used) and not store.exists(unused)


def test_names_and_types_are_made_harmless(store: FileStore) -> None:
    ref = store.put([b"x"], "../../etc/pass\x00wd\u202egpj.exe", "text/html\r\nX-Evil: 1")
    assert (ref.name, ref.media_type) == ("passwdgpj.exe", "application/octet-stream")
