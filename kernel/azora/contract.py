"""What a plugin declares: operations, handlers, needs, pages, jobs – and the Plugin value itself.

Everything here is data. The kernel derives the RPC, the HTTP route, the OpenAPI entry, the
permission check, the CLI call, the metrics and the Kubernetes manifest from it.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from azora.context import current
from azora.errors import PluginError
from azora.handlers import Handler, handlers_of, on_event
from azora.messages import Event, Message, Request
from azora.page import Drafts, Form, Page, Panel, Part, fields_of
from azora.rates import Rate
from azora.signatures import Shape, marked, signature_of

__all__ = [
    "Drafts",
    "ErrorCode",
    "Form",
    "Handler",
    "Job",
    "Need",
    "Operation",
    "Page",
    "Part",
    "Permission",
    "Plugin",
    "handlers_of",
    "needs",
    "on_event",
    "operation",
    "operations_of",
    "signature_of",
]

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)
Audited = bool | Literal["act"] | None
Over = bool | Literal["form"]


@dataclass(frozen=True)
class Operation:
    """One typed method, many surfaces.

    `timeout` is in seconds and bounds a call that brings no earlier deadline; `concurrency` bounds
    how many run at once in one process; `max_body` is in bytes.
    """

    name: str
    verb: str
    path: str
    summary: str
    permission: str | None
    idempotent: bool
    timeout: float
    concurrency: int
    max_body: int
    http: Over
    rate: Rate | None = None
    audited: Audited = None
    version: int = 1
    request: type[Request] = Request
    reply: type[Message] | None = None
    shape: Shape = "none"

    @property
    def public(self) -> bool:
        return self.permission is None


@dataclass(frozen=True)
class Need:
    """What a plugin calls of another, as the slice that it reads: operation name → (request, reply)."""

    plugin: str
    optional: bool
    operations: dict[str, tuple[type[Request], type[Message] | None]]


@dataclass(frozen=True)
class Permission:
    """A right that roles grant, named `<plugin>.<verb>`; `members` gives it to every member.

    `own` says that it reaches no further than the holder's own things: such acts leave no audit entry.
    """

    name: str
    summary: str
    own: bool = False
    members: bool = False


@dataclass(frozen=True)
class ErrorCode:
    """A stable code that a plugin's errors carry, named `<plugin>.<what_is_wrong>`, and what helps."""

    code: str
    status: int
    cause: str
    fix: str


@dataclass(frozen=True)
class Job:
    """An operation run at the times of a cron expression (UTC): once per due time, whoever triggers it."""

    operation: str
    cron: str

    def full_name(self, plugin: str) -> str:
        """The operation with its plugin's name, which is left out where it is the job's own."""
        return self.operation if "." in self.operation else f"{plugin}.{self.operation}"


@dataclass(frozen=True)
class Plugin:
    """The one frozen, serialisable value that `describe()` returns."""

    name: str
    summary: str
    services: Sequence[type] = ()
    events: Sequence[type[Event]] = ()
    needs: Sequence[type] = ()
    calls: Sequence[str] = ()
    """What it calls of whichever plugins are there, beside its needs: `*.admin_list_audit`, `*.events_*`."""
    permissions: Sequence[Permission] = ()
    errors: Sequence[ErrorCode] = ()
    pages: Sequence[Page] = ()
    panels: Sequence[Panel] = ()
    jobs: Sequence[Job] = ()
    tables: Sequence[type] = ()
    settings: type | None = None
    keeps_log: bool = False
    """Whether every event of the campus is kept for it, as `plugin.event_log`."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))


def operation(
    route: str,
    *,
    permission: str | None = None,
    public: bool = False,
    idempotent: bool | None = None,
    timeout: float = 30.0,
    concurrency: int = 32,
    max_body: int = 1_000_000,
    rate: str | None = None,
    http: Over = True,
    audited: Audited = None,
) -> Callable[[F], F]:
    """Declare a method as an operation.

    `route` is `VERB /path/{field}` below `/api/<plugin>`. GET, PUT and DELETE are idempotent unless
    said otherwise; an idempotent operation is retried. `rate` is what one client may ask over HTTP, as
    `10/min`. `http=False` offers it over RPC alone, `"form"` takes a form's fields beside JSON. What changes
    something and needs a permission goes on record in the audit trail with every row that it changes, unless
    the permission is about one's `own` things; `audited` says otherwise, `"act"` leaves out the rows (an import).

    Raises PluginError when neither a permission nor `public=True` is given, or both are.
    """
    verb, _, path = route.partition(" ")
    if verb not in ("GET", "POST", "PUT", "PATCH", "DELETE") or not path.startswith("/"):
        raise PluginError(f"operation({route!r}): write it as 'GET /path'")
    if (permission is None) != public:
        raise PluginError(f"operation({route!r}): name a permission, or say public=True")

    def mark(method: F) -> F:
        method.__azora__ = Operation(  # type: ignore[attr-defined]
            name=method.__name__,
            verb=verb,
            path=path,
            summary=inspect.cleandoc(
                method.__doc__ or method.__name__.replace("_", " ").capitalize()
            ),
            permission=permission,
            idempotent=verb in ("GET", "PUT", "DELETE") if idempotent is None else idempotent,
            timeout=timeout,
            concurrency=concurrency,
            max_body=max_body,
            rate=Rate.of(rate) if rate else None,
            http=http,
            audited=audited,
        )
        return method

    return mark


def needs(plugin: str, *, optional: bool = False) -> Callable[[C], C]:
    """Turn a class of stubs into a typed client of another plugin.

    Each method is annotated `(self, request: SomeRequest) -> SomeReply` with the slice that we read;
    an instance as attribute of a Service is the client: `library = Library()`. With `optional=True`
    the plugin starts without its provider, and calls raise Unavailable.
    """

    def mark(cls: C) -> C:
        slices = {}
        for name, stub in vars(cls).copy().items():
            if inspect.isfunction(stub) and not name.startswith("_"):
                request, reply, _ = signature_of(stub)
                slices[name] = (request, reply)
                setattr(cls, name, _client_method(f"{plugin}.{name}", reply))
        cls.__azora__ = Need(plugin, optional, slices)  # type: ignore[attr-defined]
        return cls

    return mark


def _client_method(target: str, reply: type[Message] | None) -> Callable[[Any, Request], Any]:
    def call(_client: Any, request: Request) -> Any:
        return current().runtime.call(target, request, reply)

    return call


def operations_of(service: type) -> Iterator[tuple[Callable[..., Any], Operation]]:
    """Every operation of a Service class with its types filled in."""
    for method, mark in marked(service, Operation):
        request, reply, shape = signature_of(method)
        missing = {part for part in fields_of(mark.path) if part not in request.model_fields}
        if missing:
            raise PluginError(
                f"{mark.name}: {mark.path} names {missing.pop()!r}, which {request.__name__} lacks"
            )
        yield method, replace(mark, request=request, reply=reply, shape=shape)
