"""The operator as kopf's tutorial would have it, with kopf's defaults: a handler that makes the same children.

`python -m benchmarks.kopf_peer NAMESPACE`. It has no queue, no cache and no comparison of its own: what was
handled is in kopf's annotations, and every start handles every plugin again.
"""

import asyncio
import sys
import time
from typing import Any

import kopf
from kubernetes.client import ApiClient

from azora_operator.api import Api
from azora_operator.command import client
from azora_operator.kinds import PLATFORM
from azora_operator.observed import Observed
from azora_operator.plan import plan
from azora_operator.rendering import secrets_of
from azora_operator.resources import PlatformSpec, PluginSpec

HANDLED = "handled"
"""The line that it prints for each plugin that it has handled."""


def main() -> None:
    """Work until the process is ended."""
    registry = kopf.OperatorRegistry()
    handle = handler(client())
    for cause in (kopf.on.create, kopf.on.update, kopf.on.resume):
        cause("azora.dev", "v1alpha1", "azoraplugins", registry=registry)(handle)
    asyncio.run(kopf.operator(registry=registry, namespaces=[sys.argv[1]], standalone=True))


def handler(configured: ApiClient) -> Any:
    """Makes the children of a plugin, and tells of it in the status."""
    api = Api(configured)

    async def handle(body: Any, patch: Any, **_: Any) -> None:
        plugin = dict(body)
        namespace = plugin["metadata"]["namespace"]
        name = plugin["spec"]["platform"]
        platforms = await api.items(PLATFORM, namespace)
        platform = next(each for each in platforms if each["metadata"]["name"] == name)
        specs = (
            PluginSpec.model_validate(plugin["spec"]),
            PlatformSpec.model_validate(platform["spec"]),
        )
        secrets = {
            each: await api.secret_hash(namespace, each) or "" for each in secrets_of(*specs)
        }
        seen = Observed(platform, secrets=secrets, now=time.time())
        todo = plan(plugin, seen)
        for child in todo.write:
            await api.apply(child)
        patch.status.update(todo.status)
        print(HANDLED, flush=True)

    return handle


if __name__ == "__main__":
    main()
