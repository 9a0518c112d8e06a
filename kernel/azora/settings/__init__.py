"""Settings of the campus and of each plugin: read, checked, and with the source of every value.

defaults < azora.toml < browser < environment (`AZORA_…`) < mounted secret files < arguments.
"""

import importlib
import json
import typing
from collections.abc import Collection, Mapping
from importlib.metadata import entry_points
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from azora.settings.campus import CampusSettings
from azora.settings.layers import Layers, SettingsError, Value, read_layers
from azora.settings.model import Address, Bytes, Live, Seconds, Settings, Share

__all__ = [
    "Address",
    "Bytes",
    "CampusSettings",
    "Live",
    "Seconds",
    "Settings",
    "SettingsError",
    "Share",
    "load_campus_settings",
    "load_settings",
]

S = TypeVar("S", bound=Settings)

KERNEL_SECTIONS = {
    "backup": "azora.backup.settings:BackupSettings",
    "http": "azora.http.settings:HttpSettings",
    "outbound": "azora.outbound.settings:OutboundSettings",
    "tls": "azora.tls.settings:TlsSettings",
}


def load_campus_settings(*, plugins: Collection[str] = (), **overrides: Any) -> CampusSettings:
    """The kernel's settings; `overrides` win, and a dictionary among them is a plugin's section.

    `plugins` names plugins besides the installed ones. Raises SettingsError that names every
    unknown or invalid setting.
    """
    known = CampusSettings.model_fields
    return _of_layers(
        read_layers(known, {*plugins, *installed_plugins(), *KERNEL_SECTIONS}, overrides)
    )


def with_browser(campus: CampusSettings, values: Mapping[str, str]) -> CampusSettings:
    """The settings with what was set in the browser, by flat name (`library_facet_bound`).

    Raises SettingsError where a value is not valid.
    """
    return _of_layers(campus._layers.with_browser(values))


def _of_layers(layers: Layers) -> CampusSettings:
    known = CampusSettings.model_fields
    values = layers.of_campus(known)
    if own := layers.database_urls():
        values["database_urls"] = Value(
            {name: url.raw for name, url in own.items()}, "", "per plugin"
        )
    campus = _build(CampusSettings, values)
    campus._layers = layers
    return campus


def load_settings(cls: type[S] | None, plugin: str, campus: CampusSettings) -> S:
    """A plugin's settings from what the campus was given. Raises SettingsError like the above.

    A plugin without a settings class gets an empty one, so that a stray name is still refused.
    """
    kind = cls or typing.cast(type[S], Settings)
    values = campus._layers.of_plugin(plugin, kind.model_fields, CampusSettings.model_fields)
    return _build(kind, values)


def load_section(name: str, campus: CampusSettings) -> Settings:
    """One of the kernel's own sections, such as `http`."""
    return load_settings(section_class(name), name, campus)


def section_class(name: str) -> type[Settings]:
    """The settings class of one of the kernel's own sections."""
    module, _, kind = KERNEL_SECTIONS[name].partition(":")
    return typing.cast(type[Settings], getattr(importlib.import_module(module), kind))


def installed_plugins() -> set[str]:
    """The names in the entry-point group `azora.plugins`; nothing is imported."""
    return {point.name for point in entry_points(group="azora.plugins")}


def _build(kind: type[S], values: dict[str, Value]) -> S:
    raw = {key: _parsed(kind.model_fields[key], value.raw) for key, value in values.items()}
    try:
        settings = kind.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(_problems(error, values)) from None
    settings._sources = {key: value.source for key, value in values.items()}
    return settings


def _parsed(field: FieldInfo, raw: Any) -> Any:
    """Text for a list or a table: JSON, or `a,b`, or `a=1,b=2`."""
    shape = _container(field.annotation)
    if not isinstance(raw, str) or shape is None:
        return raw
    if raw.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(raw)
        except ValueError:
            return raw
    pieces = [piece.strip() for piece in raw.split(",") if piece.strip()]
    if shape is dict:
        return {key.strip(): value.strip() for key, _, value in (p.partition("=") for p in pieces)}
    return pieces


def _container(annotation: Any) -> type | None:
    """`list`, `tuple`, `set`, `frozenset` or `dict` where a field's type is one, None included or not."""
    for kind in (annotation, *typing.get_args(annotation)):
        origin = typing.get_origin(kind) or kind
        if origin in (list, tuple, set, frozenset, dict):
            return typing.cast(type, origin)
    return None


def _problems(error: ValidationError, values: dict[str, Value]) -> list[str]:
    """One sentence for each invalid setting; never its value, which may be secret."""
    found = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        key = str(problem["loc"][0]) if problem["loc"] else ""
        named = values[key].source if key in values else key
        found.append(f"{named} is invalid: {problem['msg']}.")
    return found
