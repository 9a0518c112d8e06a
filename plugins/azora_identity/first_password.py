"""The first administrator's one-time password: a file that only the keeper of the campus can read.

`azora up` shows it; the first use deletes it.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

FILE = "first-password"


def write(plugin: "HostedPlugin", email: str, password: str) -> None:
    """Leave e-mail address and password, a line each, for `azora up` to show."""
    path = _path(plugin)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{email}\n{password}\n")


def forget(plugin: "HostedPlugin", used: str) -> None:
    """Delete the file once its password has been used."""
    path = _path(plugin)
    if path.exists() and used in path.read_text().splitlines():
        path.unlink(missing_ok=True)


def _path(plugin: "HostedPlugin") -> Path:
    return Path(plugin.runtime.settings.data_dir) / FILE
