"""What a resource is found by, written with it: words, headings, vocabulary and references.

Whoever changes resources calls `put_many` in the same transaction, best once for all of them.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from azora_library.discovery import headings, references, text, vocabulary
from azora_library.discovery.index import INDEXES, Words

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase


class Findable(NamedTuple):
    """A resource as a reader may look for it. `new` says that nothing was written of it before."""

    number: int
    title: str
    authors: Sequence[str]
    tags: Sequence[str]
    publisher: str | None
    about: Sequence[str]
    content: str
    cites: Sequence[str] = ()
    filed: Sequence[headings.Heading] = ()
    new: bool = False

    def words(self) -> Words:
        subjects = [*self.tags, *filter(None, [self.publisher]), *self.about]
        said = (self.title, " ".join(self.authors), " ".join(subjects), self.content)
        return Words(self.number, *map(text.words, said))

    def headings(self) -> Iterable[headings.Heading]:
        yield from (headings.author(name) for name in self.authors)
        yield from (headings.plain("tag", tag) for tag in self.tags)
        if self.publisher:
            yield headings.plain("publisher", self.publisher)
        yield from self.filed


def put_many(database: "PluginDatabase", resources: Sequence[Findable]) -> None:
    """Let these resources be found by what is said of them now."""
    documents = [one.words() for one in resources]
    INDEXES[database.dialect].put(database, documents)
    vocabulary.learn(database, (word for one in documents for part in one[1:4] for word in part))
    changed = [one.number for one in resources if not one.new]
    headings.file(database, [(one.number, list(one.headings())) for one in resources], changed)
    references.note(database, [(one.number, one.cites) for one in resources], changed)


def drop(database: "PluginDatabase", number: int) -> None:
    """Let a resource be found no more."""
    INDEXES[database.dialect].drop(database, number)
    headings.file(database, [], [number])
    references.note(database, [], [number])
