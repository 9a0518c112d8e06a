"""The operations by which every plugin's tables are administered: made by the kernel, one set for each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from azora.admin import contracts
from azora.contract import operation
from azora.messages import Document, Request
from azora.service import Service

if TYPE_CHECKING:
    from azora.admin.desk import Desk

_TABLE = "/admin/tables/{table}"
_ROWS = f"{_TABLE}/rows"
_ONE = f"{_ROWS}/{{key}}"


def table_administration(administer: str, see_personal: str) -> type[Service]:
    """The service with these two permissions of its plugin."""

    class TableAdministration(Service):
        @operation("GET /admin/tables", permission=administer)
        def admin_tables(self, request: Request) -> contracts.Tables:
            """List the plugin's tables and how many rows they have."""
            return self._desk.tables()

        @operation(f"GET {_TABLE}", permission=administer)
        def admin_describe(self, request: contracts.DescribeTable) -> contracts.TableShape:
            """Describe a table: its columns, and what may be done to its rows."""
            return self._desk.describe(request)

        @operation(f"GET {_ROWS}", permission=administer)
        def admin_list(self, request: contracts.ListRows) -> contracts.Rows:
            """List rows of a table: filtered, searched and sorted."""
            return self._desk.list(request)

        @operation(f"GET {_ONE}", permission=administer)
        def admin_read(self, request: contracts.RowRef) -> contracts.WholeRow:
            """Read one row of a table."""
            return self._desk.read(request)

        @operation(f"GET {_TABLE}/export", permission=administer, timeout=600)
        def admin_export(self, request: contracts.ExportRows) -> Iterator[Document]:
            """Export rows of a table as CSV or JSON."""
            yield from self._desk.export(request)

        @operation(f"POST {_ROWS}", permission=administer, audited=False)
        def admin_add(self, request: contracts.AddRow) -> None:
            """Make a row by the plugin's own operation."""
            self._desk.add(request)

        @operation(f"PATCH {_ONE}", permission=administer, audited=False)
        def admin_change(self, request: contracts.ChangeRow) -> None:
            """Change a row by the plugin's own operation, or directly where its table allows that."""
            self._desk.change(request)

        @operation(f"PUT {_ONE}", permission=administer, http=False, idempotent=False)
        def admin_write(self, request: contracts.ChangeRow) -> None:
            """Write columns of a row directly: those of which no event tells."""
            self._desk.write(request)

        @operation(f"DELETE {_ONE}", permission=administer, audited=False)
        def admin_remove(self, request: contracts.RowRef) -> None:
            """Remove a row by the plugin's own operation."""
            self._desk.remove(request)

        @operation(f"POST {_TABLE}/acts", permission=administer, audited=False, timeout=120)
        def admin_act(self, request: contracts.ActOnRows) -> contracts.ActReport:
            """Do one of a table's acts to several rows, one after the other."""
            return self._desk.act(request)

        @property
        def _desk(self) -> "Desk":
            from azora.admin.desk import (
                Desk,  # loads drivers, which a mere description does without
            )

            return Desk(self.hosted, self.actor, self.actor.may(see_personal))

    return TableAdministration
