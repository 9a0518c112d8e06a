"""`azora doctor`: each setting and where it came from, what is wrong, and what to do about it."""

import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal

from azora.backup.folder import last_backup
from azora.observe.disk import disk_space
from azora.settings import KERNEL_SECTIONS, SettingsError, load_settings, section_class
from azora.settings.model import Settings

if TYPE_CHECKING:
    from azora.registry import Registry
    from azora.settings import CampusSettings

Severity = Literal["ok", "note", "warning", "problem"]

_OLD_BACKUP = 7 * 86_400.0
"""Seconds after which the last backup is too long ago."""

SHOWN_VERSIONS = ("nameko", "eventlet", "kombu", "pydantic", "peewee", "werkzeug")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `detail` says what is, `advice` what to do where it is not right."""

    area: str
    name: str
    severity: Severity
    detail: str
    source: str = ""
    advice: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def findings(settings: "CampusSettings", registry: "Registry") -> list[Finding]:
    """Everything that was looked at, settings first. Takes at most a few seconds; never raises."""
    from azora.reachability import reach

    return [
        *settings_findings(settings, registry),
        *_profile(settings),
        *_plugins(registry),
        *_data_folder(settings),
        *_certificate(settings),
        *reach(settings, registry),
        *_versions(),
    ]


def healthy(found: list[Finding]) -> bool:
    """Whether nothing among the findings keeps the campus from working."""
    return all(finding.severity != "problem" for finding in found)


def settings_findings(settings: "CampusSettings", registry: "Registry") -> Iterator[Finding]:
    """Every setting of the kernel and of the plugins; those that are refused as problems."""
    yield from _values("campus", "AZORA_", settings)
    sections: dict[str, Any] = {name: section_class(name) for name in KERNEL_SECTIONS}
    sections |= {name: loaded.plugin.settings for name, loaded in registry.plugins.items()}
    for name, kind in sections.items():
        try:
            values = load_settings(kind, name, settings)
        except SettingsError as error:
            for problem in error.problems:
                yield Finding("settings", name, "problem", problem, advice="Correct or remove it.")
        else:
            yield from _values(name, f"AZORA_{name.upper()}_", values)


def _values(area: str, prefix: str, values: Settings) -> Iterator[Finding]:
    for name in type(values).model_fields:
        yield Finding(
            f"settings of {area}",
            f"{prefix}{name.upper()}",
            "ok",
            values.shown(name),
            values.source_of(name),
        )


def _profile(settings: "CampusSettings") -> Iterator[Finding]:
    """What is fine on a laptop and is not in production."""
    if not settings.in_production:
        yield Finding("profile", "profile", "note", "development: cookies also travel over http")
        return
    if not (settings.public_url or "").startswith("https://"):
        yield Finding(
            "profile",
            "public_url",
            "problem",
            "production without an https address",
            advice="Set AZORA_PUBLIC_URL to the https:// address that browsers use.",
        )
    if settings.sentry_dsn is None:
        yield Finding(
            "profile",
            "sentry_dsn",
            "warning",
            "unexpected errors are only logged",
            advice="Set AZORA_SENTRY_DSN.",
        )


def _plugins(registry: "Registry") -> Iterator[Finding]:
    for name, loaded in registry.plugins.items():
        yield Finding("plugins", name, "ok", loaded.version)
    for name, reason in registry.refused.items():
        yield Finding(
            "plugins", name, "problem", f"refused: {reason}", advice="Update it or remove it."
        )


def _data_folder(settings: "CampusSettings") -> Iterator[Finding]:
    folder = settings.data_dir
    probe = folder / ".doctor"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        yield Finding(
            "data", str(folder), "problem", f"cannot be written: {error.strerror}",
            advice="Give this user the right to write there, or set AZORA_DATA_DIR.",
        )  # fmt: skip
        return
    yield Finding("data", str(folder), "ok", "can be written")
    yield _free_space(settings)
    yield _backup(settings)
    if folder.stat().st_mode & 0o007:
        yield Finding(
            "data", str(folder), "warning", "everybody on this machine may look into it",
            advice=f"chmod o-rwx {folder}",
        )  # fmt: skip


def _free_space(settings: "CampusSettings") -> Finding:
    space = disk_space(settings)
    if space.room == "full":
        advice = "Free some space: uploads are refused."
        return Finding("data", "disk", "problem", space.words, advice=advice)
    if space.room == "low":
        return Finding("data", "disk", "warning", space.words, advice="Free some space soon.")
    return Finding("data", "disk", "ok", space.words)


def _certificate(settings: "CampusSettings") -> Iterator[Finding]:
    """The certificate under which the campus serves HTTPS, and until when it is good."""
    from azora.tls.certificates import report

    for name, severity, detail, advice in report(settings):
        yield Finding("tls", name, severity, detail, advice=advice)


def _backup(settings: "CampusSettings") -> Finding:
    """When the campus was last backed up; on a laptop only a note."""
    last = last_backup(settings.data_dir)
    poor: Severity = "warning" if settings.in_production else "note"
    if not last:
        advice = "Set AZORA_BACKUP_TO and AZORA_BACKUP_CRON, or run azora backup."
        return Finding("data", "backup", poor, "none yet", advice=advice)
    words = f"{datetime.fromtimestamp(last, UTC):%Y-%m-%d %H:%M} UTC"
    if time.time() - last > _OLD_BACKUP:
        return Finding("data", "backup", poor, words, advice="Run azora backup.")
    return Finding("data", "backup", "ok", words)


def _versions() -> Iterator[Finding]:
    from azora import __version__

    yield Finding("versions", "azora", "ok", __version__)
    yield Finding("versions", "python", "ok", sys.version.split()[0])
    yield _sqlite()
    for name in SHOWN_VERSIONS:
        try:
            yield Finding("versions", name, "ok", version(name))
        except PackageNotFoundError:
            yield Finding(
                "versions", name, "problem", "is not installed", advice="pip install azora"
            )


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info < (3, 35):
        advice = "Use a Python built with SQLite 3.35 or later."
        return Finding("versions", "sqlite", "problem", sqlite3.sqlite_version, advice=advice)
    return Finding("versions", "sqlite", "ok", sqlite3.sqlite_version)
