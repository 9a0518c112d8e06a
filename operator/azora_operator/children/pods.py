"""What the pods of a plugin and of its migration have in common: settings, volumes, confinement."""

from azora_operator.parts import Resources
from azora_operator.rendering import Object, Rendering

DATA = "/var/lib/azora"
KEYS = "/etc/azora/keys"


def pod_spec(given: Rendering, container: Object, volume: str | None = None) -> Object:
    """A pod that may write into its own volumes and nowhere else; its data stay where they have one."""
    data: Object = {"persistentVolumeClaim": {"claimName": volume}} if volume else {"emptyDir": {}}
    return {
        "serviceAccountName": given.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumes": [
            {"name": "data", **data},
            {"name": "tmp", "emptyDir": {}},
            *([_keys(given)] if given.platform.keys else []),
        ],
        "containers": [container],
    }


def container(given: Rendering, name: str, command: list[str]) -> Object:
    """A container with the plugin's image, settings and secrets."""
    return {
        "name": name,
        "image": given.plugin.image,
        "command": command,
        "envFrom": [
            {"configMapRef": {"name": given.config_name}},
            *({"secretRef": {"name": each.secret}} for each in given.plugin.secrets),
        ],
        "env": _addresses(given),
        "volumeMounts": [
            {"name": "data", "mountPath": DATA},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
            *(
                [{"name": "keys", "mountPath": KEYS, "readOnly": True}]
                if given.platform.keys
                else []
            ),
        ],
        "resources": _resources(given.plugin.resources, given.platform.resources),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def _addresses(given: Rendering) -> list[Object]:
    """Where the broker and the database are, and where the plugin may write."""
    sources = {
        "AZORA_BROKER_URL": given.platform.broker,
        "AZORA_DATABASE_URL": given.platform.database,
    }
    referenced: list[Object] = [
        {
            "name": setting,
            "valueFrom": {"secretKeyRef": {"name": source.secret, "key": source.key}},
        }
        for setting, source in sources.items()
        if source
    ]
    folders = {"AZORA_DATA_DIR": DATA} | ({"AZORA_KEYS_DIR": KEYS} if given.platform.keys else {})
    return [*referenced, *({"name": name, "value": path} for name, path in folders.items())]


def _keys(given: Rendering) -> Object:
    """The public ring, and of the private keys those alone that the plugin signs with."""
    files = ["ring.json", *(f"{key}.key" for key in given.plugin.keys)]
    items = [{"key": file, "path": file} for file in files]
    source = {"secretName": given.platform.keys, "defaultMode": 0o440, "items": items}
    return {"name": "keys", "secret": source}


def _resources(own: Resources, default: Resources) -> Object:
    cpu, memory = own.cpu or default.cpu, own.memory or default.memory
    requests = {"cpu": cpu, "memory": memory}
    whole: Object = {"requests": {name: value for name, value in requests.items() if value}}
    if memory:
        whole["limits"] = {"memory": memory}
    return whole
