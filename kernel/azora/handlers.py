"""Event handlers: methods that are called for each event of one type, or for many of them at once."""

import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from azora.errors import PluginError
from azora.messages import Event
from azora.signatures import is_model, marked, signature_of

F = TypeVar("F", bound=Callable[..., Any])
LARGEST_BATCH = 1000


@dataclass(frozen=True)
class Handler:
    """One method that is called for each event of one type; with a `batch`, for up to so many at once."""

    name: str
    event: str
    ordered: bool
    attempts: int
    timeout: float
    payload: type[Event] = Event
    batch: int = 0


def on_event(
    event: str,
    *,
    ordered: bool = False,
    attempts: int = 8,
    timeout: float = 30.0,
    batch: int = 0,
) -> Callable[[F], F]:
    """Call the method for each `<plugin>.<event>`, exactly once in effect.

    The method opens at most one `self.transaction()`; a failure is tried again `attempts` times with
    growing pauses, then parked. `ordered` keeps events of one key in order.

    With a `batch` the method is annotated with a list of the event, and takes up to so many at once, which
    share its transaction; a replay reaches it without a row for each. A batch that fails is taken apart until
    the event that it failed of stands alone.
    """
    if not 0 <= batch <= LARGEST_BATCH:
        raise PluginError(f"on_event({event!r}): a batch holds at most {LARGEST_BATCH} events")

    def mark(method: F) -> F:
        method.__azora__ = Handler(  # type: ignore[attr-defined]
            method.__name__, event, ordered, attempts, timeout, batch=batch
        )
        return method

    return mark


def handlers_of(service: type) -> Iterator[tuple[Callable[..., Any], Handler]]:
    """Every event handler of a Service class with the slice that it reads."""
    for method, mark in marked(service, Handler):
        payload = _listed(method) if mark.batch else signature_of(method, Event)[0]
        yield method, replace(mark, payload=payload)


def _listed(method: Callable[..., Any]) -> type[Event]:
    """The event in the annotation `list[SomeEvent]`. Raises PluginError where it is another."""
    hints = typing.get_type_hints(method)
    hints.pop("return", None)
    lists = [hint for hint in hints.values() if typing.get_origin(hint) is list]
    inner = typing.get_args(lists[0]) if lists else ()
    if len(hints) != 1 or not inner or not is_model(inner[0], Event):
        raise PluginError(
            f"{method.__qualname__}: takes batches, so self and one annotated list of an Event"
        )
    found: type[Event] = inner[0]
    return found
