"""Puts a campus process together: identity of the campus, keys, transport, runtime."""

from pathlib import Path

from azora.actor import load_keyring, prepare_keys
from azora.ids import uuid7
from azora.loader import Registry
from azora.runtime import Runtime
from azora.settings import CampusSettings


def prepare_campus(settings: CampusSettings, registry: Registry) -> None:
    """Make the data folder, the campus's name and its keys where they are missing. Safe to repeat."""
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    prepare_keys(_keys(settings), campus_id(settings), registry.permissions_elsewhere())


def campus_id(settings: CampusSettings) -> str:
    """The audience of this campus's actors: set, or made once and kept with the data."""
    if settings.campus_id:
        return str(settings.campus_id)
    path = Path(settings.data_dir) / "campus-id"
    if not path.exists():
        path.write_text(uuid7())
    return path.read_text().strip()


def open_runtime(
    settings: CampusSettings,
    registry: Registry,
    names: list[str] | None = None,
    *,
    keeper: bool = False,
) -> Runtime:
    """A runtime that hosts `names` (or all), over RabbitMQ where a broker is set, else on its own.

    `keeper` lets this process act as the campus's operator, for commands at the terminal.
    """
    hosted = names or list(registry.plugins)
    actors = load_keyring(_keys(settings), set(hosted), keeper=keeper)
    transport = None
    if settings.broker_url:
        from azora.rpc.transport import (
            AmqpTransport,
        )  # the broker's libraries load where one is used

        name = f"azora:{'+'.join(hosted)}"
        transport = AmqpTransport(_plain(settings.broker_url), name, registry, hosted)
    return Runtime(registry, settings, actors, hosted, transport)


def _keys(settings: CampusSettings) -> Path:
    return Path(settings.data_dir) / "keys"


def _plain(value: object) -> str:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal() if reveal else value)
