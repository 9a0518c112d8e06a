"""The parts of docs/ that the code itself writes: `python -m azora.reference docs/` refreshes them.

A page marks such a part with `<!-- begin: hooks -->` and `<!-- end: hooks -->`; a test keeps it fresh.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import azora.command  # noqa: F401 – patches, before anything that waits is loaded
from azora.admin.contracts import PREFIX
from azora.contract import Operation
from azora.diagrams import event_map, need_map, table_map
from azora.events.asyncapi import asyncapi_json
from azora.hooks import Hooks
from azora.loader import GROUP, load_registry
from azora.registry import LoadedPlugin, Registry
from azora.settings.reference import reference_markdown

Writer = Callable[[Registry], Iterable[str]]
SETTINGS, ASYNCAPI = "settings.md", "asyncapi.json"
_PART = re.compile(r"(<!-- begin: (\w+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


def first_party() -> Registry:
    """The plugins that come with Azora, whatever else is installed here."""
    registry = load_registry()
    own = {
        point.name
        for point in entry_points(group=GROUP)
        if point.dist and point.dist.name == "azora"
    }
    registry.plugins = {name: one for name, one in registry.plugins.items() if name in own}
    registry.refused = {name: why for name, why in registry.refused.items() if name in own}
    return registry


def refreshed(text: str, registry: Registry) -> str:
    """A page with its generated parts as the code has them now."""

    def part(match: re.Match[str]) -> str:
        written = "\n".join(WRITERS[match[2]](registry)).strip()
        return f"{match[1]}\n{written}\n\n{match[3]}"

    return _PART.sub(part, text)


def stale(docs: Path) -> dict[Path, str]:
    """Every page that is not as the code has it, with what it should hold."""
    registry = first_party()
    wanted = {page: refreshed(page.read_text("utf-8"), registry) for page in docs.rglob("*.md")}
    for name, write in ((SETTINGS, reference_markdown), (ASYNCAPI, asyncapi_json)):
        if (docs / name).exists():
            wanted[docs / name] = write(registry)
    return {page: text for page, text in wanted.items() if page.read_text("utf-8") != text}


def hooks(registry: Registry) -> Iterator[str]:
    """Every hook: how it is called, what it is for, and which of our plugins implement it."""
    for name, spec in vars(Hooks).items():
        if not inspect.isfunction(spec):
            continue
        arguments = [
            pair for pair in inspect.signature(spec).parameters.items() if pair[0] != "self"
        ]
        given = ", ".join(f"{argument}: {_type(one.annotation)}" for argument, one in arguments)
        returns = _type(inspect.signature(spec).return_annotation)
        yield f"### {name}\n\n```python\ndef {name}({given}) -> {returns}\n```\n"
        yield inspect.cleandoc(spec.__doc__ or "")
        if spec.azora_spec["firstresult"]:  # type: ignore[attr-defined]
            yield "The first answer that is not `None` counts; later plugins are not asked."
        users = ", ".join(f"`{user}`" for user in _implementing(name, registry))
        yield f"\nOf our plugins: {users or 'none'}.\n"


def _implementing(hook: str, registry: Registry) -> Iterator[str]:
    modules = [one.plugin for one in getattr(registry.hooks.hook, hook).get_hookimpls()]
    return (name for name, loaded in registry.plugins.items() if loaded.module in modules)


def _type(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def operations(registry: Registry) -> Iterator[str]:
    """Every plugin: its operations, events, permissions, pages and jobs."""
    for loaded in registry.plugins.values():
        yield f"## {loaded.name}\n\n{loaded.plugin.summary}.\n"
        yield from _table("Operation Route Permission What it does", _operations(loaded))
        yield from _table("Event Fields", _events(loaded))
        yield from _table("Listens_to By", _listens(loaded))
        yield from _table("Permission What it permits", _permissions(loaded))
        yield from _table("Page Title", _pages(loaded))
        yield from _table(
            "Job When_(UTC)",
            [(f"`{j.operation}`", f"`{j.cron}`") for j in loaded.plugin.jobs if _own(j.operation)],
        )


def _operations(loaded: LoadedPlugin) -> Iterator[tuple[str, ...]]:
    for _, _, operation in sorted(loaded.operations.values(), key=lambda entry: entry[2].name):
        if not _own(operation.name):
            continue
        right = f"`{operation.permission}`" if operation.permission else "public"
        yield (
            f"`{operation.name}`",
            _route(loaded.name, operation),
            right,
            _first_line(operation.summary),
        )


def _own(operation: str) -> bool:
    """Whether an operation is the plugin's own, rather than one that the kernel makes for every plugin."""
    return not operation.startswith(PREFIX)


def _route(plugin: str, operation: Operation) -> str:
    return f"`{operation.verb} /api/{plugin}{operation.path}`" if operation.http else "RPC only"


def _events(loaded: LoadedPlugin) -> Iterator[tuple[str, ...]]:
    for name, event in sorted(loaded.events.items()):
        personal = [f"`{field}` is personal" for field in event.personal]
        key = [f"in order by `{event.key_field}`"] if event.key_field else []
        fields = ", ".join(f"`{field}`" for field in event.model_fields)
        yield f"`{name}`", "; ".join([fields, *key, *personal])


def _listens(loaded: LoadedPlugin) -> Iterator[tuple[str, ...]]:
    for _, _, handler in sorted(loaded.handlers.values(), key=lambda entry: entry[2].name):
        yield f"`{handler.event}`", f"`{handler.name}`"


def _permissions(loaded: LoadedPlugin) -> Iterator[tuple[str, ...]]:
    for permission in loaded.plugin.permissions:
        everybody = " (every member)" if permission.members else ""
        yield f"`{permission.name}`", permission.summary + everybody


def _pages(loaded: LoadedPlugin) -> Iterator[tuple[str, ...]]:
    for page in loaded.plugin.pages:
        if page.path.startswith(f"/admin/{loaded.name}"):
            continue
        yield f"`{page.path}`", page.title


def _table(heads: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table with the words of `heads` as columns, the last taking the rest; nothing where it is empty."""
    found = list(rows)
    if not found:
        return
    columns = [head.replace("_", " ") for head in heads.split(" ", len(found[0]) - 1)]
    yield f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"
    for row in found:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def tables(registry: Registry) -> Iterator[str]:
    """Every plugin's tables as a diagram, and what each holds, about whom and for how long."""
    for loaded in registry.plugins.values():
        if not loaded.plugin.tables:
            continue
        yield f"## {loaded.name}\n"
        yield from table_map(loaded.plugin.tables)
        yield from _table("Table Holds Personal Kept", map(_holding, loaded.plugin.tables))


def _holding(table: Any) -> tuple[str, ...]:
    meta = table._meta
    personal = ", ".join(f"`{name}`" for name in meta.personal) or "nothing"
    words = _first_line(table.__dict__.get("__doc__") or "")
    return f"`{meta.table_name}`", words, personal, meta.retention


def _first_line(text: str) -> str:
    return inspect.cleandoc(text).partition("\n")[0]


WRITERS: dict[str, Writer] = {
    "hooks": hooks,
    "operations": operations,
    "needs": need_map,
    "events": event_map,
    "tables": tables,
}


def main(arguments: list[str]) -> int:
    """Refresh the folder that is named, and say which pages changed."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m azora.reference docs/\n")
        return 2
    changed = stale(Path(arguments[0]))
    for page, text in sorted(changed.items()):
        page.write_text(text, "utf-8")
        sys.stdout.write(f"{page} is fresh again\n")
    if not changed:
        sys.stdout.write("Everything is fresh.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
