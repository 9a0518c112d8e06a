"""How plugins meet, and what their tables look like, drawn from what they declare: Mermaid."""

from collections.abc import Iterable, Iterator
from typing import Any

import peewee

from azora.registry import Registry


def need_map(registry: Registry) -> Iterator[str]:
    """Who needs whom; a dotted arrow is a need that may stay unmet."""
    yield "```mermaid\nflowchart LR"
    for name, loaded in registry.plugins.items():
        yield f'    {name}["{name}"]'
        for need in loaded.needs.values():
            arrow = "-.->" if need.optional else "-->"
            yield f'    {name} {arrow}|"{", ".join(sorted(need.operations))}"| {need.plugin}'
    yield "```"


def event_map(registry: Registry) -> Iterator[str]:
    """Who publishes what to whom; events that nobody hears yet are named below the picture."""
    unheard = []
    yield "```mermaid\nflowchart LR"
    for name, loaded in registry.plugins.items():
        for event in sorted(loaded.events):
            listeners = list(registry.subscribers(event))
            unheard += [] if listeners else [f"`{event}`"]
            node = event.replace(".", "_")
            if listeners:
                yield f'    {name}["{name}"] --> {node}(["{event}"])'
            for listener, handler in listeners:
                yield f'    {node} -->|"{handler.name}"| {listener.name}_hears["{listener.name}"]'
    yield "```\n"
    if unheard:
        yield f"Published, and heard by none of our plugins yet: {', '.join(unheard)}."


def table_map(tables: Iterable[Any]) -> Iterator[str]:
    """The tables of one plugin, their columns and how they refer to one another."""
    yield "```mermaid\nerDiagram"
    for table in tables:
        meta = table._meta
        for field in meta.refs:
            yield f"    {field.rel_model._meta.table_name} ||--o{{ {meta.table_name} : {field.name}"
        yield f"    {meta.table_name} {{"
        yield from (_column(field, field.name in meta.personal) for field in meta.sorted_fields)
        yield "    }"
    yield "```\n"


def _column(field: peewee.Field, personal: bool) -> str:
    """One column: its type, its name, its keys, and in words what its type does not say."""
    kind = type(_held(field)).__name__.removesuffix("Field").lower()
    keys = [
        mark
        for mark, holds in (
            ("PK", _is_key(field)),
            ("FK", isinstance(field, peewee.ForeignKeyField)),
            ("UK", field.unique),
        )
        if holds
    ]
    said = [str(field.help_text)] if field.help_text else []
    notes = said + ["may be empty"] * bool(field.null) + ["personal"] * personal
    refers = getattr(field.model._meta, "refers", {}).get(field.name)
    notes += [f"names what {refers.operation} knows"] if refers else []
    words = f' "{", ".join(notes)}"' if notes else ""
    return f"        {kind} {field.column_name} {', '.join(keys)}".rstrip() + words


def _held(field: peewee.Field) -> peewee.Field:
    """What a reference holds is the key that it refers to."""
    return _held(field.rel_field) if isinstance(field, peewee.ForeignKeyField) else field


def _is_key(field: peewee.Field) -> bool:
    key = field.model._meta.primary_key
    if isinstance(key, peewee.CompositeKey):
        return field.name in key.field_names
    return bool(field.primary_key)
