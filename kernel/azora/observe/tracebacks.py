"""An exception as telemetry tells of it: type, message and stack under OpenTelemetry's names, masked."""

import sys
import traceback
from typing import Any

from azora.observe.masking import mask_text


def describe_exception(error: Any) -> dict[str, str]:
    """`exception.*` of an exception, of a `sys.exc_info()` triple, or of the one being handled (True)."""
    if error is True:
        error = sys.exception()
    if isinstance(error, tuple):
        error = error[1]
    if not isinstance(error, BaseException):
        return {}
    return {
        "exception.type": type_name(error),
        "exception.message": mask_text(str(error)),
        "exception.stacktrace": mask_text("".join(traceback.format_exception(error))),
    }


def type_name(error: BaseException) -> str:
    """The qualified name of its class; of built-in ones the name alone."""
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
