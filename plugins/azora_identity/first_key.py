"""The key of a campus that has no administrator yet: a file that only its keeper can read.

`azora up --empty` shows the address that it opens; the first administrator's account deletes it.
"""

import hmac
import os
from pathlib import Path
from typing import TYPE_CHECKING

from azora_identity.domain import new_secret

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

FILE = "first-run"


def write(plugin: "HostedPlugin") -> None:
    """Leave a key for `azora up` to show; one that is there stays good."""
    try:
        made = os.open(_path(plugin), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(made, "w") as file:
        file.write(f"{new_secret()}\n")


def fits(plugin: "HostedPlugin", key: str) -> bool:
    """Whether this is the key. Nobody's is, once there is an administrator."""
    try:
        kept = _path(plugin).read_text().strip()
    except FileNotFoundError:
        return False
    return hmac.compare_digest(kept.encode(), key.encode())


def forget(plugin: "HostedPlugin") -> None:
    """Delete the key."""
    _path(plugin).unlink(missing_ok=True)


def _path(plugin: "HostedPlugin") -> Path:
    return Path(plugin.runtime.settings.data_dir) / FILE
