"""An archive: a compressed tar, made and read as a stream, whose last member is its manifest.

`age -d campus.age | tar xz` opens one without Azora.
"""

import hashlib
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

import orjson

from azora.backup.sealed import BLOCK, damaged
from azora.errors import Conflict

FORMAT = 1
MANIFEST = "manifest.json"
_GZIP = 31

Form = Literal["sqlite", "rows"]


@dataclass
class PluginPart:
    """What the archive holds of one plugin: its schema's history, its tables and its blobs."""

    form: Form
    history: dict[str, list[str]]
    tables: dict[str, int]
    columns: dict[str, list[list[str]]] = field(default_factory=dict)


@dataclass
class Manifest:
    """What is in an archive, and how to know that it is all there."""

    id: str
    at: float
    azora: str
    campus: str
    whole: bool
    plugins: dict[str, PluginPart] = field(default_factory=dict)
    blobs: dict[str, dict[str, int]] = field(default_factory=dict)
    damaged_blobs: dict[str, list[str]] = field(default_factory=dict)
    queued_events: int = 0
    members: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def as_json(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Raises Conflict where a newer Azora wrote it."""
        values: dict[str, Any] = orjson.loads(text)
        if values["format"] > FORMAT:
            raise Conflict(
                f"This backup was written by Azora {values['azora']}, in a form that this version "
                "cannot read. Nothing was changed; restore it with that version.",
                code="backup.too_new",
            )
        values["plugins"] = {name: PluginPart(**part) for name, part in values["plugins"].items()}
        return cls(**values)


def packed(
    files: Iterable[tuple[str, Path]], manifest: Manifest, told: Callable[[int], None]
) -> Iterator[bytes]:
    """The archive of these files in chunks; each is read when its turn comes, the manifest at last."""
    pack = zlib.compressobj(6, wbits=_GZIP)
    for name, path in files:
        digest = hashlib.sha256()
        yield pack.compress(_header(name, path.stat().st_size))
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                told(len(block))
                yield pack.compress(block)
        yield pack.compress(_padding(path.stat().st_size))
        manifest.members[name] = digest.hexdigest()
    last = manifest.as_json()
    yield pack.compress(_header(MANIFEST, len(last)) + last + _padding(len(last)))
    yield pack.compress(tarfile.NUL * 1024) + pack.flush()


def unpack(file: IO[bytes], folder: Path, told: Callable[[int], None]) -> Manifest:
    """Write every member below a folder and return the manifest, checked against them."""
    found: dict[str, str] = {}
    manifest = None
    try:
        with tarfile.open(fileobj=file, mode="r|gz") as tar:
            for member in tar:
                source = tar.extractfile(member)
                if source is None or ".." in Path(member.name).parts or member.name[:1] == "/":
                    raise damaged()
                if member.name == MANIFEST:
                    manifest = Manifest.from_json(source.read())
                else:
                    found[member.name] = _extract(source, folder / member.name, told)
    except (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, TypeError):
        raise damaged() from None
    if manifest is None or found != manifest.members:
        raise damaged()
    return manifest


def _extract(source: IO[bytes], path: Path, told: Callable[[int], None]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with path.open("xb") as target:
        path.chmod(0o600)
        while block := source.read(BLOCK):
            digest.update(block)
            told(len(block))
            target.write(block)
    return digest.hexdigest()


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return tarfile.NUL * (-size % tarfile.BLOCKSIZE)
