"""Static files of the shell and the plugins, under addresses that change with their content."""

import hashlib
import json
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from urllib.parse import quote

PREFIX = "/static/"
SHELL = "azora.shell"
BUILT = "built/"
"""Where `azora.islands` puts what it makes; the names of these files bear their content."""

_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".css": "text/css",
}


@dataclass(frozen=True)
class Asset:
    """The bytes of a static file; `digest` is their tag, `immutable` says that the address names it."""

    content: bytes
    media_type: str
    digest: str
    immutable: bool = False


class Assets:
    """Finds static files. `packages` maps plugin names to their import packages."""

    def __init__(self, packages: dict[str, str]) -> None:
        self._packages = {"shell": SHELL, **packages}

    def url(self, name: str, plugin: str = "shell") -> str:
        """The address of a static file, with its digest: good to cache for ever."""
        asset = self._read(plugin, name)
        address = f"{PREFIX}{plugin}/{quote(name)}"
        return f"{address}?v={asset.digest}" if asset else address

    def island(self, name: str, plugin: str) -> str:
        """The address of an island as it was built, or "" where it was not: the page does without."""
        written = self._read(plugin, f"{BUILT}islands.json")
        file = json.loads(written.content)["islands"].get(name) if written else None
        return f"{PREFIX}{plugin}/{BUILT}{quote(file)}" if file else ""

    def find(self, path: str, digest: str | None = None) -> Asset | None:
        """The file at a path below `/static/`, as it came decoded from the request line."""
        plugin, _, name = path.removeprefix(PREFIX).partition("/")
        asset = self._read(plugin, name)
        if asset is None or (digest != asset.digest and not name.startswith(BUILT)):
            return asset
        return Asset(asset.content, asset.media_type, asset.digest, immutable=True)

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def _read(self, plugin: str, name: str) -> Asset | None:
        steps = name.split("/")
        if plugin not in self._packages or not all(steps) or any(_climbs(step) for step in steps):
            return None
        content = _content(resources.files(self._packages[plugin]) / "static", steps)
        if content is None:
            return None
        suffix = name[name.rfind(".") :]
        media_type = (
            _MEDIA_TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        )
        return Asset(content, media_type, hashlib.sha256(content).hexdigest()[:12])


def _content(folder: Traversable, steps: list[str]) -> bytes | None:
    """The bytes of a file. `shell.css` may be a folder `shell/` of style sheets, which are joined."""
    file = folder.joinpath(*steps)
    if file.is_file():
        return file.read_bytes()
    sheets = folder.joinpath(*steps[:-1], steps[-1].removesuffix(".css"))
    if not steps[-1].endswith(".css") or not sheets.is_dir():
        return None
    parts = sorted(sheets.iterdir(), key=lambda sheet: sheet.name)
    return b"\n".join(sheet.read_bytes() for sheet in parts if sheet.name.endswith(".css"))


def _climbs(step: str) -> bool:
    return step.startswith(".") or "\\" in step or "\0" in step
