"""Every error that may cross the wire, and the HTTP status that each becomes.

AzoraError
├── RequestError            the caller must change something
│   ├── Invalid             422  the request does not fit its model
│   ├── NotAuthenticated    401  nobody is signed in
│   ├── NotAllowed          403  the actor lacks the permission
│   ├── NotFound            404
│   ├── Conflict            409  somebody else was first
│   └── LimitReached        429  never retried by the kernel
├── ServiceError            the callee must change something
│   ├── Unavailable         503  `sent` says whether the request may have arrived
│   └── DeadlineExceeded    504
└── PluginError             a plugin is refused at load; never crosses the wire

A plugin varies the stable `code` (`library.resource_not_found`), not the class.
"""

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from pydantic import ValidationError


class FieldError(TypedDict, total=False):
    """What is wrong with one field: its dotted path, a stable code, words, and the limits broken."""

    field: str
    code: str
    detail: str
    context: dict[str, str | int | float]


class AzoraError(Exception):
    """The root: `detail` is one plain sentence for the reader, `code` is stable and dotted."""

    status = 500
    code = "internal"

    def __init__(
        self, detail: str = "", *, code: str | None = None, fields: list[FieldError] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields or []
        if code:
            self.code = code


class RequestError(AzoraError):
    """The same request will fail again: the caller must change something."""

    status, code = 400, "bad_request"


class Invalid(RequestError):
    """The request does not fit its model; `fields` names what and why."""

    status, code = 422, "invalid"


class NotAuthenticated(RequestError):
    """The operation needs an actor and there is none."""

    status, code = 401, "not_authenticated"


class NotAllowed(RequestError):
    """The actor does not hold the permission that the operation names."""

    status, code = 403, "not_allowed"


class NotFound(RequestError):
    """The thing named does not exist, or the actor may not know that it does."""

    status, code = 404, "not_found"


class Conflict(RequestError):
    """The thing changed in the meantime, or exists already."""

    status, code = 409, "conflict"


class LimitReached(RequestError):
    """A rate, a quota or a bound is used up; `retry_after` is in seconds where it is known."""

    status, code = 429, "limit_reached"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        fields: list[FieldError] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail, code=code, fields=fields)
        self.retry_after = retry_after


class ServiceError(AzoraError):
    """The request may be right; who should answer it cannot. Retried when idempotent."""

    status, code = 500, "internal"


class Unavailable(ServiceError):
    """The callee cannot be reached. `sent` is `not_sent` (no effect) or `unknown`."""

    status, code = 503, "unavailable"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        fields: list[FieldError] | None = None,
        sent: Literal["not_sent", "unknown"] = "not_sent",
    ) -> None:
        super().__init__(detail, code=code, fields=fields)
        self.sent = sent


class DeadlineExceeded(ServiceError):
    """The answer did not come in time; whether the work was done is unknown."""

    status, code = 504, "deadline_exceeded"


class PluginError(AzoraError):
    """A plugin is refused; the message says which rule it breaks."""

    code = "plugin_refused"


WIRE_ERRORS: dict[str, type[AzoraError]] = {
    kind.__name__: kind
    for kind in (
        RequestError,
        Invalid,
        NotAuthenticated,
        NotAllowed,
        NotFound,
        Conflict,
        LimitReached,
        ServiceError,
        Unavailable,
        DeadlineExceeded,
    )
}


def invalid(error: "ValidationError") -> Invalid:
    """A pydantic error as what crosses the wire: no input values, which may be secret."""
    fields: list[FieldError] = [
        {
            "field": ".".join(str(piece) for piece in problem["loc"]),
            "code": problem["type"],
            "detail": problem["msg"],
            "context": {
                k: v for k, v in problem.get("ctx", {}).items() if isinstance(v, (str, int, float))
            },
        }
        for problem in error.errors(include_url=False, include_input=False)
    ]
    return Invalid("Some fields are not right.", fields=fields)
