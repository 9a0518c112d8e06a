"""How the front follows what was set in the browser: it holds no database, so it asks a process that does."""

from contextlib import closing
from typing import TYPE_CHECKING

import eventlet

from azora.cli.campus import control_path, operator_token
from azora.errors import AzoraError
from azora.observe.logs import get_logger, set_levels
from azora.processes.control import ControlClient
from azora.settings import SettingsError, with_browser
from azora.settings.live import LOOK_EVERY

if TYPE_CHECKING:
    from azora.settings import CampusSettings


class Following:
    """Keeps `campus` as the environment and the browser say together; every process knows the latter."""

    def __init__(self, given: "CampusSettings", names: list[str]) -> None:
        self.campus = self._given = given
        self._names = names
        self._chosen: dict[str, str] = {}

    def run(self) -> None:
        """Look for changes, for ever."""
        while True:
            eventlet.sleep(LOOK_EVERY)
            self.refresh()

    def refresh(self) -> None:
        """Take over what has been set since the last look; without an answer all stays as it is."""
        chosen = self._asked()
        if chosen is None or chosen == self._chosen:
            return
        try:
            self.campus = with_browser(self._given, chosen)
        except SettingsError as error:
            get_logger("kernel").warning("settings_not_read", reason=str(error))
        else:
            set_levels(self.campus)
        self._chosen = chosen

    def _asked(self) -> dict[str, str] | None:
        """The campus's settings from the first process that answers, as they were typed."""
        token = operator_token(self._given)
        for name in self._names:
            try:
                path = control_path(self._given.data_dir, name)
                with closing(ControlClient(path, token)) as client:
                    return dict(client.ask("settings"))
            except (AzoraError, OSError):
                continue
        return None
