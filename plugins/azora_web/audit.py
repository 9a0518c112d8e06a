"""The audit trail of the campus: every plugin answers for its own, and here they become one list."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from azora import NotFound, Request, Service, operation
from azora.admin.contracts import Entries, Entry, ListEntries, Verified
from azora.admin.contracts import ReadAct as ReadOwnAct
from azora.errors import AzoraError
from azora.messages import Document
from azora_web import audit_contracts as contracts
from azora_web.audit_contracts import ADMINISTER, Identity, NamedEntry

_COLUMNS = ("at", "actor", "name", "plugin", "of", "on", "outcome", "address", "trace", "act")
_ACT = "act"


class Place(NamedTuple):
    """Where a page of the merged list ends: entries are in order of moment, then plugin, then link."""

    moment: float
    plugin: str
    link: int

    def written(self) -> str:
        return f"{self.moment!r}~{self.plugin}~{self.link}"

    @classmethod
    def read(cls, cursor: str | None) -> "Place | None":
        pieces = (cursor or "").split("~")
        try:
            return cls(float(pieces[0]), pieces[1], int(pieces[2])) if len(pieces) == 3 else None
        except ValueError:
            return None

    def before(self, plugin: str) -> dict[str, float | int]:
        """From where on the entries of a plugin come after this place."""
        if plugin == self.plugin:
            return {"before_moment": self.moment, "before_link": self.link}
        same_moment = 2**62 if plugin < self.plugin else 0
        return {"before_moment": self.moment, "before_link": same_moment}


class AuditTrail(Service):
    """Asks the plugins that the caller administers."""

    identity = Identity()

    @operation("GET /administration", permission=ADMINISTER)
    def list_administration(self, request: Request) -> contracts.Administrations:
        """List the plugins that you administer."""
        known = self.hosted.runtime.registry.plugins
        return contracts.Administrations(
            items=[
                contracts.Administered(
                    plugin=name,
                    summary=known[name].plugin.summary,
                    tables=[_table_name(table) for table in known[name].plugin.tables],
                )
                for name in self._administered()
            ]
        )

    @operation("GET /audit", permission=ADMINISTER)
    def search_audit(self, request: contracts.SearchAudit) -> contracts.AuditPage:
        """Search what administrators did, in every part of the campus."""
        plugins = self._administered()
        found, missing = self._entries(request, plugins)
        page = found[: request.limit]
        more = len(found) > request.limit
        names = self._names(page)
        return contracts.AuditPage(
            items=[_named(entry, names) for entry in page],
            next=_place(page[-1]).written() if more else None,
            missing=missing,
            plugins=plugins,
        )

    @operation("GET /audit/export", permission=ADMINISTER, timeout=600, audited=True)
    def export_audit(self, request: contracts.SearchAudit) -> Iterator[Document]:
        """Export what a search of the audit trail finds, as CSV."""
        self.audit(on="audit", after=request.model_dump(exclude_defaults=True, mode="json"))
        yield Document(text=_line(_COLUMNS), media_type="text/csv", name="audit.csv")
        cursor = request.cursor
        while True:
            asked = request.model_copy(update={"cursor": cursor, "limit": 200})
            page = self.search_audit(asked)
            rows = (entry.model_dump(mode="json") for entry in page.items)
            text = "".join(_line([row[name] for name in _COLUMNS]) for row in rows)
            yield Document(text=text)
            cursor = page.next
            if cursor is None:
                return

    @operation("GET /audit/acts/{plugin}/{act}", permission=ADMINISTER)
    def read_act(self, request: contracts.ReadCampusAct) -> contracts.WholeAct:
        """Read one act, and what it changed."""
        if request.plugin not in self._administered():
            raise NotFound("There is no such act.")
        target = f"{request.plugin}.admin_read_act"
        found = self.call(target, ReadOwnAct(act=request.act), Entries).items
        acts = [entry for entry in found if entry.action == _ACT]
        if not acts:
            raise NotFound("There is no such act.")
        rows = [entry for entry in found if entry.action != _ACT]
        return contracts.WholeAct(act=_named(acts[0], self._names(acts[:1])), rows=rows)

    @operation("GET /audit/verification", permission=ADMINISTER, timeout=600)
    def verify_audit(self, request: Request) -> contracts.AuditVerified:
        """Check the chain of every plugin's audit trail."""
        items = [
            contracts.PluginVerified(
                plugin=name,
                **self.call(f"{name}.admin_verify_audit", Request(), Verified).model_dump(),
            )
            for name in self._administered()
        ]
        return contracts.AuditVerified(whole=not any(one.faults for one in items), items=items)

    def _administered(self) -> list[str]:
        known = self.hosted.runtime.registry.plugins
        return sorted(name for name in known if self.actor.may(f"{name}.administer"))

    def _entries(
        self, request: contracts.SearchAudit, plugins: Iterable[str]
    ) -> tuple[list[Entry], list[str]]:
        """What the plugins have after the cursor, newest first, and who did not answer."""
        found: list[Entry] = []
        missing = []
        place = Place.read(request.cursor)
        actors = self._people(request.person)
        for name in plugins if actors != [""] else ():
            if request.plugin and name != request.plugin:
                continue
            asked = ListEntries(
                limit=request.limit + 1,
                actors=actors,
                of=request.of,
                on=request.on,
                since=request.since and datetime.combine(request.since, time.min, UTC),
                until=request.until and _end_of(request.until),
                **(place.before(name) if place else {}),
            )
            try:
                found += self.call(f"{name}.admin_list_audit", asked, Entries).items
            except AzoraError:
                missing.append(name)
        return sorted(found, key=_place, reverse=True), missing

    def _people(self, person: str) -> list[str]:
        """The ids that somebody may mean; `[""]` where nobody is found."""
        if not person or ":" in person:
            return [person] if person else []
        try:
            found = self.identity.list_accounts(
                contracts.ListAccounts(query=person[:100], limit=50)
            )
        except AzoraError:
            return [""]
        return [account.id for account in found.items] or [""]

    def _names(self, entries: Iterable[Entry]) -> dict[str, str]:
        names = {}
        for actor in {entry.actor for entry in entries if entry.actor.startswith("user:")}:
            try:
                names[actor] = self.identity.read_account(contracts.AccountRef(id=actor)).name
            except AzoraError:
                names[actor] = ""
        return names


def _end_of(day: date) -> datetime:
    """The moment at which a day is over, as far as the calendar goes."""
    last = min(day, date.max - timedelta(days=2))
    return datetime.combine(last + timedelta(days=1), time.min, UTC)


def _place(entry: Entry) -> Place:
    return Place(entry.moment, entry.plugin, entry.link)


def _named(entry: Entry, names: dict[str, str]) -> NamedEntry:
    return NamedEntry(**entry.model_dump(), name=names.get(entry.actor, ""))


def _line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _table_name(table: Any) -> str:
    name: str = table._meta.table_name
    return name
