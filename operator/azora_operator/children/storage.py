"""The volume of a plugin's data folder. It has no owner: what people have entrusted outlives a deletion."""

from azora_operator.rendering import Object, Rendering


def volume_claim(given: Rendering) -> Object | None:
    storage, name = given.plugin.storage, given.volume
    if storage is None or name is None:
        return None
    chosen = {"storageClassName": storage.storage_class} if storage.storage_class else {}
    spec = {
        "accessModes": ["ReadWriteMany" if storage.shared else "ReadWriteOnce"],
        "resources": {"requests": {"storage": storage.size}},
        **chosen,
    }
    return given.child("v1", "PersistentVolumeClaim", spec, name=name, owned=False)
