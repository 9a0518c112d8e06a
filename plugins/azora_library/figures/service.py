"""The operations on figures."""

from collections.abc import Iterator

from azora import Document, ErrorCode, Service, operation
from azora.admin import exporting
from azora_library.catalogue.access import MANAGE, see
from azora_library.figures import contracts, counting
from azora_library.figures.months import months_of

COLUMNS = ["month", "id", "title", "type", "views", "downloads"]
AT_ONCE = 500
ERRORS = [
    ErrorCode(
        "library.no_period",
        422,
        "The period of the figures ends before it begins, or is too long.",
        "Give two months of at most ten years, the earlier first.",
    )
]


class Figures(Service):
    """How much the library is used."""

    @operation("GET /resources/{id}/figures", public=True)
    def read_figures(self, request: contracts.ReadFigures) -> contracts.Figures:
        """Read how often a resource was read and downloaded in each month"""
        see(self.hosted.database, request.id, self.actor_or_none, request.token)
        return self._figures(request, "AND resource = ?", request.id)

    @operation("GET /figures", permission=MANAGE, timeout=20)
    def list_figures(self, request: contracts.ListFigures) -> contracts.Figures:
        """List how often the library's resources were read and downloaded in each month"""
        return self._figures(request, "")

    @operation("GET /figures/export", permission=MANAGE, timeout=600, concurrency=2)
    def export_figures(self, request: contracts.ExportFigures) -> Iterator[Document]:
        """Download how often each resource was read and downloaded in each month, as CSV"""
        rows = self._rows(months_of(request))
        yield from exporting.pieces("figures", "csv", COLUMNS, rows)

    @operation("POST /figures/forget", permission=MANAGE, http=False)
    def forget_visitors(self, request: contracts.ForgetVisitors) -> contracts.VisitorsForgotten:
        """Forget who looked at what: it was kept to count double clicks once"""
        with self.transaction():
            return contracts.VisitorsForgotten(forgotten=counting.forget(self.hosted))

    def _figures(self, period: contracts.Period, where: str, *params: str) -> contracts.Figures:
        months = months_of(period)
        found = self.hosted.database.heavy_read(
            "SELECT month, sum(views), sum(downloads) FROM library_usage "  # noqa: S608 – constants and placeholders
            f"WHERE month >= ? AND month <= ? {where} GROUP BY month",
            *(months[0], months[-1], *params),
        )
        used = {month: (int(views), int(downloads)) for month, views, downloads in found}
        return contracts.Figures(
            items=[
                contracts.MonthUse(month=month, views=views, downloads=downloads)
                for month in months
                for views, downloads in [used.get(month, (0, 0))]
            ]
        )

    def _rows(self, months: list[str]) -> Iterator[dict[str, object]]:
        """Each resource that was used in each month; one that is gone has no title any more."""
        place = (months[0], "")
        while True:
            rows = self.hosted.database.heavy_read(
                "SELECT u.month, u.resource, r.title, r.type, u.views, u.downloads "
                "FROM library_usage AS u LEFT JOIN library_resource AS r ON r.id = u.resource "
                "WHERE (u.month, u.resource) > (?, ?) AND u.month <= ? "
                "ORDER BY u.month, u.resource LIMIT ?",
                *(*place, months[-1], AT_ONCE),
            )
            yield from (dict(zip(COLUMNS, row, strict=True)) for row in rows)
            if len(rows) < AT_ONCE:
                return
            place = rows[-1][:2]
