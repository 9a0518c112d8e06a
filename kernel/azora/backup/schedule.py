"""Backups by the clock: a campus that runs starts `azora backup` for itself, in a process of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import eventlet

from azora.backup.folder import last_backup
from azora.backup.settings import BackupSettings
from azora.cron import latest_due, next_due
from azora.observe.logs import get_logger
from azora.settings import load_settings

if TYPE_CHECKING:
    from azora.settings import CampusSettings

LOOK, SLEEP = 0.2, 30.0
"""Seconds after which a backup, and after which the clock is looked at again, since it may be set."""


class Schedule:
    """Backs up at the times of a cron expression; a time that was slept through is made up for once."""

    def __init__(self, campus: "CampusSettings", cron: str) -> None:
        self._campus, self._cron = campus, cron
        self._done = last_backup(campus.data_dir)

    def run(self) -> None:
        """Back up whenever it is due, for ever."""
        if not self._done:
            self._done = time.time()
        while True:
            if latest_due(self._cron, time.time()) > self._done:
                self._done = time.time()
                self._back_up()
            wait = next_due(self._cron, time.time()) - time.time()
            eventlet.sleep(min(max(wait, 0.05), SLEEP))

    def _back_up(self) -> None:
        """Run the command and look now and then whether it has ended: the hub goes on meanwhile."""
        log = get_logger("kernel")
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "azora.command", "backup", "--json"],
                env=environment(self._campus),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            while process.poll() is None:
                eventlet.sleep(LOOK)
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
        if process.returncode:
            log.error("backup_failed", reason=words[-500:])
        else:
            log.info("backup_made")


def environment(campus: "CampusSettings") -> Mapping[str, str]:
    """What a command in another process must be told to find this campus."""
    told = {
        "AZORA_DATA_DIR": str(campus.data_dir),
        "AZORA_DATABASE_URL": campus.database_url,
        "AZORA_BROKER_URL": campus.broker_url,
    }
    return os.environ | {name: value for name, value in told.items() if value}


def start_schedule(campus: "CampusSettings") -> None:
    """Start the clock where the settings name a time and a place. It ends with its process."""
    settings = load_settings(BackupSettings, "backup", campus)
    if settings.cron and settings.to:
        eventlet.spawn(Schedule(campus, settings.cron).run)
