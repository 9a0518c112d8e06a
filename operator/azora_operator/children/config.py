"""The ConfigMap of settings: immutable, and named by its hash, so that a change rolls the pods."""

from azora_operator.rendering import Object, Rendering


def config_map(given: Rendering, name: str, settings: dict[str, str]) -> Object:
    return given.child("v1", "ConfigMap", name=name, data=settings, immutable=True)
