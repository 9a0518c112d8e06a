"""RabbitMQ and PostgreSQL of a platform, as resources of the operators that know how to keep them.

They have no owner: what a campus has entrusted to them outlives it.
"""

from typing import Any

from azora_operator.parts import Provided, Provision
from azora_operator.rendering import HASH_ANNOTATION, MANAGER, PLATFORM_LABEL, Object, digest
from azora_operator.resources import PlatformSpec


def provided(platform: Object) -> list[Object]:
    """What other operators are to make for a platform."""
    provide = PlatformSpec.of(platform).provide
    made = [] if provide is None else [_broker(provide.broker), _database(provide.database)]
    return [_labelled(platform, *each) for each in made if each]


def secrets_provided(platform: Object) -> set[str]:
    """The names of the Secrets in which those operators say how it is reached."""
    spec = PlatformSpec.of(platform)
    provide = spec.provide or Provision()
    sources = [provide.broker and spec.broker, provide.database and spec.database]
    return {source.secret for source in sources if source}


def _broker(asked: Provided | None) -> tuple[str, str, str, Object] | None:
    if asked is None:
        return None
    spec = {
        "replicas": asked.replicas,
        "persistence": {"storage": asked.size, **_class("storageClassName", asked)},
    }
    return "rabbitmq.com/v1beta1", "RabbitmqCluster", "broker", spec


def _database(asked: Provided | None) -> tuple[str, str, str, Object] | None:
    if asked is None:
        return None
    spec = {
        "instances": asked.replicas,
        "storage": {"size": asked.size, **_class("storageClass", asked)},
        "bootstrap": {"initdb": {"database": "azora", "owner": "azora"}},
    }
    return "postgresql.cnpg.io/v1", "Cluster", "database", spec


def _class(name: str, asked: Provided) -> dict[str, Any]:
    return {name: asked.storage_class} if asked.storage_class else {}


def _labelled(platform: Object, api_version: str, kind: str, part: str, spec: Object) -> Object:
    meta = platform["metadata"]
    whole: Object = {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {
            "name": f"{meta['name']}-{part}",
            "namespace": meta["namespace"],
            "labels": {
                PLATFORM_LABEL: meta["name"],
                "app.kubernetes.io/part-of": meta["name"],
                "app.kubernetes.io/managed-by": MANAGER,
            },
        },
        "spec": spec,
    }
    whole["metadata"]["annotations"] = {HASH_ANNOTATION: digest(whole)}
    return whole
