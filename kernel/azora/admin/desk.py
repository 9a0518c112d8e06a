"""Where the tables of one plugin are administered, by one actor: what its operations do."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from azora.admin import contracts
from azora.admin.columns import Sight
from azora.admin.exporting import pieces
from azora.admin.rows import Wanted
from azora.admin.tables import table_of, tables_of
from azora.errors import AzoraError
from azora.messages import Document

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.hosted import HostedPlugin


class Desk:
    """Answers for whoever sees this much; each change needs its operation's own permission besides."""

    def __init__(self, hosted: "HostedPlugin", actor: "Actor", personal: bool) -> None:
        self._hosted = hosted
        self._actor = actor
        self._sight = Sight(personal)

    def tables(self) -> contracts.Tables:
        found = tables_of(self._hosted).values()
        return contracts.Tables(items=[table.summary() for table in found])

    def describe(self, request: contracts.DescribeTable) -> contracts.TableShape:
        return table_of(self._hosted, request.table).shape(self._actor, self._sight)

    def list(self, request: contracts.ListRows) -> contracts.Rows:
        table = table_of(self._hosted, request.table)
        further = f"{request.column}{request.how or '='}{request.value}"
        filters = [*request.filter, *([further] if request.column else [])]
        wanted = Wanted(request.search, filters, request.sort)
        source = table.rows(self._sight)
        rows, following = source.page(wanted, request)
        total, exact = source.count(wanted)
        return contracts.Rows(
            items=[table.row(row, self._sight) for row in rows],
            next=following,
            table=table.shape(self._actor, self._sight),
            total=total,
            exact=exact,
            filters=filters,
        )

    def read(self, request: contracts.RowRef) -> contracts.WholeRow:
        table = table_of(self._hosted, request.table)
        row = table.rows(self._sight).find(request.key)
        return contracts.WholeRow(
            table=table.shape(self._actor, self._sight),
            row=table.row(row, self._sight, whole=True),
        )

    def export(self, request: contracts.ExportRows) -> Iterator[Document]:
        """The rows as a file. It goes on record, though it changes nothing."""
        table = table_of(self._hosted, request.table)
        asked = {"filter": request.filter, "search": request.search}
        self._hosted.audit(f"{self._hosted.name}.admin_export", table.name, after=asked)
        columns = [
            column.name
            for column in table.shape(self._actor, self._sight).columns
            if not column.masked
        ]
        wanted = Wanted(request.search, request.filter, request.sort)
        shown = (
            table.row(row, self._sight, whole=True).values
            for row in table.rows(self._sight).every(wanted)
        )
        chosen = ({name: values[name] for name in columns} for values in shown)
        yield from pieces(f"{self._hosted.name}-{table.name}", request.format, columns, chosen)

    def add(self, request: contracts.AddRow) -> None:
        table_of(self._hosted, request.table).changes.add(request.values)

    def change(self, request: contracts.ChangeRow) -> None:
        """Ask the operation that fits; where none does, the one that writes directly."""
        table = table_of(self._hosted, request.table)
        if table.fittings.change:
            row = table.rows(self._sight).find(request.key)
            table.changes.change(row, request.version, request.values)
        else:
            self._hosted.runtime.call(f"{self._hosted.name}.admin_write", request)

    def write(self, request: contracts.ChangeRow) -> None:
        table = table_of(self._hosted, request.table)
        with self._hosted.transaction():
            row = table.rows(self._sight).find(request.key, for_change=True)
            table.changes.write(row, request.version, request.values)

    def remove(self, request: contracts.RowRef) -> None:
        table = table_of(self._hosted, request.table)
        remove = table.fittings.remove
        row = table.rows(self._sight).find(request.key)
        table.changes.act(row, remove.operation.name if remove else "")

    def act(self, request: contracts.ActOnRows) -> contracts.ActReport:
        """Do it to one row after the other; one that is refused keeps no other from it."""
        table, refused = table_of(self._hosted, request.table), []
        for key in request.keys:
            try:
                table.changes.act(table.rows(self._sight).find(key), request.act)
            except AzoraError as error:
                refused.append(contracts.RefusedRow(key=key, reason=error.detail))
        return contracts.ActReport(done=len(request.keys) - len(refused), refused=refused)
