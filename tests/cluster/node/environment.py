"""What a pod's specification gives a container: its environment and its volumes."""

import base64
import re
from pathlib import Path
from typing import Any

from tests.cluster.node.api import Api, ApiError, Object
from tests.cluster.node.container import Mount


class ConfigError(Exception):
    """A ConfigMap, Secret or key that is not there."""


class Given:
    """Reads what one pod refers to."""

    def __init__(self, api: Api, pod: Object, address: str, folder: Path) -> None:
        self._api, self._pod, self._folder = api, pod, folder
        self._facts = {
            "metadata.name": pod["metadata"]["name"],
            "metadata.namespace": pod["metadata"]["namespace"],
            "metadata.uid": pod["metadata"]["uid"],
            "spec.nodeName": pod["spec"]["nodeName"],
            "status.podIP": address,
        }

    async def environment(self, container: Object) -> dict[str, str]:
        """`envFrom`, then `env`, whose values may name earlier ones as $(NAME)."""
        values: dict[str, str] = {"HOSTNAME": self._pod["metadata"]["name"]}
        for source in container.get("envFrom", ()):
            kind = "configMapRef" if "configMapRef" in source else "secretRef"
            read = await self._read(kind.removesuffix("Ref"), source[kind])
            prefix = source.get("prefix", "")
            values |= {prefix + key: value.decode() for key, value in read.items()}
        for entry in container.get("env", ()):
            values[entry["name"]] = await self._value(entry, values)
        return values

    async def mounts(self, container: Object) -> list[Mount]:
        """The container's volumes as folders of this node."""
        volumes = {volume["name"]: volume for volume in self._pod["spec"].get("volumes", ())}
        return [
            Mount(
                await self._folder_of(volumes[mount["name"]]),
                mount["mountPath"],
                mount.get("readOnly", False),
            )
            for mount in container.get("volumeMounts", ())
        ]

    async def _value(self, entry: Object, earlier: dict[str, str]) -> str:
        source = entry.get("valueFrom")
        if source is None:
            return re.sub(
                r"\$\((\w+)\)",
                lambda found: earlier.get(found[1], found[0]),
                entry.get("value", ""),
            )
        if "fieldRef" in source:
            return self._facts[source["fieldRef"]["fieldPath"]]
        kind = "configMap" if "configMapKeyRef" in source else "secret"
        reference = source[f"{kind}KeyRef"]
        read = await self._read(kind, reference)
        if reference["key"] in read:
            return read[reference["key"]].decode()
        if reference.get("optional"):
            return ""
        raise ConfigError(f"{kind} {reference['name']} has no key {reference['key']}")

    async def _folder_of(self, volume: Object) -> Path:
        folder = self._folder / "volumes" / volume["name"]
        folder.mkdir(parents=True, exist_ok=True)
        for kind, name in (("configMap", "name"), ("secret", "secretName")):
            if kind in volume:
                reference = volume[kind] | {"name": volume[kind][name]}
                _write(folder, await self._read(kind, reference), reference)
        return folder

    async def _read(self, kind: str, reference: Object) -> dict[str, bytes]:
        namespace, name = self._pod["metadata"]["namespace"], reference["name"]
        try:
            found = await self._api.get(f"/api/v1/namespaces/{namespace}/{kind.lower()}s/{name}")
        except ApiError as error:
            if error.status == 404 and reference.get("optional"):
                return {}
            raise ConfigError(f'{kind.lower()} "{name}" not found') from None
        return _bytes(kind, found)


def _bytes(kind: str, found: Object) -> dict[str, bytes]:
    data: dict[str, Any] = found.get("data") or {}
    if kind == "secret":
        return {key: base64.b64decode(value) for key, value in data.items()}
    return {key: value.encode() for key, value in data.items()}


def _write(folder: Path, read: dict[str, bytes], reference: Object) -> None:
    items = reference.get("items") or [{"key": key, "path": key} for key in read]
    for item in items:
        path = folder / item["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if item["key"] not in read:
            raise ConfigError(f"{reference['name']} has no key {item['key']}")
        path.write_bytes(read[item["key"]])
        path.chmod(0o400 if "secretName" in reference else 0o444)
