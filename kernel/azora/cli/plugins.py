"""`azora plugins`: the map of what is installed, and switching plugins off, on and away."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from azora.cli.backup import KeyFile, To
from azora.cli.describe import print_plugin
from azora.cli.output import AsJson, DataDir, console, print_json

if TYPE_CHECKING:
    from azora.backup.catalog import Backup
    from azora.registry import LoadedPlugin, Registry
    from azora.settings import CampusSettings

Name = Annotated[str, typer.Argument(metavar="PLUGIN")]
Events = Annotated[
    Literal["keep", "drop"],
    typer.Option(help="What becomes of events that it listens to while it is off."),
]
Keep = Annotated[
    Literal["keep", "export", "delete"],
    typer.Option("--data", help="What becomes of its data: export is a backup, then delete."),
]
Folder = Annotated[str | None, typer.Option("--folder", help="The campus's folder.")]

app = typer.Typer(help="What is installed; switch plugins off and on.", invoke_without_command=True)


@app.callback()
def plugins(context: typer.Context, data: DataDir = None, as_json: AsJson = False) -> None:
    """The map of plugins: operations, events, who needs whom, who is off, who was refused and why."""
    if context.invoked_subcommand is not None:
        return
    from azora.manifest import description_of

    registry, _ = _registry(data)
    found = [description_of(loaded, registry) for loaded in registry.plugins.values()]
    off = {name: one for name, (_, one) in registry.disabled.items()}
    if as_json:
        disabled = {name: {"events": one.events, "since": one.since} for name, one in off.items()}
        print_json({"plugins": found, "refused": registry.refused, "disabled": disabled})
        return
    for description in found:
        print_plugin(description)
    for name, one in off.items():
        console().print(f"[bold yellow]{name}[/] {one.words}; its events are {_kept(one.events)}")
    for name, reason in registry.refused.items():
        console().print(f"[bold red]{name}[/] refused: {reason}", markup=True)


@app.command()
def disable(
    name: Name, events: Events = "keep", data: DataDir = None, as_json: AsJson = False
) -> None:
    """Run a plugin no more, from the next start on. Its data stays."""
    from azora.cli.campus import locked
    from azora.switched_off import SwitchedOff, remember
    from azora.uninstalling import drop_events

    registry, settings = _registry(data)
    loaded = _dispensable(name, registry)
    if events == "drop" and settings.broker_url:
        with locked(settings, always=True):
            drop_events(loaded, settings)
    remember(settings.data_dir, name, SwitchedOff(events))
    needed_by = _needed_by(name, registry)
    if as_json:
        print_json({"disabled": name, "events": events, "needed_by": needed_by})
        return
    out = console()
    out.print(f"[bold green]✓[/] {name} is disabled from the next start on; its data stays.")
    out.print(f"  Events that it listens to are {_kept(events)}.")
    _say_who_needs_it(needed_by)


@app.command()
def enable(name: Name, data: DataDir = None, as_json: AsJson = False) -> None:
    """Run a plugin again, from the next start on."""
    from azora.errors import Conflict
    from azora.switched_off import remember, switched_off

    _, settings = _registry(data)
    if name not in switched_off(settings.data_dir):
        raise Conflict(f"{name} is not disabled. Nothing was changed.")
    remember(settings.data_dir, name, None)
    if as_json:
        print_json({"enabled": name})
    else:
        console().print(f"[bold green]✓[/] {name} is enabled from the next start on.")


@app.command()
def uninstall(
    name: Name,
    keep: Keep,
    to: To = None,
    key_file: KeyFile = None,
    folder: Folder = None,
    ends: Annotated[
        bool, typer.Option("--campus-ends", help="The whole campus goes, and identity with it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a plugin out of a stopped campus, and say what becomes of its data."""
    from azora.cli.campus import locked
    from azora.switched_off import SwitchedOff, remember
    from azora.uninstalling import delete_data, distribution_of, drop_events

    registry, settings = _registry(folder)
    left_over = _is_left_over(name, registry, settings)
    loaded = None if left_over else _dispensable(name, registry, ends=ends)
    with locked(settings, always=True):
        made = _export(name, registry, to, key_file, folder) if keep == "export" else None
        remember(settings.data_dir, name, SwitchedOff("drop", uninstalled=True))
        if loaded:
            drop_events(loaded, settings, log=keep != "keep")
        if keep != "keep":
            delete_data(name, settings)
    facts = {"uninstalled": name, "data": keep, "distribution": distribution_of(name)}
    needed_by = _needed_by(name, registry)
    if as_json:
        backup = made.as_json() if made else None
        print_json({**facts, "backup": backup, "needed_by": needed_by})
        return
    _report(facts, made)
    _say_who_needs_it(needed_by)


def _registry(data: str | None) -> tuple["Registry", "CampusSettings"]:
    """What is installed, without what this campus has switched off."""
    from azora.cli.campus import settings_as_started
    from azora.loader import load_registry
    from azora.switched_off import switch_off

    registry, settings = load_registry(), settings_as_started(data)
    switch_off(registry, settings.data_dir)
    return registry, settings


def _dispensable(name: str, registry: "Registry", *, ends: bool = False) -> "LoadedPlugin":
    """The plugin, disabled already or not. Raises where there is none, or a campus cannot be without."""
    from azora.errors import Conflict, NotFound

    if name == "identity" and not ends:
        raise Conflict("Everybody signs in with identity: a campus does not run without it.")
    if name in registry.disabled:
        return registry.disabled[name][0]
    if name not in registry.plugins:
        raise NotFound(f"{name} {registry.why_absent(name)}. Nothing was changed.")
    return registry.plugins[name]


def _is_left_over(name: str, registry: "Registry", settings: "CampusSettings") -> bool:
    """Whether only the data of a plugin is here, and its code is not."""
    from azora.backup.databases import existing

    known = name in registry.plugins or name in registry.disabled or name in registry.refused
    return not known and any(existing(settings, [name]))


def _needed_by(name: str, registry: "Registry") -> list[str]:
    return sorted(
        loaded.name
        for loaded in registry.plugins.values()
        if name in loaded.needs and not loaded.needs[name].optional
    )


def _export(
    name: str, registry: "Registry", to: str | None, key_file: Any, folder: str | None
) -> "Backup":
    """A backup of the plugin alone, opened and compared before anything is deleted."""
    from azora.backup.create import back_up
    from azora.backup.reading import verify_sealed
    from azora.cli.backup import opened

    campus, settings, place = opened(to, key_file, folder)
    made = back_up(campus, registry, settings, place, [name])
    verify_sealed(place, made)
    return made


def _report(facts: dict[str, str], made: "Backup | None") -> None:
    name, out = facts["uninstalled"], console()
    become = {"keep": "stays", "export": "is in a backup and gone from here", "delete": "is gone"}
    out.print(f"[bold green]✓[/] {name} is uninstalled; its data {become[facts['data']]}.")
    if made:
        out.print(f"  To bring it back: azora plugins enable {name}, then")
        out.print(f"  azora restore {made.id} --plugin {name} --from …")
    if facts["distribution"] == "azora":
        out.print("  It comes with Azora and stays on the disk, unused.")
    elif facts["distribution"]:
        out.print(f"  Now remove its code: pip uninstall {facts['distribution']}")


def _say_who_needs_it(names: list[str]) -> None:
    for name in names:
        console().print(f"  [yellow]{name}[/] needs it, and will say that it awaits it.")


def _kept(events: str) -> str:
    return "kept until it runs again" if events == "keep" else "dropped meanwhile"
