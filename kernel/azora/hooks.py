"""The moments at which a plugin may act. Facts are data (`describe`); moments are hooks.

A hook reaches only the plugins of this process: what another pod must answer is an operation.
"""

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import typer

    from azora.actor import Actor
    from azora.contract import Plugin
    from azora.data.database import PluginDatabase
    from azora.demo import DemoRemoved
    from azora.hosted import HostedPlugin

hookspec = pluggy.HookspecMarker("azora")
hookimpl = pluggy.HookimplMarker("azora")


class Hooks:
    """Hookspecs, in the order in which they are called."""

    # -- load ---------------------------------------------------------------

    @hookspec
    def describe(self) -> "Plugin":
        """Return the one frozen value that says what the plugin offers. No I/O."""

    @hookspec
    def register_commands(self, cli: "typer.Typer") -> None:
        """Add commands to `azora <plugin> …`. They reach the campus through `azora.cli.campus`.

        A group of them named `events` also adds its commands to `azora events`.
        """

    # -- life ---------------------------------------------------------------

    @hookspec
    def startup(self, plugin: "HostedPlugin") -> None:
        """Called once its tables are migrated and before it answers calls."""

    @hookspec
    def seed(self, plugin: "HostedPlugin", demo: bool) -> None:
        """Write what a new campus needs. Called at every start: must be rerun-safe, also by several processes at once.

        `demo` says whether a campus that holds nothing yet shall begin with demo data.
        """

    @hookspec
    def add_demo(self, plugin: "HostedPlugin") -> list[str]:
        """Put in the demo data that is not there, and return the names of what was added.

        Called by `azora demo add` and by the administration.
        """

    @hookspec
    def remove_demo(self, plugin: "HostedPlugin", dry_run: bool) -> "DemoRemoved":
        """Take out what `add_demo` made and nobody changed or added to; in a dry run only say what.

        What people changed or added to stays, and is named with the reason.
        """

    @hookspec
    def reindex(self, database: "PluginDatabase") -> None:
        """Write anew what each database product keeps in a form of its own, such as a search index.

        Called when `azora restore` has moved the plugin's rows from one product to the other.
        """

    @hookspec
    def check_health(self, plugin: "HostedPlugin") -> str | None:
        """Return what is wrong in one sentence, or None. Called for `/readyz`, at most once a second."""

    @hookspec
    def shutdown(self, plugin: "HostedPlugin") -> None:
        """Called after the last call has been answered and before the database is closed."""

    # -- people -------------------------------------------------------------

    @hookspec
    def erase_subject(self, plugin: "HostedPlugin", subject: str) -> str:
        """Erase the person with this id. Return `erased`, `kept: <the law>` or `none`.

        The kernel's operation `erase_subject` calls it, and then destroys the key with which your events
        about the person were sealed.
        """

    @hookspec
    def export_subject(self, plugin: "HostedPlugin", subject: str) -> dict[str, object]:
        """Return all that the plugin holds about the person with this id, as JSON values."""

    # -- guards -------------------------------------------------------------

    @hookspec(firstresult=True)
    def actor_from_token(self, token: str) -> "Actor | None":
        """Return the actor of a bearer token of your own kind, or None to let others try."""

    @hookspec(firstresult=True)
    def is_allowed(self, actor: "Actor", permission: str) -> bool | None:
        """Return False to forbid what the actor's grants allow, or None. Never widens."""
