"""What becomes of a plugin that leaves a campus: its database, files, key and queues are deleted."""

import importlib.metadata
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from azora.files import open_files
from azora.loader import GROUP

if TYPE_CHECKING:
    from azora.registry import LoadedPlugin
    from azora.settings import CampusSettings


def delete_data(name: str, settings: "CampusSettings") -> None:
    """Delete everything that a plugin keeps. The caller owns the data; nobody runs the plugin."""
    open_files(name, settings).sweep((), older_than=-1.0)
    shutil.rmtree(settings.data_dir / "files" / name, ignore_errors=True)
    url = settings.database_url_of(name)
    if url is None:
        for path in _database_files(settings.data_dir, name):
            path.unlink(missing_ok=True)
    else:
        from azora.backup.postgres_switch import drop

        drop(url, name)
    if os.access(settings.keys_folder, os.W_OK):
        (settings.keys_folder / f"plugin-{name}.key").unlink(missing_ok=True)


def drop_events(loaded: "LoadedPlugin", settings: "CampusSettings", *, log: bool = False) -> None:
    """Delete the queues in which a broker keeps events for a plugin, and its `log` of all; else nothing."""
    if settings.broker_url is None:
        return
    from azora.rpc.queues import delete_queues, queue_of
    from azora.rpc.streams import stream_of

    handlers = [handler for _, _, handler in loaded.handlers.values()]
    queues = [f"rpc-{loaded.name}", *(queue_of(loaded.name, each) for each in handlers)]
    logs = [stream_of(loaded.name)] if log and loaded.plugin.keeps_log else []
    delete_queues(str(settings.broker_url), queues + logs)


def distribution_of(name: str) -> str:
    """The Python distribution that brings a plugin; `azora` for those that come with it."""
    points = importlib.metadata.entry_points(group=GROUP, name=name)
    return next((point.dist.name for point in points if point.dist), "")


def _database_files(data_dir: Path, name: str) -> list[Path]:
    path = data_dir / "db" / f"{name}.db"
    return [path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))]
