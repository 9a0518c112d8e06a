"""Restores a campus, or one plugin of it: made ready beside what is there, then put in its place at once."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyrage

from azora.backup.archive import Manifest
from azora.backup.blobs import put_back
from azora.backup.catalog import Backup, chosen
from azora.backup.databases import existing
from azora.backup.folder import one_at_a_time
from azora.backup.keys import Secrets, private_key
from azora.backup.places import Place, place_errors
from azora.backup.reading import unpacked
from azora.backup.staging import Staged, stage_database
from azora.backup.switch import ASIDE, STAGE, Moves, finish_restore, switch
from azora.data.migrations import load_migrations, unknown
from azora.errors import Conflict, NotFound, PluginError
from azora.files import open_files

if TYPE_CHECKING:
    from azora.registry import Registry
    from azora.settings import CampusSettings

Told = Callable[[str, int], None]
BOUNDLESS = 1 << 62


@dataclass
class Restored:
    """What a restore did: the rows of each plugin, tables left out, and where the old things lie."""

    backup: Backup
    plugins: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    aside: str | None = None


def restore(
    campus: "CampusSettings",
    registry: "Registry",
    place: Place,
    secrets: Secrets,
    *,
    id: str | None = None,
    plugin: str | None = None,
    replace: bool = False,
    told: Told = lambda _words, _count: None,
) -> Restored:
    """Bring a backup back, the newest unless `id` names one; `replace` where a campus is there.

    The caller owns the data folder. Until everything is ready nothing of what is there changes.
    """
    campus.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with one_at_a_time(campus.data_dir), place_errors():
        finish_restore(campus.data_dir)
        identity = private_key(place, secrets)
        backup = chosen(place, id)
        restoring = _Restoring(campus, registry, place, identity, backup, plugin, told)
        try:
            return restoring.run(replace=replace)
        finally:
            if not (restoring.stage / "ready").exists():
                shutil.rmtree(restoring.stage, ignore_errors=True)


class _Restoring:
    """One restore on its way."""

    def __init__(
        self,
        campus: "CampusSettings",
        registry: "Registry",
        place: Place,
        identity: pyrage.x25519.Identity,
        backup: Backup,
        plugin: str | None,
        told: Told,
    ) -> None:
        self._campus, self._registry = campus, registry
        self._place, self._identity, self._backup = place, identity, backup
        self._plugin, self._told = plugin, told
        self.stage = campus.data_dir / STAGE
        self._names = [plugin] if plugin else backup.plugins

    def run(self, *, replace: bool) -> Restored:
        if self._plugin and self._plugin not in self._backup.plugins:
            raise NotFound(
                f"{self._plugin} is not in this backup. Nothing was changed.",
                code="backup.no_plugin",
            )
        alone = self._plugin is not None or not self._backup.whole
        occupied = Occupied.of(self._campus, self._names if alone else None)
        occupied.check(replace=replace)
        shutil.rmtree(self.stage, ignore_errors=True)
        self.stage.mkdir(mode=0o700)
        manifest = unpacked(self._place, self._backup, self._identity, self.stage, self._told)
        self._check_versions(manifest)
        self._put_blobs(manifest)
        staged = [
            stage_database(self._campus, self._registry, self.stage, manifest, name, self._plugin)
            for name in self._names
        ]
        return self._switch(manifest, staged, occupied)

    def _check_versions(self, manifest: Manifest) -> None:
        for name in self._names:
            part, loaded = manifest.plugins[name], self._registry.plugins.get(name)
            same = (part.form == "sqlite") == (self._campus.database_url_of(name) is None)
            if loaded is None and same and part.form == "sqlite":
                continue
            if loaded is None:
                raise PluginError(
                    f"{name} is in this backup and not installed here; its tables cannot be made. "
                    "Nothing was changed. Install it, or restore the others one by one.",
                    code="backup.plugin_missing",
                )
            if newer := unknown(load_migrations(loaded.package), part.history):
                raise Conflict(
                    f"{name} in this backup has {newer[-1]}, which this version of it does not know. "
                    f"Nothing was changed. Install Azora {manifest.azora} or later and try again.",
                    code="backup.too_new",
                )

    def _put_blobs(self, manifest: Manifest) -> None:
        generous = self._campus.model_copy(update={"max_upload": BOUNDLESS})
        for name, blobs in manifest.blobs.items():
            if self._plugin in (None, name):
                store = open_files(name, generous)
                tell = lambda count: self._told("Files", count)  # noqa: E731
                put_back(self._place, name, blobs, store, self._identity, tell)

    def _switch(self, manifest: Manifest, staged: list[Staged], occupied: "Occupied") -> Restored:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ").lower()
        moves = Moves(f"{ASIDE}{stamp}")
        data_dir = self._campus.data_dir
        for path in occupied.files:
            for each in (
                path,
                path.with_name(f"{path.name}-wal"),
                path.with_name(f"{path.name}-shm"),
            ):
                if each.exists():
                    moves.set_aside(each)
        for one in staged:
            if one.file is not None:
                moves.put(one.file, data_dir / "db" / one.file.name)
        if self._backup.whole and not self._plugin:
            self._keep_folder(moves)
        if schemas := [(one.url, one.plugin) for one in staged if one.url]:
            from azora.backup.postgres_switch import take_over

            take_over(schemas, occupied.schemas, stamp)
        switch(data_dir, moves)
        aside = data_dir / moves.aside
        return Restored(
            self._backup,
            {name: sum(manifest.plugins[name].tables.values()) for name in self._names},
            {one.plugin: one.left_out for one in staged if one.left_out},
            str(aside) if aside.exists() else None,
        )

    def _keep_folder(self, moves: Moves) -> None:
        """Keys and other files go to where they were; the settings' file is put beside, to be read."""
        for part, target in (
            ("keys", self._campus.keys_folder),
            ("folder", self._campus.data_dir),
        ):
            for path in sorted((self.stage / part).rglob("*")):
                if path.is_file():
                    moves.put(path, target / path.relative_to(self.stage / part))
        settings = self.stage / "settings" / "azora.toml"
        if settings.exists():
            moves.put(settings, self._campus.data_dir / "restored-azora.toml")


@dataclass
class Occupied:
    """What is already where a restore would put things."""

    files: list[Path]
    schemas: list[tuple[str, str]]

    @classmethod
    def of(cls, campus: "CampusSettings", names: list[str] | None) -> "Occupied":
        return cls(*existing(campus, names))

    def check(self, *, replace: bool) -> None:
        """Raise Conflict where there is something, unless it is to be replaced and nobody uses it."""
        for url in {url for url, _ in self.schemas}:
            from azora.backup.postgres_switch import check_alone

            check_alone(url)
        if replace or not (self.files or self.schemas):
            return
        found = [path.stem for path in self.files] + [schema for _, schema in self.schemas]
        raise Conflict(
            f"A campus is here already (data of {', '.join(sorted(set(found)))}). Nothing was "
            "changed. Choose another folder with --data, or replace it with --replace: what is "
            "here is then set aside.",
            code="backup.campus_there",
        )
