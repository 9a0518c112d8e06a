"""Where the library's records are, for the sitemap: those that everybody may see."""

from datetime import UTC, datetime
from urllib.parse import quote

from azora import Service, operation
from azora.messages import Address, Addresses, ListAddresses
from azora_library.catalogue.access import visible

PART = 10_000
"""Records, by their number, of which one part tells."""


class RecordAddresses(Service):
    @operation("GET /addresses", public=True)
    def list_addresses(self, request: ListAddresses) -> Addresses:
        """List where the records are that everybody may see."""
        database = self.hosted.database
        last = database.execute("SELECT MAX(number) FROM library_resource")[0][0] or 0
        seen = visible(None)
        rows = database.execute(
            "SELECT r.id, r.updated FROM library_resource AS r "  # noqa: S608 – constants and placeholders
            f"WHERE r.number > ? AND r.number <= ? AND {seen.sql} ORDER BY r.number",
            (request.part - 1) * PART,
            request.part * PART,
            *seen.params,
        )
        return Addresses(
            parts=-(-last // PART),
            items=[Address(path=f"/library/{quote(id)}", changed=_moment(at)) for id, at in rows],
        )


def _moment(value: str | datetime) -> datetime:
    """A stored time as both databases give it."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
