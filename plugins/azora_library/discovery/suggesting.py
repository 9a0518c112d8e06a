"""What a reader may be about to type: titles, authors and subjects that begin like it."""

from typing import TYPE_CHECKING

from azora_library.catalogue.access import Condition
from azora_library.discovery import text
from azora_library.discovery.contracts import SuggestedTitle, Suggestions
from azora_library.discovery.headings import KINDS

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

SHORTEST, MOST = 2, 5
_LAST = "\U0010ffff"
_TITLES = (
    "SELECT r.id, r.title FROM library_resource AS r WHERE r.title_key >= ? AND r.title_key < ? "
    "AND {visible} ORDER BY r.title_key, r.number LIMIT ?"
)
_HEADINGS = (
    "SELECT h.value FROM library_heading AS h WHERE h.kind = ? AND h.{column} >= ? "
    "AND h.{column} < ? AND EXISTS (SELECT 1 FROM library_filing AS f "
    "JOIN library_resource AS r ON r.number = f.resource WHERE f.heading = h.id AND {visible}) "
    "ORDER BY h.{column} LIMIT ?"
)


def suggest(database: "PluginDatabase", typed: str, visible: Condition) -> Suggestions:
    """At most five titles, authors and subjects that the reader may see."""
    key = " ".join(text.words(typed))
    if len(key) < SHORTEST:
        return Suggestions(titles=[], authors=[], subjects=[])
    beginning = (key, key + _LAST)
    titles = database.execute(
        _TITLES.format(visible=visible.sql), *beginning, *visible.params, MOST
    )

    def headings(kind: str, column: str) -> list[str]:
        sql = _HEADINGS.format(column=column, visible=visible.sql)
        rows = database.execute(sql, KINDS[kind], *beginning, *visible.params, MOST)
        return [row[0] for row in rows]

    authors = dict.fromkeys([*headings("author", "sort_key"), *headings("author", "spoken")])
    return Suggestions(
        titles=[SuggestedTitle(id=id, title=title) for id, title in titles],
        authors=list(authors)[:MOST],
        subjects=headings("tag", "sort_key"),
    )
