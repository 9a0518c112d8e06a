"""What every child of a plugin is rendered from, and what all of them carry: labels, owner, names."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from azora_operator.parts import Job
from azora_operator.resources import API_VERSION, PlatformSpec, PluginSpec

Object = dict[str, Any]

MANAGER = "azora-operator"
PLUGIN_LABEL = "azora.dev/plugin"
PLATFORM_LABEL = "azora.dev/platform"
HASH_ANNOTATION = "azora.dev/hash"
REVISION_LABEL = "azora.dev/revision"
INSTANCE_LABEL = "app.kubernetes.io/instance"
FINALIZER = "azora.dev/operator"
"""Holds a resource that is being deleted until the operator has done its part."""


@dataclass(frozen=True)
class Rendering:
    """A plugin on its platform; `secrets` tells the hash of each Secret that it reads.

    `replicas` is how many pods it has now, which may follow its load; `served` are the kinds of others that
    this cluster knows; `instance` is the name of its canary where that is rendered.
    """

    meta: Object
    plugin: PluginSpec
    platform: PlatformSpec
    replicas: int
    secrets: dict[str, str] = field(default_factory=dict)
    served: frozenset[str] = frozenset()
    instance: str = ""

    @property
    def name(self) -> str:
        return str(self.meta["name"])

    @property
    def selector(self) -> dict[str, str]:
        """Selects this plugin's pods; never changes."""
        return {PLUGIN_LABEL: self.name, PLATFORM_LABEL: self.plugin.platform}

    @property
    def serving(self) -> dict[str, str]:
        """Selects those of this plugin's pods that are no canaries, or those that are."""
        return {**self.selector, INSTANCE_LABEL: self.instance or self.name}

    @property
    def labels(self) -> dict[str, str]:
        version = {"app.kubernetes.io/version": self.plugin.version} if self.plugin.version else {}
        return {
            "app.kubernetes.io/name": self.name,
            INSTANCE_LABEL: self.instance or self.name,
            "app.kubernetes.io/part-of": self.plugin.platform,
            "app.kubernetes.io/managed-by": MANAGER,
            **version,
            **self.selector,
        }

    @property
    def config(self) -> dict[str, str]:
        """The settings of its pods that are not secret."""
        address = self.platform.address
        own = {"AZORA_HOST": "0.0.0.0"} | ({"AZORA_PUBLIC_URL": address.url} if address else {})  # noqa: S104
        jobs = {"AZORA_JOBS": "elsewhere"} if self.jobs else {}
        return {**own, **jobs, **self.platform.config, **self.plugin.config}

    @property
    def jobs(self) -> list[Job]:
        """The jobs that the cluster starts."""
        return self.plugin.jobs if self.platform.jobs == "Cluster" else []

    @property
    def volume(self) -> str | None:
        """The PersistentVolumeClaim of its data folder."""
        return f"{self.name}-data" if self.plugin.storage else None

    @property
    def config_name(self) -> str:
        return f"{self.name}-{digest(self.config)}"

    @property
    def migration_name(self) -> str | None:
        """The Job of this image and command; another image has another."""
        if self.plugin.migration is None:
            return None
        made_from = [self.plugin.image, self.plugin.migration.command, self._database]
        made_from += ["breaking"] if self.plugin.migration.breaking else []
        return f"{self.name}-migrate-{digest(made_from)}"

    def child(
        self,
        api_version: str,
        kind: str,
        spec: Object | None = None,
        *,
        name: str = "",
        annotations: dict[str, str] | None = None,
        owned: bool = True,
        **parts: Any,
    ) -> Object:
        """A child of the plugin: gone when the plugin is, if it is `owned`."""
        whole: Object = {
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {
                "name": name or self.name,
                "namespace": self.meta["namespace"],
                "labels": self.labels,
                **({"ownerReferences": [self._owner]} if owned else {}),
                **({"annotations": annotations} if annotations else {}),
            },
            **({} if spec is None else {"spec": spec}),
            **parts,
        }
        whole["metadata"]["annotations"] = {**(annotations or {}), HASH_ANNOTATION: digest(whole)}
        return whole

    @property
    def _owner(self) -> Object:
        return {
            "apiVersion": API_VERSION,
            "kind": "AzoraPlugin",
            "name": self.name,
            "uid": self.meta["uid"],
            "controller": True,
            "blockOwnerDeletion": True,
        }

    @property
    def _database(self) -> Object | None:
        return self.platform.database.model_dump() if self.platform.database else None


def is_held(resource: Object) -> bool:
    """Whether it waits for the operator when it is deleted."""
    return FINALIZER in resource["metadata"].get("finalizers", ())


def secrets_of(plugin: PluginSpec, platform: PlatformSpec) -> set[str]:
    """The names of the Secrets that a plugin's pods read."""
    return secrets_of_platform(platform) | {each.secret for each in plugin.secrets}


def secrets_of_platform(platform: PlatformSpec) -> set[str]:
    """The names of the Secrets that all pods of a platform read."""
    sources = [source.secret for source in (platform.broker, platform.database) if source]
    return {*sources, *([platform.keys] if platform.keys else [])}


def digest(value: Any) -> str:
    """Ten characters that differ when the value differs."""
    written = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:10]
