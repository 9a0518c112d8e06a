"""Commands that plugins bring: below `azora <plugin>`, and beside Azora's own of a group.

A plugin that registers a group named as one of Azora's (`cli.add_typer(app, name="events")`) adds its
commands to that group: `azora events tail` is there with the plugin, and not without it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from azora.registry import Registry


class ExtensibleGroup(TyperGroup):
    """A group of Azora's own whose further commands plugins bring."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        own = super().get_command(ctx, cmd_name)
        return own or next(
            (group.get_command(ctx, cmd_name) for group in self._brought()
             if cmd_name in group.list_commands(ctx)),
            None,
        )  # fmt: skip

    def list_commands(self, ctx: Any) -> list[str]:
        brought = (name for group in self._brought() for name in group.list_commands(ctx))
        return [*dict.fromkeys([*super().list_commands(ctx), *brought])]

    def _brought(self) -> Iterator[Any]:
        from azora.loader import load_registry

        registry = load_registry()
        for name in registry.plugins:
            commands = commands_of(registry, name)
            group = commands.commands.get(self.name) if commands else None
            if isinstance(group, TyperGroup):
                yield group


def commands_of(registry: "Registry", name: str) -> Any:
    """The commands of one plugin, or None where it brings none."""
    loaded = registry.plugins[name]
    group = typer.Typer(name=name, help=loaded.plugin.summary, no_args_is_help=True)
    others = [other.module for other in registry.plugins.values() if other is not loaded]
    registry.hooks.subset_hook_caller("register_commands", others)(cli=group)
    if not group.registered_commands and not group.registered_groups:
        return None
    group.callback()(lambda: None)
    return typer.main.get_command(group)
