"""Finds plugins by entry point, describes them one by one, and refuses the bad ones by name.

A plugin that is refused never stops the others. A need that its provider offers differently is
refused with the field named; a provider that is absent is none of the loader's business: the
plugin starts, unready, and says whom it awaits.
"""

import importlib.metadata
import re
import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azora.admin import administered
from azora.compat import mismatches
from azora.contract import Need, Plugin, handlers_of, operations_of
from azora.cron import check_cron
from azora.erasure import with_people
from azora.errors import PluginError
from azora.events.desk import with_desk
from azora.messages import Request, item_of, snake_case
from azora.page import fields_of
from azora.permissions import KERNEL_PERMISSIONS
from azora.personal import check_personal, unreadable
from azora.references import unanswered, with_references
from azora.registry import LoadedPlugin, Registry, hook_manager
from azora.shapes import check_names

if TYPE_CHECKING:
    pass

GROUP = "azora.plugins"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def load_registry(modules: Iterable[tuple[str, Any]] = (), *, installed: bool = True) -> Registry:
    """Every installed plugin, and `modules` as (name, module or object) beside them."""
    registry = Registry()
    candidates: list[tuple[str, Any, str]] = [(name, module, "0") for name, module in modules]
    if installed:
        points = importlib.metadata.entry_points(group=GROUP)
        candidates += [
            (point.name, point.load, point.dist.version if point.dist else "0")
            for point in sorted(points, key=lambda point: point.name)
        ]
    for name, source, version in candidates:
        try:
            module = source() if callable(source) and not isinstance(source, type) else source
            if name in registry.plugins:
                raise PluginError(f"a plugin named {name} is loaded already")
            loaded = _admit(name, module, version)
        except Exception as error:  # noqa: BLE001 – a plugin may raise anything at import
            registry.refuse(name, _reason(error))
        else:
            registry.plugins[name] = loaded
            registry.hooks.register(module, name)
    _check_contracts(registry)
    return registry


def _admit(name: str, module: Any, version: str) -> LoadedPlugin:
    _check_hooks(module)
    plugin = module.describe()
    if not isinstance(plugin, Plugin):
        raise PluginError(f"describe() returned {type(plugin).__name__}, not a Plugin")
    if plugin.name != name or not _NAME.fullmatch(name):
        raise PluginError(
            f"the entry point is {name!r}, but describe() says {plugin.name!r}; use one lower_case name"
        )
    if name == "azora":
        raise PluginError("the name 'azora' is the kernel's own; choose another")
    demo = hasattr(module, "remove_demo")
    plugin = administered(with_desk(with_people(with_references(plugin), module)), demo=demo)
    for event in plugin.events:
        check_personal(event)
    operations = _collect(plugin, operations_of)
    handlers = _collect(plugin, handlers_of)
    if shared := operations.keys() & handlers.keys():
        raise PluginError(f"{shared.pop()} is both an operation and a handler")
    declared = {permission.name for permission in plugin.permissions}
    usable = declared | {permission.name for permission in KERNEL_PERMISSIONS}
    for operation in (entry[2] for entry in operations.values()):
        if operation.permission and operation.permission not in usable:
            raise PluginError(
                f"{operation.name} names the permission {operation.permission!r}, which is not declared"
            )
    foreign = {permission for permission in declared if not permission.startswith(f"{name}.")}
    if foreign:
        raise PluginError(f"the permission {foreign.pop()!r} must begin with {name!r} and a dot")
    check_names(entry[2] for entry in operations.values() if entry[2].http)
    _check_jobs(plugin, operations)
    package = module.__name__.partition(".")[0] if isinstance(module, types.ModuleType) else name
    return LoadedPlugin(
        plugin,
        module,
        package,
        version,
        operations,
        handlers,
        {need.plugin: need for need in map(_need_of, plugin.needs)},
        {f"{name}.{snake_case(event.__name__)}": event for event in plugin.events},
    )


def _check_jobs(plugin: Plugin, operations: dict[str, Any]) -> None:
    """Refuse a job that could never run: its times or its operation are not there."""
    for job in plugin.jobs:
        try:
            check_cron(job.cron)
        except PluginError as error:
            raise PluginError(f"the job {job.operation}: {error.detail}") from None
        if job.operation.removeprefix(f"{plugin.name}.") not in operations:
            raise PluginError(
                f"the job {job.operation} names no operation of {plugin.name}; a job runs one's own"
            )


