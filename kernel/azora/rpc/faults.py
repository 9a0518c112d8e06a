"""Errors on the wire: Nameko's four keys, so that stock callers read them, and ours beside them."""

from typing import Any, cast

from azora.errors import (
    WIRE_ERRORS,
    AzoraError,
    FieldError,
    LimitReached,
    NotFound,
    RequestError,
    ServiceError,
    Unavailable,
)


def serialize(error: Exception) -> dict[str, Any]:
    """An exception as Nameko sends it (`exc_type`, `exc_path`, `exc_args`, `value`) plus `azora`."""
    if not isinstance(error, AzoraError) or type(error).__name__ not in WIRE_ERRORS:
        error = _nearest(error)
    kind, detail = type(error), error.detail.encode("utf-8", "backslashreplace").decode()
    extra = {"code": error.code, "fields": error.fields}
    for name in ("retry_after", "sent"):
        if getattr(error, name, None) is not None:
            extra[name] = getattr(error, name)
    return {
        "exc_type": kind.__name__,
        "exc_path": f"{kind.__module__}.{kind.__name__}",
        "exc_args": [detail],
        "value": detail,
        "azora": extra,
    }


def deserialize(fault: Any) -> AzoraError:
    """The typed error in a reply, from an Azora or a stock service, whatever it looks like."""
    if not isinstance(fault, dict):
        return ServiceError(f"the callee failed with {str(fault)[:200]}", code="remote_error")
    detail = str(fault.get("value", ""))
    extra = fault.get("azora")
    kind = WIRE_ERRORS.get(str(fault.get("exc_type")))
    if isinstance(extra, dict) and kind is not None:
        return _told(kind(detail), extra)
    if fault.get("exc_type") == "MethodNotFound":
        return NotFound(f"no such operation: {detail}", code="operation_not_found")
    if fault.get("exc_type") in ("IncorrectSignature", "MalformedRequest"):
        return RequestError(detail, code="incorrect_signature")
    return ServiceError(f"{fault.get('exc_type')}: {detail}", code="remote_error")


def _told(error: AzoraError, extra: dict[str, Any]) -> AzoraError:
    """The error with what its sender says of it, as far as that is of the right type."""
    if isinstance(code := extra.get("code"), str) and code:
        error.code = code
    if isinstance(fields := extra.get("fields"), list):
        error.fields = cast(list[FieldError], [each for each in fields if isinstance(each, dict)])
    if isinstance(error, LimitReached) and isinstance(
        after := extra.get("retry_after"), int | float
    ):
        error.retry_after = after
    if isinstance(error, Unavailable):
        error.sent = "not_sent" if extra.get("sent") == "not_sent" else "unknown"
    return error


def _nearest(error: Exception) -> AzoraError:
    """A subclass made in a plugin goes as the public class that it stands for; others as internal."""
    for kind in type(error).__mro__:
        if kind.__name__ in WIRE_ERRORS and isinstance(error, AzoraError):
            return kind(error.detail, code=error.code, fields=error.fields)  # type: ignore[no-any-return]
    return ServiceError("Something failed there. Report the trace id.")
