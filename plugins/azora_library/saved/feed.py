"""A saved search as a feed for a reader's own program: its address holds a secret, which can be revoked.

Whoever has the address sees what the search's owner may see on the day that they ask.
"""

import secrets
from datetime import UTC, datetime
from xml.etree import ElementTree

from azora import Document, NotFound, Service, operation
from azora.actor import Actor
from azora_library.catalogue.access import digest_of, visible
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import listed
from azora_library.discovery.selection import subject_of
from azora_library.saved import contracts, rows
from azora_library.saved.models import SavedSearchRow
from azora_library.saved.service import SAVE
from azora_library.sharing.people import away

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 50
SUMMARY = 500


class Feeds(Service):
    """The newest that a saved search finds, as Atom."""

    @operation("POST /searches/{search}/feed", permission=SAVE)
    def make_feed(self, request: contracts.SearchRef) -> contracts.NewFeed:
        """Make the address of a feed, in place of the one before; it is shown this once"""
        key = secrets.token_urlsafe(24)
        with self.transaction():
            row = rows.own(request.search, self.actor.id)
            row.feed = digest_of(key)
            row.save(only=[SavedSearchRow.feed])
        address = f"/library/searches/{row.id}.atom?key={key}"
        return contracts.NewFeed(id=row.id, address=address)

    @operation("DELETE /searches/{search}/feed", permission=SAVE)
    def revoke_feed(self, request: contracts.SearchRef) -> None:
        """Revoke the address of a feed"""
        with self.transaction():
            row = rows.own(request.search, self.actor.id)
            row.feed = None
            row.save(only=[SavedSearchRow.feed])

    @operation("GET /searches/{search}/feed", public=True, timeout=10, rate="60/min")
    def read_feed(self, request: contracts.ReadFeed) -> Document:
        """Read a saved search as an Atom feed, with the secret of its address"""
        row = SavedSearchRow.get_or_none(
            (SavedSearchRow.id == request.search) & (SavedSearchRow.feed == digest_of(request.key))
        )
        owner = away(self.hosted, row.owner) if row else None
        if row is None or owner is None:
            raise NotFound("There is no such feed.", code="library.search_not_found")
        text = _atom(row, self._newest(row, owner), self._base)
        return Document(text=text, media_type="application/atom+xml")

    def _newest(self, row: SavedSearchRow, owner: Actor) -> list[ResourceRow]:
        subject = subject_of(self.hosted.database, rows.asked_of(row), visible(owner))
        return listed(rows.newest(subject, ENTRIES).numbers)

    @property
    def _base(self) -> str:
        return (self.hosted.runtime.settings.public_url or "").rstrip("/")


def _atom(search: SavedSearchRow, resources: list[ResourceRow], base: str) -> str:
    """RFC 4287."""
    changed = max((row.updated for row in resources), default=search.created)
    feed = ElementTree.Element("feed", xmlns=ATOM)
    _say(feed, f"urn:uuid:{search.id}", search.name, changed)
    ElementTree.SubElement(feed, "link", href=base + rows.shown(search).address)
    for row in resources:
        entry = ElementTree.SubElement(feed, "entry")
        _say(entry, f"urn:uuid:{row.id}", row.title, row.updated)
        ElementTree.SubElement(entry, "published").text = _moment(row.created)
        ElementTree.SubElement(entry, "link", href=f"{base}/library/{row.id}")
        for name in row.authors:
            author = ElementTree.SubElement(entry, "author")
            ElementTree.SubElement(author, "name").text = name
        ElementTree.SubElement(entry, "summary").text = " ".join(row.content.split())[:SUMMARY]
    return ElementTree.tostring(feed, "unicode", xml_declaration=True)


def _say(element: ElementTree.Element, id: str, title: str, updated: datetime) -> None:
    for name, text in (("id", id), ("title", title), ("updated", _moment(updated))):
        ElementTree.SubElement(element, name).text = text


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
