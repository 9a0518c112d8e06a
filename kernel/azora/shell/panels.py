"""Panels: what every plugin contributes to the campus's own pages, each as a fragment of its own.

One that is slow does not hold the page up: its place says so, and it is fetched again, with patience.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from azora.contract import Panel
from azora.errors import AzoraError, DeadlineExceeded
from azora.page import Place
from azora.registry import LoadedPlugin, Registry
from azora.shell.formats import day
from azora.shell.i18n import Catalogues, gettext
from azora.shell.links import fill_path
from azora.shell.parts import PATIENCE, Ask, Loaded
from azora.shell.visit import Match, Visit

if TYPE_CHECKING:
    from azora.messages import Message

AT_ONCE = 1.0
"""Seconds that a page waits for a panel before it is shown without."""

_DAY = re.compile(r"\d{4}-\d\d-\d\dT")


@dataclass(frozen=True)
class Item:
    """One thing of a panel, ready to be drawn."""

    title: str
    path: str
    identity: str
    facts: list[str]
    when: Any = None
    fresh: int | None = None
    excerpt: Any = None


@dataclass(frozen=True)
class PanelView:
    """A panel with what came of it: items, an error, or that it is late. `total` where the reply says."""

    name: str
    title: str
    plugin: str
    items: list[Item] = field(default_factory=list)
    total: int | None = None
    more: str = ""
    error: AzoraError | None = None
    late: bool = False


class Panels:
    """The panels that the installed plugins declare."""

    def __init__(self, registry: Registry, catalogues: Catalogues) -> None:
        self._registry = registry
        self._catalogues = catalogues

    def asks_of(self, visit: Visit, match: Match) -> dict[str, Ask]:
        """What each panel of a page asks; a search goes on with the query alone."""
        given = {"query": asked} if (asked := visit.query.getlist("query")[-1:]) else {}
        patience = PATIENCE if visit.fragment else AT_ONCE
        return {
            name: Ask(loaded, panel.operation, given, self._fixed(loaded, panel, most), patience)
            for place, most in match.page.panels.items()
            for name, loaded, panel in self._at(place)
        }

    def views(
        self, visit: Visit, match: Match, parts: Mapping[str, Loaded]
    ) -> dict[str, list[PanelView]]:
        """The panels that came, were late or failed, by their place."""
        return {
            place: [
                self._view(visit, name, loaded, panel, parts[name])
                for name, loaded, panel in self._at(place)
                if name in parts and parts[name] != Loaded()
            ]
            for place in match.page.panels
        }

    def _at(self, place: Place) -> Iterator[tuple[str, LoadedPlugin, Panel]]:
        """Name, plugin and panel of everything that is contributed to a place."""
        for loaded in self._registry.plugins.values():
            for number, panel in enumerate(loaded.plugin.panels):
                if panel.place == place:
                    yield f"{place}-{loaded.name}-{number}", loaded, panel

    def _fixed(self, loaded: LoadedPlugin, panel: Panel, most: int) -> dict[str, Any]:
        request = loaded.operations[panel.operation][2].request
        return ({"limit": most} if "limit" in request.model_fields else {}) | panel.fixed

    def _view(
        self, visit: Visit, name: str, loaded: LoadedPlugin, panel: Panel, part: Loaded
    ) -> PanelView:
        speech = self._catalogues.reader(visit.language, loaded.name).translations
        late = isinstance(part.error, DeadlineExceeded) and not visit.fragment
        items = [] if part.error else [_item(panel, item) for item in part.reply.items]
        return PanelView(
            name=name,
            title=speech.gettext(panel.title),
            plugin=loaded.name,
            items=items,
            total=part.reply.total if getattr(part.reply, "exact", False) else None,
            more=fill_path(panel.more, {"query": visit.query.get("query", "")}),
            error=None if late else part.error,
            late=late,
        )


def _item(panel: Panel, item: "Message") -> Item:
    values = item.model_dump()
    return Item(
        title=str(values[panel.name]) or gettext("Without a title"),
        path=fill_path(panel.path, values),
        identity=str(values.get("id") or values[panel.name]),
        facts=[text for name in panel.facts if (text := _fact(values[name]))],
        when=values.get(panel.when),
        fresh=values.get(panel.fresh),
        excerpt=getattr(item, "excerpt", None),
    )


def _fact(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return day(value) if hasattr(value, "isoformat") or _DAY.match(str(value)) else str(value)
