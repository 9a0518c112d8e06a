"""Asking for an identifier: first what was told before, then each source in turn.

What was told is believed for a while; afterwards it is still better than nothing when nobody answers.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from azora.errors import AzoraError, DeadlineExceeded, Invalid, Unavailable
from azora_library.catalogue.contracts import Description
from azora_library.lookup.contracts import LookedUp
from azora_library.lookup.models import LookupRow
from azora_library.lookup.sources import sources_for

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin
    from azora_library.lookup.identifiers import Identifier

UNKNOWN_FOR = timedelta(hours=6)
KEPT = timedelta(days=365)


def resolve(hosted: "HostedPlugin", wanted: "Identifier") -> LookedUp:
    """What is known of an identifier, or in plain words why nothing is. Never raises for what others do."""
    before = LookupRow.get_or_none(
        (LookupRow.kind == wanted.kind) & (LookupRow.value == wanted.value)
    )
    if before and not _stale(hosted, before):
        return _told(before)
    try:
        return _told(_ask(hosted, wanted))
    except (Unavailable, DeadlineExceeded, Invalid) as error:
        if before and before.record:
            return _told(before)
        return LookedUp(kind=wanted.kind, value=wanted.value, problem=_words(error))


def forget(now: datetime) -> int:
    """Forget what was told more than a year ago; inside a transaction."""
    return LookupRow.delete().where(LookupRow.told < now - KEPT).execute()  # type: ignore[no-any-return]


def _ask(hosted: "HostedPlugin", wanted: "Identifier") -> LookupRow:
    """The first answer of those who can be asked, kept. Raises where one failed and none knew."""
    failed: AzoraError | None = None
    name, record = "", None
    for source in sources_for(wanted, hosted.settings):
        try:
            record = source.ask(hosted.outbound, wanted)
        except (Unavailable, DeadlineExceeded) as error:
            failed = error
            hosted.log.warning("lookup_failed", source=source.name, reason=error.detail)
        if record is not None:
            name = source.name
            break
    if record is None and failed:
        raise failed
    return _keep(hosted, wanted, name, record)


def _keep(
    hosted: "HostedPlugin", wanted: "Identifier", name: str, record: Description | None
) -> LookupRow:
    said = record.model_dump(mode="json", exclude={"key"}) if record else {}
    row = LookupRow(
        kind=wanted.kind, value=wanted.value, source=name, record=said, told=datetime.now(UTC)
    )
    with hosted.transaction():
        LookupRow.insert(row.__data__).on_conflict(
            conflict_target=[LookupRow.kind, LookupRow.value],
            update={
                one: getattr(row, one.name)
                for one in (LookupRow.source, LookupRow.record, LookupRow.told)
            },
        ).execute()
    return row


def _stale(hosted: "HostedPlugin", row: LookupRow) -> bool:
    lasting = timedelta(days=hosted.settings.lookup_days) if row.record else UNKNOWN_FOR
    return bool(row.told < datetime.now(UTC) - lasting)


def _told(row: LookupRow) -> LookedUp:
    if not row.record:
        words = "Nobody whom the library asks knows it. Describe it by hand."
        return LookedUp(kind=row.kind, value=row.value, told=row.told, problem=words)
    return LookedUp(
        kind=row.kind,
        value=row.value,
        record=Description.model_validate(row.record),
        source=row.source,
        told=row.told,
    )


def _words(error: AzoraError) -> str:
    if isinstance(error, Invalid):
        return error.detail
    return "Nobody who could tell answers now. Describe it by hand, or try again later."
