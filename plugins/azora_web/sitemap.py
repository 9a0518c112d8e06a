"""The sitemap: fixed pages that are open to everybody, and what each plugin lists of its own kinds."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from pydantic import Field

from azora import NotFound, Page, Request, Service, operation
from azora.errors import ServiceError
from azora.messages import MOST_PARTS, Address, Addresses, Document, ListAddresses
from azora_web.audit_contracts import PluginName

FIXED = "web"
_XML = "application/xml"
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class ReadPart(Request):
    plugin: PluginName
    kind: str = Field(max_length=100, pattern=r"^[a-z][a-z0-9_]*$")
    part: int = Field(ge=1, le=MOST_PARTS)


class Sitemap(Service):
    """Asks whoever declares kinds of pages (`Page.addresses`) where they are."""

    @operation("GET /sitemap", public=True, rate="60/min")
    def read_sitemap_index(self, request: Request) -> Document:
        """List the parts of the sitemap."""
        parts = [f"/sitemap/{FIXED}/pages/1"]
        for plugin, kind in self._kinds():
            try:
                count = self._listed(plugin, kind, 1).parts
            except ServiceError:
                continue
            parts += [f"/sitemap/{plugin}/{kind}/{number}" for number in range(1, count + 1)]
        return _document(
            "sitemapindex", (("sitemap", Address(path=path)) for path in parts), self._site
        )

    @operation("GET /sitemap/{plugin}/{kind}/{part}", public=True, rate="60/min")
    def read_sitemap(self, request: ReadPart) -> Document:
        """List the addresses of one part of the sitemap."""
        items: Iterable[Address]
        if (request.plugin, request.kind) == (FIXED, "pages"):
            items = self._fixed()
        elif (request.plugin, request.kind) in self._kinds():
            items = self._listed(request.plugin, request.kind, request.part).items
        else:
            raise NotFound("There is no such part of the sitemap.")
        return _document("urlset", (("url", item) for item in items), self._site)

    def _kinds(self) -> list[tuple[str, str]]:
        known = self.hosted.runtime.registry.plugins
        return [
            (name, page.addresses)
            for name, loaded in known.items()
            for page in loaded.plugin.pages
            if page.addresses
        ]

    def _listed(self, plugin: str, kind: str, part: int) -> Addresses:
        found: Addresses = self.call(f"{plugin}.{kind}", ListAddresses(part=part), Addresses)
        return found

    def _fixed(self) -> Iterator[Address]:
        """The pages at one address that everybody may open."""
        registry = self.hosted.runtime.registry
        for name, loaded in registry.plugins.items():
            for page in loaded.plugin.pages:
                asked = [part.operation for part in page.parts.values()][:1]
                known = [
                    registry.operation(one if "." in one else f"{name}.{one}") for one in asked
                ]
                if _is_fixed(page) and all(one and one.public for one in known):
                    yield Address(path=page.path)

    @property
    def _site(self) -> str:
        settings = self.hosted.runtime.settings
        return settings.public_url or f"http://{settings.host}:{settings.port}"


def _is_fixed(page: Page) -> bool:
    """Whether a page has one address and is there to be read."""
    is_read = page.permission is None and bool(page.parts or not page.forms)
    return is_read and page.template.endswith(".html") and "{" not in page.path


def _document(root: str, items: Iterable[tuple[str, Address]], site: str) -> Document:
    lines = [f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SPACE}">']
    for tag, item in items:
        changed = f"<lastmod>{item.changed.isoformat()}</lastmod>" if item.changed else ""
        lines.append(f"<{tag}><loc>{escape(site + item.path)}</loc>{changed}</{tag}>")
    lines.append(f"</{root}>\n")
    return Document(text="\n".join(lines), media_type=_XML)
