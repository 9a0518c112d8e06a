"""Brings the databases of a process's plugins to the form that their code expects."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from azora.data.migrations import load_migrations, migrate, pending

if TYPE_CHECKING:
    from azora.runtime import Runtime

Step = Callable[[str, list[str]], None]


def upgrade(runtime: "Runtime", told: Step = lambda _name, _applied: None) -> dict[str, list[str]]:
    """Run what is pending, for each plugin; `told(plugin, migrations)` hears of each.

    A plugin whose database cannot be brought there is refused and the others go on.
    """
    done = {}
    for name, hosted in list(runtime.hosted.items()):
        try:
            module = load_migrations(hosted.module)
            done[name] = migrate(hosted.database, module, hosted.plugin.tables)
        except Exception as error:  # noqa: BLE001 – one plugin's trouble is not the campus's
            runtime.dismiss(name, error)
        else:
            told(name, done[name])
    return done


def awaited_migrations(runtime: "Runtime") -> dict[str, str]:
    """Plugins whose database is older than their code, with what is missing in words."""
    return {
        hosted.name: f"awaits the migration {', '.join(missing)}"
        for hosted in runtime.hosted.values()
        if (missing := pending(hosted.database, load_migrations(hosted.module)))
    }
