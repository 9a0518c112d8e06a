"""The demo data of the whole campus, as an administrator sees it, takes it out and puts it back."""

from collections.abc import Iterator

from azora import Reply, Request, Service, operation
from azora.demo import ADD, REMOVE, DemoAdded, DemoRemoved, KeptDemo, RemoveDemo
from azora.errors import ServiceError
from azora_web.audit_contracts import ADMINISTER


class PluginDemo(Reply):
    """What of one plugin's demo data nobody has touched, by name, and what would stay."""

    plugin: str
    untouched: list[str]
    kept: list[KeptDemo]


class CampusDemo(Reply):
    """`missing` names the plugins that did not answer."""

    items: list[PluginDemo]
    missing: list[str]


class DemoChanged(Reply):
    count: int


class DemoData(Service):
    """Asks the plugins that have demo data and that the caller administers."""

    @operation("GET /demo", permission=ADMINISTER, timeout=130)
    def list_demo(self, request: Request) -> CampusDemo:
        """List the demo data that is there: what would go, and what people changed or added to."""
        items, missing = [], []
        for name in self._with_demo():
            try:
                found = self.call(f"{name}.{REMOVE}", RemoveDemo(dry_run=True), DemoRemoved)
                items.append(PluginDemo(plugin=name, untouched=found.removed, kept=found.kept))
            except ServiceError:
                missing.append(name)
        return CampusDemo(items=items, missing=missing)

    @operation("DELETE /demo", permission=ADMINISTER, timeout=130, audited=False)
    def remove_demo(self, request: Request) -> DemoChanged:
        """Take out the demo data that nobody changed or added to."""
        found = [
            self.call(f"{name}.{REMOVE}", RemoveDemo(), DemoRemoved) for name in self._with_demo()
        ]
        return DemoChanged(count=sum(len(one.removed) for one in found))

    @operation("POST /demo", permission=ADMINISTER, timeout=130, audited=False)
    def add_demo(self, request: Request) -> DemoChanged:
        """Put in the demo data that is not there."""
        found = [self.call(f"{name}.{ADD}", Request(), DemoAdded) for name in self._with_demo()]
        return DemoChanged(count=sum(len(one.added) for one in found))

    def _with_demo(self) -> Iterator[str]:
        registry = self.hosted.runtime.registry
        for name in sorted(registry.plugins):
            if registry.operation(f"{name}.{REMOVE}") and self.actor.may(f"{name}.administer"):
                yield name
