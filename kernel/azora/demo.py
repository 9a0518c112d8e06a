"""Demo data: what plugins put into a new campus to show themselves, taken out again by its keeper.

Each plugin knows its own (the hooks `add_demo` and `remove_demo`); the kernel makes operations of them.
"""

from typing import Literal

from azora.contract import operation
from azora.messages import Reply, Request
from azora.service import Service

ADD, REMOVE = "admin_add_demo", "admin_remove_demo"
Touched = Literal["changed", "added_to"]


class RemoveDemo(Request):
    """With `dry_run` nothing is removed: the answer says what would be."""

    dry_run: bool = False


class KeptDemo(Reply):
    """Demo data that stays: somebody changed it, or added something to it."""

    name: str
    why: Touched


class DemoRemoved(Reply):
    removed: list[str]
    kept: list[KeptDemo]


class DemoAdded(Reply):
    added: list[str]


def demo_administration(administer: str) -> type[Service]:
    """The service with this permission of its plugin."""

    class DemoAdministration(Service):
        @operation("POST /admin/demo", permission=administer, timeout=120, audited="act")
        def admin_add_demo(self, request: Request) -> DemoAdded:
            """Put in the demo data that is not there."""
            return DemoAdded(added=self.hosted.runtime.call_hook(self.hosted, "add_demo") or [])

        @operation("DELETE /admin/demo", permission=administer, timeout=120, audited="act")
        def admin_remove_demo(self, request: RemoveDemo) -> DemoRemoved:
            """Take out the demo data that nobody changed or added to, and say what stays."""
            removed: DemoRemoved | None = self.hosted.runtime.call_hook(
                self.hosted, "remove_demo", dry_run=request.dry_run
            )
            return removed or DemoRemoved(removed=[], kept=[])

    return DemoAdministration
