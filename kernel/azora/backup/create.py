"""Makes a backup: the files, then one moment of every database, then the files that came meanwhile.

In this order nothing that the databases name can be missing: what was there at their moment was there
when the files were first looked at, or has come since and is not swept for a day.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyrage

from azora import __version__
from azora.backup.archive import Manifest, packed
from azora.backup.blobs import BlobCopier
from azora.backup.catalog import ARCHIVE, BLOBS, NAMES, Backup, blob_name, complete, new_id
from azora.backup.databases import Databases, Member, databases_of, one_moment
from azora.backup.folder import kept_files, one_at_a_time, remember_backup
from azora.backup.keys import public_key
from azora.backup.places import Place, place_errors
from azora.backup.sealed import seal
from azora.errors import NotFound
from azora.files import open_files

if TYPE_CHECKING:
    from azora.backup.settings import BackupSettings
    from azora.registry import Registry
    from azora.settings import CampusSettings

Told = Callable[[str, int], None]
"""Hears of each step: its words, and how many bytes or files that was."""

WORK = ".backup-work"


def back_up(
    campus: "CampusSettings",
    registry: "Registry",
    settings: "BackupSettings",
    place: Place,
    plugins: list[str] | None = None,
    told: Told = lambda _words, _count: None,
    *,
    keys: Path | None = None,
    files: bool = True,
) -> Backup:
    """Back up the campus, or only some plugins of it. Whatever fails leaves the earlier backups whole.

    `keys` is the folder of the backups' key, where it is not the campus's own; without `files` blobs and
    streams are left where they are, and this does not count as the campus's last backup.
    """
    work = campus.data_dir / WORK
    with one_at_a_time(campus.data_dir), place_errors():
        databases = databases_of(campus, registry, settings, plugins, logs=files)
        if lost := sorted(set(plugins or ()) - databases.plugins):
            raise NotFound(
                f"{lost[0]} has no data here. Nothing was written.", code="backup.no_plugin"
            )
        recipient = public_key(keys or campus.keys_folder, place, settings)
        names = databases.plugins | (set() if plugins else set(registry.plugins))
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            of = sorted(names) if files else []
            making = _Making(campus, databases, of, place, recipient, work, told)
            made = making.backup(whole=plugins is None)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        if made.whole and files:
            remember_backup(campus.data_dir, made.id, made.at, place.address)
        return made


class _Making:
    """One backup on its way."""

    def __init__(
        self,
        campus: "CampusSettings",
        databases: Databases,
        plugins: list[str],
        place: Place,
        recipient: pyrage.x25519.Recipient,
        work: Path,
        told: Told,
    ) -> None:
        self._campus, self._databases, self._plugins = campus, databases, plugins
        self._place, self._recipient = place, recipient
        self._work, self._told = work, told
        self._blobs = BlobCopier(place, recipient, place.sizes(BLOBS))

    def backup(self, *, whole: bool) -> Backup:
        """Write every part; the last says that it is complete."""
        manifest = Manifest(new_id(), 0.0, __version__, self._campus.campus_id, whole)
        self._copy_blobs(manifest)
        parts = f"backups/{manifest.id}/"
        with self._place.writing(parts + ARCHIVE) as file:
            chunks = packed(self._members(manifest), manifest, self._tell_bytes)
            size, digest = seal(chunks, self._recipient, file)
        names = "\n".join(sorted(self._blob_names(manifest))).encode()
        self._place.write(parts + NAMES, names)
        done = Backup(
            id=manifest.id,
            at=manifest.at,
            azora=manifest.azora,
            whole=whole,
            plugins=sorted(manifest.plugins),
            rows=sum(sum(part.tables.values()) for part in manifest.plugins.values()),
            blobs=sum(map(len, manifest.blobs.values())),
            new_blobs=self._blobs.copied,
            damaged_blobs=sum(map(len, manifest.damaged_blobs.values())),
            size=size,
            archive=digest,
            names=hashlib.sha256(names).hexdigest(),
            queued_events=manifest.queued_events,
        )
        complete(self._place, done)
        return done

    def _members(self, manifest: Manifest) -> Iterator[Member]:
        with one_moment(self._databases) as moment:
            manifest.at, manifest.queued_events = moment.at, moment.queued_events
            self._copy_blobs(manifest)
            yield from moment.members(self._work, manifest)
        if manifest.whole:
            yield from kept_files(self._campus)

    def _copy_blobs(self, manifest: Manifest) -> None:
        for plugin in self._plugins:
            store = open_files(plugin, self._campus)
            self._blobs.copy(plugin, store, manifest, lambda count: self._told("Files", count))

    def _blob_names(self, manifest: Manifest) -> Iterable[str]:
        digests = {digest for blobs in manifest.blobs.values() for digest in blobs}
        return (blob_name(digest, self._recipient) for digest in digests)

    def _tell_bytes(self, count: int) -> None:
        self._told("Databases", count)
