"""Brings the databases of a process's plugins to the form that their code expects."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from azora.backup.before_upgrade import WayBack, back_up_databases
from azora.data.migrations import load_migrations, migrate, pending
from azora.errors import PluginError

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin
    from azora.runtime import Runtime

Step = Callable[[str, list[str]], None]


def upgrade(runtime: "Runtime", told: Step = lambda _name, _applied: None) -> dict[str, list[str]]:
    """Run what is pending, for each plugin; `told(plugin, migrations)` hears of each.

    Where a database is there and older, all are backed up first. A plugin whose database cannot be
    brought there is refused, with the way back, and the others go on.
    """
    older = [hosted for hosted in runtime.hosted.values() if _is_older(hosted)]
    way = back_up_databases(runtime.settings, runtime.registry) if older else None
    done = {}
    for name, hosted in list(runtime.hosted.items()):
        try:
            module = load_migrations(hosted.module)
            done[name] = migrate(
                hosted.database,
                module,
                hosted.plugin.tables,
                additive=runtime.settings.additive_migrations,
            )
        except Exception as error:  # noqa: BLE001 – one plugin's trouble is not the campus's
            runtime.dismiss(name, _with_way_back(error, way) if hosted in older else error)
        else:
            told(name, done[name])
    return done


def _is_older(hosted: "HostedPlugin") -> bool:
    """Whether a database has been migrated before, and lacks something now."""
    try:
        missing = pending(hosted.database, load_migrations(hosted.module))
        return bool(missing) and hosted.database.has_table("azora_migrations")
    except Exception:  # noqa: BLE001 – what is wrong is said where it is migrated
        return False


def _with_way_back(error: Exception, way: WayBack | None) -> PluginError:
    """A migration that failed: what is safe, and what brings the earlier version back."""
    back = f" To go back: stop, install the earlier version and run {way.command}" if way else ""
    return PluginError(
        f"a migration failed ({error}). The step was undone and its data are as they were.{back}",
        code="migration_failed",
    )


def awaited_migrations(runtime: "Runtime") -> dict[str, str]:
    """Plugins whose database is older than their code, with what is missing in words."""
    return {
        hosted.name: f"awaits the migration {', '.join(missing)}"
        for hosted in runtime.hosted.values()
        if (missing := pending(hosted.database, load_migrations(hosted.module)))
    }
