"""What this process knows to be in a table whose rows never leave, so that it need not write them again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

MOST = 50_000
"""Beyond, it begins anew: forgetting costs a write that changes nothing."""


class Known:
    """Values that were committed."""

    def __init__(self) -> None:
        self.values: set[Any] = set()

    def add(self, values: Iterable[Any]) -> None:
        if len(self.values) > MOST:
            self.values.clear()
        self.values.update(values)


_known: "WeakKeyDictionary[PluginDatabase, dict[str, Known]]" = WeakKeyDictionary()


def known_of(database: "PluginDatabase", table: str) -> Known:
    """What is known of a table of this database."""
    return _known.setdefault(database, {}).setdefault(table, Known())
