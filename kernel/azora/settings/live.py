"""Settings that change while a process runs: what was set in the browser, read from the plugins' databases.

Every plugin keeps its own section and a copy of the campus's in `azora_settings`; every process looks
there every two seconds, so a change reaches all of them, in whichever one it was made.
"""

import time
from typing import TYPE_CHECKING

import eventlet

from azora.errors import AzoraError
from azora.observe.logs import get_logger, set_levels
from azora.settings import CampusSettings, SettingsError, load_settings, with_browser

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin
    from azora.runtime import Runtime

CAMPUS = "campus"
LOOK_EVERY = 2.0
Chosen = dict[tuple[str, str], tuple[str, float]]
"""(section, name) → the value as it was typed, and when."""


class LiveSettings:
    """Keeps the settings of one process as the environment and the browser say together."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._given = runtime.settings
        self._chosen: Chosen = {}

    def run(self) -> None:
        """Look for changes, for ever."""
        while True:
            eventlet.sleep(LOOK_EVERY)
            try:
                self.refresh()
            except AzoraError as error:
                get_logger("kernel").warning("settings_not_read", reason=error.detail)

    def refresh(self) -> None:
        """Take over what has been set in the browser since the last look."""
        found: Chosen = {}
        for hosted in self._runtime.hosted.values():
            for place, value in chosen_in(hosted).items():
                if place not in found or found[place][1] < value[1]:
                    found[place] = value
        if found != self._chosen:
            self._chosen = found
            self._apply()

    def of_campus(self) -> dict[str, str]:
        """What was set in the browser of the campus's own settings, as it was typed."""
        return {
            name: value for (section, name), (value, _) in self._chosen.items() if section == CAMPUS
        }

    def would_be(self, hosted: "HostedPlugin", section: str, name: str, value: str) -> None:
        """Raise SettingsError where the value is not valid for this setting."""
        tried = with_browser(self._given, self._flat() | {_flat(section, name): value})
        if section != CAMPUS:
            load_settings(hosted.plugin.settings, hosted.name, tried)

    def _apply(self) -> None:
        runtime = self._runtime
        runtime.settings = campus = self._valid()
        for hosted in runtime.hosted.values():
            hosted.settings = load_settings(hosted.plugin.settings, hosted.name, campus)
        set_levels(campus)

    def _valid(self) -> CampusSettings:
        """The settings with every value that is still valid; a newer version may know a name no more."""
        kept: dict[str, str] = {}
        for place, value in self._flat().items():
            try:
                tried = with_browser(self._given, kept | {place: value})
                for hosted in self._runtime.hosted.values():
                    load_settings(hosted.plugin.settings, hosted.name, tried)
            except SettingsError as error:
                get_logger("kernel").warning("setting_ignored", setting=place, reason=str(error))
            else:
                kept[place] = value
        return with_browser(self._given, kept)

    def _flat(self) -> dict[str, str]:
        return {_flat(*place): value for place, (value, _) in self._chosen.items()}


def chosen_in(hosted: "HostedPlugin") -> Chosen:
    """What was set in the browser, as one plugin's database has it."""
    rows = hosted.database.execute("SELECT section, name, value, changed FROM azora_settings")
    return {(section, name): (value, changed) for section, name, value, changed in rows}


def choose(hosted: "HostedPlugin", section: str, name: str, value: str | None) -> None:
    """Keep what was set in the browser, or forget it, in the open transaction."""
    database = hosted.database
    database.execute("DELETE FROM azora_settings WHERE section = ? AND name = ?", section, name)
    if value is not None:
        database.execute(
            "INSERT INTO azora_settings (section, name, value, changed) VALUES (?, ?, ?, ?)",
            *(section, name, value, time.time()),
        )


def _flat(section: str, name: str) -> str:
    return name if section == CAMPUS else f"{section}_{name}"
