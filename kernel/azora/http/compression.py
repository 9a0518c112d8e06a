"""Content coding by what the client accepts; never for bodies that hold secrets (BREACH)."""

import gzip
import importlib
import re
from collections.abc import Callable

from azora.http.exchange import HttpResponse

SMALLEST = 1_024
_TYPES = re.compile(
    r"text/|application/(json|problem\+json|javascript|manifest\+json|xml)|image/svg", re.IGNORECASE
)
_ACCEPTED = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q=([\d.]+))?\s*")


def _available() -> dict[str, Callable[[bytes], bytes]]:
    """The codings that this installation can write, best first."""
    coders: dict[str, Callable[[bytes], bytes]] = {}
    for name, module, make in (
        ("br", "brotli", lambda library: lambda data: library.compress(data, quality=4)),
        ("zstd", "zstandard", lambda library: library.ZstdCompressor(level=3).compress),
    ):
        try:
            coders[name] = make(importlib.import_module(module))
        except ImportError:
            continue
    coders["gzip"] = lambda data: gzip.compress(data, 5, mtime=0)
    return coders


CODERS = _available()


def compress(response: HttpResponse, accepted: str) -> None:
    """Code the body in place where that is allowed, wanted and worth it; the tag says so."""
    body = response.body
    if not isinstance(body, bytes) or len(body) < SMALLEST or response.secret:
        return
    if not _TYPES.match(response.header("Content-Type") or ""):
        return
    if response.header("Set-Cookie") and response.kind != "page":
        return
    coding = choose(accepted)
    if coding is None:
        return
    response.body = CODERS[coding](body)
    response.headers = [_coded_tag(name, value, coding) for name, value in response.headers]
    response.headers.append(("Content-Encoding", coding))


def choose(accepted: str) -> str | None:
    """The best coding that an Accept-Encoding header allows, or None for the body as it is."""
    weights: dict[str, float] = {}
    for piece in accepted.lower().split(","):
        if found := _ACCEPTED.fullmatch(piece):
            try:
                weights[found[1]] = float(found[2] or 1)
            except ValueError:
                continue
    best = [name for name in CODERS if weights.get(name, weights.get("*", 0)) > 0]
    return max(best, key=lambda name: weights.get(name, weights.get("*", 0)), default=None)


def _coded_tag(name: str, value: str, coding: str) -> tuple[str, str]:
    return (name, f'{value[:-1]}-{coding}"') if name == "ETag" else (name, value)
