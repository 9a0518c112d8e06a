"""What an installation knows of its plugins: those that may run, and why the others do not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pluggy

from azora.contract import Handler, Need, Operation, Plugin
from azora.hooks import Hooks
from azora.messages import Event
from azora.permissions import MANAGE_EVENTS
from azora.personal import permissions_to_read
from azora.references import references_of

if TYPE_CHECKING:
    from azora.switched_off import SwitchedOff


_OF_THE_KERNEL = ("*.open_fields",)
"""What the kernel itself calls while a plugin's code runs."""


@dataclass(frozen=True)
class LoadedPlugin:
    """A described plugin with everything that its classes declare, collected once."""

    plugin: Plugin
    module: Any
    package: str
    version: str
    operations: dict[str, tuple[type, Any, Operation]]
    handlers: dict[str, tuple[type, Any, Handler]]
    needs: dict[str, Need]
    events: dict[str, type[Event]]

    @property
    def name(self) -> str:
        return self.plugin.name

    @cached_property
    def calls(self) -> frozenset[str]:
        """Every operation of others that it declares to call; with `*` for those of any plugin."""
        needed = (
            f"{need.plugin}.{name}" for need in self.needs.values() for name in need.operations
        )
        referred = (refers.operation for _, _, refers in references_of(self.plugin))
        return frozenset([*needed, *referred, *self.plugin.calls, *_OF_THE_KERNEL])

    def may_call(self, target: str) -> bool:
        """Whether it declares to call an operation; its own it may call without."""
        own = target.partition(".")[0] == self.name
        return own or target in self.calls or any(fnmatchcase(target, one) for one in self.calls)


@dataclass
class Registry:
    """What this installation knows: the plugins that may run, and those refused with the reason."""

    plugins: dict[str, LoadedPlugin] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    disabled: dict[str, tuple[LoadedPlugin, "SwitchedOff"]] = field(default_factory=dict)
    hooks: pluggy.PluginManager = field(default_factory=lambda: hook_manager())

    def operation(self, target: str) -> Operation | None:
        """The operation `plugin.name`, or None where it is not known here."""
        plugin, _, name = target.partition(".")
        entry = self.plugins.get(plugin)
        return entry.operations[name][2] if entry and name in entry.operations else None

    def subscribers(self, event: str) -> Iterable[tuple[LoadedPlugin, Handler]]:
        """Every handler of an event type, with its plugin."""
        for loaded in self.plugins.values():
            for _, _, handler in loaded.handlers.values():
                if handler.event == event:
                    yield loaded, handler

    def refuse(self, name: str, reason: str) -> None:
        """Take a plugin out and remember why."""
        self.refused[name] = reason
        if loaded := self.plugins.pop(name, None):
            self.hooks.unregister(loaded.module)

    def disable(self, name: str, off: "SwitchedOff") -> None:
        """Take a plugin out that its campus has switched off."""
        if loaded := self.plugins.pop(name, None):
            self.disabled[name] = (loaded, off)
            self.hooks.unregister(loaded.module)

    def why_absent(self, name: str) -> str:
        """Why a plugin does not run here, in words."""
        if name in self.disabled:
            return self.disabled[name][1].words
        return self.refused.get(name, "is not installed")

    def log_keepers(self) -> list[str]:
        """The plugins that keep the log of all events; also one that is switched off for a while."""
        off = [
            loaded
            for loaded, why in self.disabled.values()
            if why.events == "keep" and not why.uninstalled
        ]
        return [loaded.name for loaded in [*self.plugins.values(), *off] if loaded.plugin.keeps_log]

    def permissions_elsewhere(self) -> dict[str, set[str]]:
        """For each plugin the permissions of the operations that it needs of others, and of its jobs."""
        return {name: set(self._permissions_of(loaded)) for name, loaded in self.plugins.items()}

    def _permissions_of(self, loaded: LoadedPlugin) -> Iterable[str]:
        called = sorted(one for one in loaded.calls if not one.startswith("*"))
        for _, _, handler in loaded.handlers.values():
            yield from permissions_to_read(handler.event, handler.payload)
        if loaded.plugin.keeps_log:
            yield MANAGE_EVENTS
        jobs = [job.full_name(loaded.name) for job in loaded.plugin.jobs]
        for target in called + jobs:
            operation = self.operation(target)
            if operation and operation.permission:
                yield operation.permission


def hook_manager() -> pluggy.PluginManager:
    """A manager that knows our hooks and no plugin yet."""
    manager = pluggy.PluginManager("azora")
    manager.add_hookspecs(Hooks)
    return manager
