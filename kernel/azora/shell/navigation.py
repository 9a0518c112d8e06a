"""What a reader may open, and where they are: built from what the plugins declare."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azora.contract import Page
from azora.registry import LoadedPlugin, Registry
from azora.shell.i18n import Catalogues, Reader
from azora.shell.links import path_pattern

if TYPE_CHECKING:
    from azora.actor import Actor


@dataclass(frozen=True)
class Place:
    """An entry of the navigation or a step of the trail."""

    title: str
    path: str
    plugin: str
    summary: str = ""
    current: bool = False


class Navigation:
    """Every page of every plugin that is installed, also of those that other processes host."""

    def __init__(self, registry: Registry, catalogues: Catalogues) -> None:
        self._registry = registry
        self._catalogues = catalogues
        self._plain: dict[str, tuple[LoadedPlugin, Page]] = {}
        self._patterns: list[tuple[LoadedPlugin, Page, re.Pattern[str]]] = []
        for loaded in registry.plugins.values():
            for page in loaded.plugin.pages:
                if "{" in page.path:
                    self._patterns.append((loaded, page, path_pattern(page.path)))
                else:
                    self._plain.setdefault(page.path, (loaded, page))
        self._patterns.sort(key=lambda entry: _breadth(entry[1].path))

    def find(self, path: str) -> tuple[LoadedPlugin, Page, dict[str, str]] | None:
        """The page at a path, with the values of its path; plain words win over fields."""
        plain = self._plain.get(path)
        if plain and self._stands(plain[0]):
            return *plain, {}
        for loaded, page, pattern in self._patterns:
            if self._stands(loaded) and (found := pattern.fullmatch(path)):
                return loaded, page, found.groupdict()
        return None

    def has(self, path: str) -> bool:
        return self.find(path) is not None

    def entries(self, actor: "Actor | None", reader: Reader, path: str) -> list[Place]:
        """The pages that this actor may open, in their order; the one that holds `path` is current."""
        shown = [
            (page.nav, loaded, page)
            for loaded, page in self._plain.values()
            if page.nav is not None and self._stands(loaded) and self.open_to(loaded, page, actor)
        ]
        shown.sort(key=lambda entry: (entry[0], entry[2].path))
        holder = max(
            (page.path for _, _, page in shown if _holds(page.path, path)), key=len, default=""
        )
        return [
            self._place(loaded, page, page.path, reader, current=page.path == holder)
            for _, loaded, page in shown
        ]

    def trail(self, reader: Reader, path: str) -> list[Place]:
        """The pages above this one, from the top."""
        return [self._place(*found, reader) for found in self._above(path) if found[1].title]

    def open_to(self, loaded: LoadedPlugin, page: Page, actor: "Actor | None") -> bool:
        """Whether the actor may open the page: its own permission, else that of its first part."""
        permission = page.permission or self._first_permission(loaded, page)
        return permission is None or (actor is not None and actor.may(permission))

    def said_by(self, plugin: str, text: str, reader: Reader) -> str:
        """A text of a plugin's own, such as its summary, in the reader's language."""
        own = self._catalogues.reader(reader.tag, plugin).translations
        return own.gettext(text) if text else ""

    def _stands(self, loaded: LoadedPlugin) -> bool:
        """Whether the plugin is still installed: one may be refused after the start."""
        return loaded.name in self._registry.plugins

    def _first_permission(self, loaded: LoadedPlugin, page: Page) -> str | None:
        for part in page.parts.values():
            target = part.operation if "." in part.operation else f"{loaded.name}.{part.operation}"
            operation = self._registry.operation(target)
            return operation.permission if operation else None
        return None

    def _above(self, path: str) -> Iterator[tuple[LoadedPlugin, Page, str]]:
        steps = path.strip("/").split("/")
        for length in range(1, len(steps)):
            upper = "/" + "/".join(steps[:length])
            if found := self.find(upper):
                yield found[0], found[1], upper

    def _place(
        self, loaded: LoadedPlugin, page: Page, path: str, reader: Reader, current: bool = False
    ) -> Place:
        own = self._catalogues.reader(reader.tag, loaded.name).translations
        title, summary = own.gettext(page.title), own.gettext(page.summary or loaded.plugin.summary)
        return Place(title, path, loaded.name, summary, current)


def _breadth(path: str) -> tuple[int, int, str]:
    """Narrow paths first: few fields, then many words, as `/library/{id}.bib` before `/library/{id}`."""
    return path.count("{"), -len(path), path


def _holds(place: str, path: str) -> bool:
    return path == place or (place != "/" and path.startswith(f"{place}/"))
