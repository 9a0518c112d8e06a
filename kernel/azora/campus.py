"""Puts a campus process together: its keys, its transport and its runtime."""

import os
import socket
from pathlib import Path

from azora.actor import load_keyring, prepare_keys
from azora.backup.switch import finish_restore
from azora.registry import Registry
from azora.runtime import Runtime
from azora.settings import CampusSettings
from azora.switched_off import switch_off


def prepare_campus(settings: CampusSettings, registry: Registry) -> None:
    """Make the data folder and the campus's keys where they are missing. Safe to repeat.

    Plugins that the campus has switched off leave the registry.
    A restore that was killed while it put things into their place is brought to its end.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    finish_restore(settings.data_dir)
    switch_off(registry, settings.data_dir)
    if not _are_given(settings.keys_folder):
        prepare_keys(settings.keys_folder, settings.campus_id, registry.permissions_elsewhere())


def _are_given(keys: Path) -> bool:
    """Whether somebody else keeps the keys: the folder may be read and not written, as a pod's may."""
    return (keys / "ring.json").exists() and not os.access(keys, os.W_OK)


def open_runtime(
    settings: CampusSettings,
    registry: Registry,
    names: list[str] | None = None,
    *,
    keeper: bool = True,
    aside: bool = False,
) -> Runtime:
    """A runtime that hosts `names` (or all), over RabbitMQ where a broker is set, else on its own.

    `keeper` lets this process act as the campus's operator, for commands at the terminal. One that is
    `aside` does not tell the others that it offers anything.
    """
    hosted = list(registry.plugins) if names is None else names
    actors = load_keyring(settings.keys_folder, set(hosted), keeper=keeper)
    transport = None
    if settings.broker_url:
        from azora.rpc.transport import AmqpTransport  # loaded where there is a broker

        name = f"{settings.campus_id}:{'+'.join(hosted)}@{socket.gethostname()}"
        transport = AmqpTransport(
            str(settings.broker_url),
            name,
            registry,
            [] if aside else hosted,
            settings.event_log_days,
            settings.rpc,
            None if aside else settings.canary_share,
        )
    return Runtime(registry, settings, actors, hosted, transport)
