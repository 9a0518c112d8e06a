"""A backup of the databases beside them, before they are migrated: the way back to the earlier version.

Files need none: a migration does not touch them. Its key lies with the campus's own, as readable as the
data are; it is for whoever must go back, not against thieves.
"""

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from azora.backup.folder import BEFORE_UPGRADE, one_at_a_time
from azora.backup.settings import BackupSettings
from azora.errors import AzoraError, Conflict, PluginError
from azora.observe.logs import get_logger
from azora.settings import load_settings

if TYPE_CHECKING:
    from azora.backup.places import Place
    from azora.registry import Registry
    from azora.settings import CampusSettings

T = TypeVar("T")
PATIENCE = 600.0
"""Seconds for which another backup of the campus is waited for."""

DAYS = 3
"""For so many days on which there was an upgrade the last backup before it is kept."""


@dataclass(frozen=True)
class WayBack:
    """The backup that was taken, and what brings it back."""

    id: str
    place: str
    key: str

    @property
    def command(self) -> str:
        at = ["--replace", "--from", self.place, "--key-file", self.key]
        return shlex.join(["azora", "restore", self.id, *at])


def back_up_databases(campus: "CampusSettings", registry: "Registry") -> WayBack | None:
    """Back up every database as it is; None where the settings want none.

    Raises PluginError where that fails: nothing has been changed then.
    """
    wanted = load_settings(BackupSettings, "backup", campus)
    if not wanted.before_upgrade:
        return None
    from azora.backup.create import back_up
    from azora.backup.places import open_place

    keys = campus.keys_folder / BEFORE_UPGRADE
    settings = wanted.model_copy(
        update={"key_file": keys / "backup.key", "hold": 0.0, "keep_daily": DAYS}
        | {"keep_weekly": 0, "keep_monthly": 0}
    )
    place = open_place(str(campus.data_dir / BEFORE_UPGRADE), settings)
    try:
        made = _in_turn(lambda: back_up(campus, registry, settings, place, keys=keys, files=False))
        _in_turn(lambda: _prune(campus, place, settings))
    except AzoraError as error:
        raise PluginError(
            f"The databases are older than this version, and no backup could be made before they are "
            f"migrated: {error.detail} Make room and start again, or say "
            "AZORA_BACKUP_BEFORE_UPGRADE=false once you have a backup of your own.",
            code="backup.before_upgrade_failed",
        ) from error
    way = WayBack(made.id, place.address, str(keys / "backup.key"))
    get_logger("kernel").info("backed_up_before_upgrade", place=way.place, go_back=way.command)
    return way


def _prune(campus: "CampusSettings", place: "Place", settings: BackupSettings) -> None:
    from azora.backup.retention import prune

    with one_at_a_time(campus.data_dir):
        prune(place, settings)


def _in_turn(make: Callable[[], T]) -> T:
    """What `make` makes, once those have done theirs who start at the same time."""
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            return make()
        except Conflict as error:
            if error.code != "backup.running" or time.monotonic() > limit:
                raise
        time.sleep(0.2)
