"""Reports of unexpected errors to Sentry, or to a server that speaks its protocol.

sentry-sdk is imported only where a DSN is set. Its own integrations stay off: they patch libraries,
and lose the context in greenlets.
"""

from typing import TYPE_CHECKING, Any

from azora import __version__
from azora.context import current_or_none
from azora.extras import needs_extra
from azora.observe.masking import mask

if TYPE_CHECKING:
    from azora.settings import CampusSettings

_enabled = False


def configure_error_reports(settings: "CampusSettings", server_name: str) -> None:
    """Report from now on to the DSN of the settings; without one, stay silent."""
    global _enabled
    _enabled = settings.sentry_dsn is not None
    if settings.sentry_dsn is None:
        return
    with needs_extra("telemetry", "AZORA_SENTRY_DSN"):
        import sentry_sdk

    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        release=f"azora@{__version__}",
        environment=settings.profile,
        server_name=server_name,
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=_scrubbed,
    )
    sentry_sdk.set_tag("campus", settings.campus_id)


def report(error: BaseException) -> None:
    """Report an error that nobody foresaw, with the trace, operation and actor at hand."""
    if not _enabled:
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        if context := current_or_none():
            scope.set_context("trace", {"trace_id": context.trace_id, "span_id": context.span_id})
            scope.set_tag("trace_id", context.trace_id)
            if context.operation:
                scope.set_transaction_name(context.operation)
                scope.set_tag("plugin", context.operation.partition(".")[0])
            if context.actor:
                scope.set_user({"id": context.actor.id})
        sentry_sdk.capture_exception(error, scope=scope)


def stop_error_reports(timeout: float = 2.0) -> None:
    """Send what is waiting, for at most so many seconds, and report no more."""
    global _enabled
    if _enabled:
        import sentry_sdk

        sentry_sdk.flush(timeout)
        sentry_sdk.init()
        _enabled = False


def _scrubbed(event: Any, _hint: Any) -> Any:
    """Mask the parts of a report that may quote what people typed."""
    for part in ("message", "logentry", "request", "extra", "breadcrumbs"):
        if part in event:
            event[part] = mask(event[part])
    for entry in event.get("exception", {}).get("values", ()):
        entry["value"] = mask(entry.get("value"))
        for frame in (entry.get("stacktrace") or {}).get("frames", ()):
            frame.pop("vars", None)
    return event
