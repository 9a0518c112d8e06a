"""Where settings come from: azora.toml, the browser, the environment, secret files, arguments.

Later layers win. Each value remembers its source, so that `azora doctor` can name it.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from azora.errors import PluginError

PREFIX = "AZORA_"
DATABASE_URL = "database_url"
BROWSER = "browser"
FIXED = ("environment", "secret file", "argument")
"""The places that win over the browser: what stands there was set by whoever runs the machine."""
_CONTROLS = ("config", "secrets_dir")
_KUBERNETES_NAME = re.compile(r"_SERVICE_(HOST|PORT)(_\w+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?$")
_KUBERNETES_URL = re.compile(r"^(tcp|udp|sctp)://")


class SettingsError(PluginError):
    """A setting is unknown or invalid; `problems` has one sentence for each."""

    code = "settings_refused"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Value(NamedTuple):
    """A raw value, the name under which it was given, and the kind of place."""

    raw: Any
    name: str
    place: str

    @property
    def source(self) -> str:
        return f"{self.place} {self.name}" if self.name else self.place


@dataclass(frozen=True)
class Layers:
    """Every value that was given, under its flat name: `[library] page_size` is `library_page_size`."""

    given: Mapping[str, Value] = field(default_factory=dict)
    plugins: Collection[str] = ()

    def with_browser(self, values: Mapping[str, str]) -> "Layers":
        """The same with what was set in the browser, by flat name, where no later place says otherwise."""
        chosen = {
            key: Value(raw, "", BROWSER)
            for key, raw in values.items()
            if key not in self.given or self.given[key].place not in FIXED
        }
        return Layers({**self.given, **chosen}, self.plugins)

    def of_campus(self, known: Collection[str]) -> dict[str, Value]:
        """The kernel's own values. Raises SettingsError for names that belong to nobody."""
        mine = {key: value for key, value in self.given.items() if key in known}
        strangers = {
            key: value
            for key, value in self.given.items()
            if key not in known and not self._owner(key) and not key.endswith(f"_{DATABASE_URL}")
        }
        _refuse(strangers, known)
        return mine

    def of_plugin(
        self, plugin: str, known: Collection[str], campus: Collection[str]
    ) -> dict[str, Value]:
        """The values of one plugin's section. Raises SettingsError for keys that it does not have."""
        start = len(plugin) + 1
        mine = {
            key[start:]: value
            for key, value in self.given.items()
            if key.startswith(f"{plugin}_")
            and key not in campus
            and self._owner(key) in (plugin, None)
        }
        if DATABASE_URL not in known:
            mine.pop(DATABASE_URL, None)
        _refuse({key: value for key, value in mine.items() if key not in known}, known)
        return mine

    def database_urls(self) -> dict[str, Value]:
        """The databases that single plugins were given, by plugin."""
        end = f"_{DATABASE_URL}"
        return {
            key.removesuffix(end): value for key, value in self.given.items() if key.endswith(end)
        }

    def _owner(self, key: str) -> str | None:
        """The plugin whose prefix a name carries; of `study` and `study_rooms` the longer."""
        return max(
            (name for name in self.plugins if key.startswith(f"{name}_")), key=len, default=None
        )


def read_layers(
    known: Collection[str], plugins: Collection[str], overrides: Mapping[str, Any]
) -> Layers:
    """Read what this process was given. Raises SettingsError for a file that cannot be read."""
    environ = {name: raw for name, raw in os.environ.items() if _is_setting(name, raw)}
    file = Path(environ.get(f"{PREFIX}CONFIG", "azora.toml"))
    table = _read_toml(file, required=f"{PREFIX}CONFIG" in environ)
    secrets = _read_secrets(environ.get(f"{PREFIX}SECRETS_DIR"))
    given = {
        **_flat(table, known, str(file)),
        **{_bare(name): Value(raw, name, "environment") for name, raw in environ.items()},
        **{_bare(path.name): Value(raw, str(path), "secret file") for path, raw in secrets.items()},
        **_flat(overrides, known, "argument"),
    }
    return Layers(
        {key: value for key, value in given.items() if key not in _CONTROLS}, frozenset(plugins)
    )


def _is_setting(name: str, raw: str) -> bool:
    """Whether a variable is meant for us: Kubernetes makes AZORA_PORT=tcp://… of a Service `azora`."""
    ours = name.startswith(PREFIX) and raw != ""
    return ours and not _KUBERNETES_NAME.search(name) and not _KUBERNETES_URL.match(raw)


def _bare(name: str) -> str:
    return name.removeprefix(PREFIX).lower()


def _flat(table: Mapping[str, Any], known: Collection[str], place: str) -> dict[str, Value]:
    return {key: Value(raw, name, place) for key, name, raw in _rows(table, known)}


def _rows(table: Mapping[str, Any], known: Collection[str]) -> Iterator[tuple[str, str, Any]]:
    for key, raw in table.items():
        if isinstance(raw, Mapping) and key not in known:
            yield from ((f"{key}_{inner}", f"{key}.{inner}", value) for inner, value in raw.items())
        else:
            yield key, key, raw


def _refuse(strangers: Mapping[str, Value], known: Collection[str]) -> None:
    problems = [
        f"{value.source} is not a setting: {_suggestion(key, value, known)}"
        for key, value in strangers.items()
    ]
    if problems:
        raise SettingsError(problems)


def _suggestion(key: str, value: Value, known: Collection[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    if not close:
        return "`azora settings` lists every name."
    name = close[0].upper() if value.name.isupper() else close[0]
    return f"did you mean {value.name[: len(value.name) - len(key)]}{name}?"


def _read_toml(file: Path, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        if required:
            raise SettingsError([f"{file} does not exist, but {PREFIX}CONFIG names it."]) from None
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError([f"{file} cannot be read: {error}."]) from None


def _read_secrets(directory: str | None) -> dict[Path, str]:
    """One secret per file, named as the variable or the setting; the last line break is not part."""
    if not directory:
        return {}
    try:
        files = [
            path
            for path in Path(directory).iterdir()
            if path.name.isidentifier() and path.is_file()
        ]
        return {path: path.read_text("utf-8").removesuffix("\n") for path in sorted(files)}
    except (OSError, ValueError) as error:
        raise SettingsError([f"{PREFIX}SECRETS_DIR {directory} cannot be read: {error}."]) from None
