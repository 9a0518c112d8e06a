"""Plugins that a keeper has switched off: installed, not run, their data kept until somebody says more.

`plugins.json` in the data folder names them. What happens to events that they listen to meanwhile is the
keeper's choice: kept in their inboxes until they run again, or dropped.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import orjson

from azora.data.database import open_database
from azora.events.inbox import Inbox, lane_of
from azora.events.log import TableLog

if TYPE_CHECKING:
    from azora.events.envelope import Envelope
    from azora.registry import LoadedPlugin, Registry
    from azora.settings import CampusSettings

FILE = "plugins.json"
Events = Literal["keep", "drop"]
Keeper = Callable[[Sequence["Envelope"]], None]


@dataclass(frozen=True)
class SwitchedOff:
    """How one plugin is switched off; `uninstalled` where its data is gone or given up too."""

    events: Events = "keep"
    uninstalled: bool = False
    since: float = field(default_factory=time.time)

    @property
    def words(self) -> str:
        """Why it does not run, for whoever asks."""
        return "is uninstalled" if self.uninstalled else "is disabled"


def switched_off(data_dir: Path) -> dict[str, SwitchedOff]:
    """The plugins of a campus that are switched off, by name."""
    try:
        found = orjson.loads((data_dir / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    return {name: SwitchedOff(**facts) for name, facts in found.items()}


def remember(data_dir: Path, plugin: str, off: SwitchedOff | None) -> None:
    """Note that a plugin is switched off, or, with None, on. It holds from the next start on."""
    found = switched_off(data_dir)
    found.pop(plugin, None)
    if off is not None:
        found[plugin] = off
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = data_dir / f".{FILE}.{os.getpid()}"
    part.write_bytes(
        orjson.dumps({name: asdict(one) for name, one in found.items()}, option=orjson.OPT_INDENT_2)
    )
    part.replace(data_dir / FILE)


def switch_off(registry: "Registry", data_dir: Path) -> None:
    """Take the plugins that are switched off out of a registry."""
    for name, off in switched_off(data_dir).items():
        registry.disable(name, off)


def keepers(registry: "Registry", settings: "CampusSettings") -> list[Keeper]:
    """What keeps events for the plugins that are switched off, where that is wanted."""
    return [
        _keeper(loaded, settings)
        for loaded, off in registry.disabled.values()
        if off.events == "keep" and not off.uninstalled
        if loaded.handlers or loaded.plugin.keeps_log
    ]


def _keeper(loaded: "LoadedPlugin", settings: "CampusSettings") -> Keeper:
    """Writes events into the log and the inbox of a plugin that does not run; none where it never ran."""
    database = open_database(loaded.name, settings)
    handlers = [handler for _, _, handler in loaded.handlers.values()]

    def keep(envelopes: Sequence["Envelope"]) -> None:
        rows = [
            (envelope, handler.name, lane_of(handler, envelope))
            for envelope in envelopes
            for handler in handlers
            if handler.event == envelope.type
        ]
        if loaded.plugin.keeps_log and database.has_table("azora_log"):
            TableLog(database).append(envelopes)
        if rows and database.has_table("azora_inbox"):
            with database.transaction():
                Inbox(database).insert(rows, time.time())

    return keep
