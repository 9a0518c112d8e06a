"""Loads the parts of a page side by side, each by its own call, so that one may fail alone."""

from collections.abc import Mapping
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import eventlet
from pydantic import ValidationError

from azora.errors import AzoraError, Invalid, ServiceError, invalid
from azora.messages import Message, Request
from azora.observe.logs import get_logger
from azora.registry import LoadedPlugin
from azora.shell.forms import decode, typed_of
from azora.shell.visit import Match, Visit

if TYPE_CHECKING:
    from azora.runtime import Runtime

PATIENCE = 8.0
"""Seconds that a page waits for its slowest part."""


@dataclass(frozen=True)
class Target:
    """An operation as a page's plugin sees it: its own, or the slice that it needs of another."""

    name: str
    request: type[Request]
    reply: type[Message] | None
    public: bool


@dataclass(frozen=True)
class Ask:
    """What a fragment of a page asks of which plugin, with what the address gives; seconds to wait."""

    loaded: LoadedPlugin
    operation: str
    given: Mapping[str, list[str]]
    fixed: Mapping[str, Any]
    patience: float = PATIENCE


@dataclass(frozen=True)
class Loaded:
    """A part that came (`reply`), was not asked for (neither), or failed (`error`)."""

    reply: Any = None
    error: AzoraError | None = None


def target_of(runtime: "Runtime", loaded: LoadedPlugin, operation: str) -> Target:
    """The operation that a page names, as `search` or `library.search`; the loader saw to it."""
    plugin, _, name = operation.rpartition(".")
    full = f"{plugin or loaded.name}.{name}"
    known = runtime.registry.operation(full)
    if known and plugin in ("", loaded.name):
        return Target(full, known.request, known.reply, known.public)
    request, reply = loaded.needs[plugin].operations[name]
    return Target(full, request, reply, known is not None and known.public)


def asks_of(visit: Visit, match: Match) -> dict[str, Ask]:
    """What each part of a page asks: path and query fill the fields that its request has."""
    given = typed_of(visit.query, match.params)
    return {
        name: Ask(match.loaded, part.operation, given, part.fixed)
        for name, part in match.page.parts.items()
    }


def load(runtime: "Runtime", visit: Visit, asks: Mapping[str, Ask]) -> dict[str, Loaded]:
    """The answer to each by name, in their order."""
    if len(asks) == 1:
        return {name: _load(runtime, visit, ask) for name, ask in asks.items()}
    running = {
        name: eventlet.spawn(copy_context().run, _load, runtime, visit, ask)
        for name, ask in asks.items()
    }
    return {name: greenlet.wait() for name, greenlet in running.items()}


def _load(runtime: "Runtime", visit: Visit, ask: Ask) -> Loaded:
    try:
        target = target_of(runtime, ask.loaded, ask.operation)
        values = decode(target.request, ask.given) | dict(ask.fixed)
        try:
            request = target.request.model_validate(values)
        except ValidationError as error:
            refused = invalid(error)
            return Loaded() if _not_asked(refused) else Loaded(error=refused)
        return Loaded(
            runtime.call(
                target.name, request, target.reply, timeout=ask.patience, context=visit.context
            )
        )
    except AzoraError as error:
        return Loaded(error=error)
    except Exception as error:  # noqa: BLE001 – one part may fail in any way and the page still stands
        get_logger("azora.shell").exception("part_failed", part=ask.operation)
        runtime.report(error)
        return Loaded(error=ServiceError())


def _not_asked(refused: Invalid) -> bool:
    """Whether a request is only incomplete: a search page before anything was searched for."""
    return all(wrong["code"] == "missing" for wrong in refused.fields)