def _need_of(client: Any) -> Need:
    need: Need = client.__azora__
    return need


def _check_hooks(module: Any) -> None:
    probe = hook_manager()
    probe.register(module)
    probe.check_pending()
    if not any(
        implementation.plugin is module for implementation in probe.hook.describe.get_hookimpls()
    ):
        raise PluginError("has no describe() marked @hookimpl")


def _collect(plugin: Plugin, declared: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for service in plugin.services:
        for method, mark in declared(service):
            if mark.name in found and found[mark.name][1] is not method:
                raise PluginError(
                    f"{found[mark.name][0].__name__} and {service.__name__} both define {mark.name}"
                )
            found[mark.name] = (service, method, mark)
    return found


def _check_contracts(registry: Registry) -> None:
    """Refuse whoever reads something other than what its provider publishes."""
    for name, loaded in list(registry.plugins.items()):
        problems = [
            *_unmet_needs(registry, loaded),
            *_unmet_events(registry, loaded),
            *_unmet_pages(loaded),
            *_unmet_panels(loaded),
            *unanswered(registry, loaded.plugin),
        ]
        if problems:
            registry.refuse(name, "; ".join(problems))


def _unmet_needs(registry: Registry, loaded: LoadedPlugin) -> Iterable[str]:
    for need in loaded.needs.values():
        provider = registry.plugins.get(need.plugin)
        for called, (request, reply) in need.operations.items() if provider else ():
            target = f"{need.plugin}.{called}"
            offered = registry.operation(target)
            if offered is None:
                yield f"needs {target}, which {need.plugin} does not offer"
                continue
            for problem in [
                *mismatches(request, offered.request, limits=False),
                *_unread(request, offered.request),
            ]:
                yield f"{target} request {problem}"
            if reply and offered.reply is None:
                yield f"{target} replies nothing, but {reply.__name__} is read"
            elif reply and offered.reply:
                for problem in mismatches(offered.reply, reply):
                    yield f"{target} reply {problem}"


def _unread(sent: type[Request], read: type[Request]) -> Iterable[str]:
    for name in sent.model_fields.keys() - read.model_fields.keys():
        yield f"{name}: sent, but not read"


def _unmet_events(registry: Registry, loaded: LoadedPlugin) -> Iterable[str]:
    for _, _, handler in loaded.handlers.values():
        provider = registry.plugins.get(handler.event.partition(".")[0])
        if provider is None:
            continue
        event = provider.events.get(handler.event)
        if event is None:
            yield f"{handler.name} listens to {handler.event}, which {provider.name} does not publish"
            continue
        for problem in [*mismatches(event, handler.payload), *unreadable(event, handler.payload)]:
            yield f"{handler.event} {problem}"


def _unmet_pages(loaded: LoadedPlugin) -> Iterable[str]:
    for page in loaded.plugin.pages:
        used = [part.operation for part in page.parts.values()]
        used += [page.addresses] if page.addresses else []
        if page.addresses and not page.addresses.startswith("list_"):
            yield f"the page {page.path} has its addresses of {page.addresses}; name the operation list_…"
        for form in page.forms.values():
            used += [form.operation, *(form.drafts.operations if form.drafts else ())]
        for target in used:
            plugin, _, name = target.rpartition(".")
            need = loaded.needs.get(plugin)
            own = plugin in ("", loaded.name)
            if name not in (loaded.operations if own else need.operations if need else ()):
                yield f"the page {page.path} names {target}, which {loaded.name} neither offers nor needs"


def _unmet_panels(loaded: LoadedPlugin) -> Iterable[str]:
    for panel in loaded.plugin.panels:
        if panel.operation not in loaded.operations:
            yield f"the panel {panel.title!r} names {panel.operation}, which {loaded.name} lacks"
            continue
        operation = loaded.operations[panel.operation][2]
        if panel.place == "search" and "query" not in operation.request.model_fields:
            yield f"the panel {panel.title!r} is for searching, but {operation.name} takes no query"
        item = item_of(operation.reply)
        for name in (panel.name, *panel.facts, *filter(None, [panel.when]), *fields_of(panel.path)):
            if name not in (item.model_fields if item else ()):
                yield f"the panel {panel.title!r} names {name}, which no item of {operation.name} has"


def _reason(error: Exception) -> str:
    words = str(error).strip().splitlines()
    first = words[0] if words else ""
    return first if isinstance(error, PluginError) else f"{type(error).__name__}: {first}"
