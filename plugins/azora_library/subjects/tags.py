"""The operations on tags: those in use, and one in place of others."""

from typing import TYPE_CHECKING

from azora import Service, operation
from azora_library.catalogue.access import MANAGE, Condition, visible
from azora_library.discovery import text
from azora_library.discovery.headings import KINDS
from azora_library.subjects import contracts, retiring, tree
from azora_library.subjects.models import CategoryRow
from azora_library.subjects.place import after, cursor_of

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

MOST = 10
_LAST = "\U0010ffff"
_USED = """SELECT h.value, h.sort_key, count(*) FROM library_heading AS h
    JOIN library_filing AS f ON f.heading = h.id JOIN library_resource AS r ON r.number = f.resource
    WHERE h.kind = ? AND h.sort_key >= ? AND h.sort_key < ? AND {visible} {after}
    GROUP BY h.id, h.value, h.sort_key ORDER BY h.sort_key, h.value LIMIT ?"""


class Tags(Service):
    """What resources are tagged with."""

    @operation("GET /tags", public=True, timeout=10)
    def list_tags(self, request: contracts.ListTags) -> contracts.Tags:
        """List the tags in use, and how many resources carry each"""
        found = _used(
            self.hosted.database,
            visible(self.actor_or_none),
            request.query,
            request.limit + 1,
            request.cursor,
        )
        shown = found[: request.limit]
        return contracts.Tags(
            items=[contracts.TagUse(tag=tag, resources=count) for tag, _, count in shown],
            next=cursor_of(shown[-1][1], shown[-1][0]) if len(found) > len(shown) else None,
        )

    @operation("GET /terms", public=True, timeout=2)
    def suggest_terms(self, request: contracts.SuggestTerms) -> contracts.Terms:
        """Suggest tags or categories in use that begin with what is typed"""
        if request.kind == "tag":
            seen = visible(self.actor_or_none)
            found = _used(self.hosted.database, seen, request.query, MOST)
            return contracts.Terms(items=[tag for tag, _, _ in found])
        key = tree.sort_key(request.query)
        rows = (
            CategoryRow.select(CategoryRow.name)
            .where((CategoryRow.sort_key >= key) & (CategoryRow.sort_key < key + _LAST))
            .where(~CategoryRow.retired)
            .order_by(CategoryRow.sort_key, CategoryRow.name)
            .limit(MOST)
        )
        return contracts.Terms(items=[row.name for row in rows])

    @operation("POST /tags/merge", permission=MANAGE)
    def merge_tags(self, request: contracts.MergeTags) -> None:
        """Put one tag in place of others, or rename a tag, over all resources"""
        with self.transaction():
            tree.alone(self.hosted.database)
            retiring.free("tag", request.into)
            for tag in dict.fromkeys(request.tags):
                if tag != request.into:
                    self._retire(tag, request.into)

    @operation("POST /tags/remove", permission=MANAGE)
    def remove_tags(self, request: contracts.RemoveTags) -> None:
        """Take tags off all resources"""
        with self.transaction():
            tree.alone(self.hosted.database)
            for tag in dict.fromkeys(request.tags):
                self._retire(tag, None)

    def _retire(self, tag: str, successor: str | None) -> None:
        retiring.free("tag", tag)
        retiring.retire(self.hosted, "tag", tag, successor, self.actor.id)


def _used(
    database: "PluginDatabase",
    seen: Condition,
    beginning: str,
    limit: int,
    cursor: str | None = None,
) -> list[tuple[str, str, int]]:
    """The tags that begin so, with their folded form and how many resources of the reader carry each."""
    key = " ".join(text.words(beginning))
    beyond, params = after(cursor)
    sql = _USED.format(visible=seen.sql, after=beyond)
    return database.heavy_read(  # type: ignore[return-value]
        sql, KINDS["tag"], key, key + _LAST, *seen.params, *params, limit
    )
