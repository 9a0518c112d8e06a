"""Whether what a campus depends on can be reached: databases, broker, Redis, collector, object store."""

import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from azora.doctor import Finding
from azora.errors import AzoraError
from azora.observe.masking import mask_text, mask_url

if TYPE_CHECKING:
    from azora.registry import LoadedPlugin, Registry
    from azora.settings import CampusSettings

Question = tuple[str, str, Callable[[], str], str]

PATIENCE = 3.0
"""Seconds that each may take to answer."""
MAX_SKEW = 2.0
"""Seconds by which clocks may differ: signed actors allow five."""


def reach(settings: "CampusSettings", registry: "Registry") -> Iterator[Finding]:
    """Ask everything that the settings name; what is not named is not needed."""
    for area, name, ask, advice in _questions(settings, registry):
        yield _tried(area, name, ask, advice)


def _questions(settings: "CampusSettings", registry: "Registry") -> Iterator[Question]:
    """What to ask: (area, name, how, advice where it fails)."""
    database = "Start the database, or correct AZORA_DATABASE_URL."
    for loaded in registry.plugins.values():
        yield "database", loaded.name, partial(_schema, settings, loaded), database
    for url in sorted({settings.database_url_of(name) or "" for name in registry.plugins} - {""}):
        yield "clock", mask_url(url), partial(clock_of, url), database
    if url := settings.broker_url or "":
        advice = "Start RabbitMQ, or correct AZORA_BROKER_URL."
        yield "broker", mask_url(url), partial(_broker, url), advice
    if url := settings.redis_url or "":
        advice = "Start Redis, or correct AZORA_REDIS_URL."
        yield "redis", mask_url(url), partial(_redis, url), advice
    if url := settings.otlp_endpoint or "":
        advice = "Start the collector, or remove AZORA_OTLP_ENDPOINT."
        yield "traces", url, partial(_port, url), advice
    if settings.files != "disk":
        advice = "Correct AZORA_FILES and its keys."
        yield "files", settings.files, partial(_bucket, settings), advice


class NotAsItShould(Exception):
    """Something answered, and is not as it should be: (severity, words, advice)."""


def _tried(area: str, name: str, ask: Callable[[], str], advice: str) -> Finding:
    try:
        return Finding(area, name, "ok", ask())
    except NotAsItShould as found:
        severity, words, advice = found.args
        return Finding(area, name, severity, words, advice=advice)
    except AzoraError as error:
        return Finding(area, name, "problem", error.detail, advice=advice)
    except Exception as error:  # noqa: BLE001 – whatever its driver raises is the reason
        words = mask_text(str(error).strip()) or type(error).__name__
        return Finding(area, name, "problem", words, advice=advice)


def _schema(settings: "CampusSettings", loaded: "LoadedPlugin") -> str:
    from azora.data.database import open_database
    from azora.data.migrations import load_migrations, pending

    database = open_database(loaded.name, settings)
    try:
        database.ping()
        missing = pending(database, load_migrations(loaded.package))
    finally:
        database.close()
    if missing:
        words = f"awaits {', '.join(missing)}"
        raise NotAsItShould("warning", words, "`azora up` and `azora migrate` run them.")
    return f"{database.dialect}, its schema is as new as the code"


def clock_of(url: str) -> str:
    """The product behind a PostgreSQL URL, and how far its clock is off."""
    import psycopg2

    connection = psycopg2.connect(url, connect_timeout=int(PATIENCE))
    try:
        cursor = connection.cursor()
        began = time.time()
        cursor.execute("select extract(epoch from clock_timestamp()), version()")
        there, product = cursor.fetchone()
        skew = abs(float(there) - (began + time.time()) / 2)
    finally:
        connection.close()
    if skew > MAX_SKEW:
        words = f"differs by {skew:.1f} s from this machine's"
        raise NotAsItShould("problem", words, "Run an NTP service on both machines.")
    return f"within {max(skew, 0.001):.3f} s of this machine's; {product.split(' on ')[0]}"


def _broker(url: str) -> str:
    from kombu import Connection

    with Connection(url, connect_timeout=PATIENCE) as connection:
        connection.connect()
        about: dict[str, Any] = connection.connection.server_properties
        return f"{about.get('product', 'AMQP')} {about.get('version', '')}".strip()


def _redis(url: str) -> str:
    import redis

    timeouts = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    with redis.Redis.from_url(url, **timeouts) as client:
        return f"Redis {client.info('server')['redis_version']}"


def _port(url: str) -> str:
    address = urlsplit(url)
    port = address.port or (443 if address.scheme == "https" else 80)
    with socket.create_connection((address.hostname, port), timeout=PATIENCE):
        return "listens"


def _bucket(settings: "CampusSettings") -> str:
    from azora.files.s3 import open_bucket

    bucket = open_bucket(settings.files, settings.files_access_key, settings.files_secret_key)
    bucket.client.head_bucket(Bucket=bucket.name)
    return f"bucket {bucket.name} answers"
