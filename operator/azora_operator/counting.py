"""Asks the pods of every canary what they have counted, and tells whose trial that may move."""

import asyncio
from collections import defaultdict

import urllib3

from azora_operator.cache import Cache, Concerned, Owner
from azora_operator.kinds import PLUGIN
from azora_operator.rendering import PLUGIN_LABEL, REVISION_LABEL, Object
from azora_operator.status import is_ready
from azora_operator.tally import Tally, tally_of

_TIMEOUT = urllib3.Timeout(connect=1.0, read=2.0)


class Counting:
    """Remembers what was counted last."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._tallies: dict[Owner, dict[str, Tally]] = {}

    async def look(self) -> list[Concerned]:
        """Ask every pod once; the plugins that have a canary."""
        pods: defaultdict[tuple[Owner, str], list[Object]] = defaultdict(list)
        for pod in self._cache.canary_pods():
            meta = pod["metadata"]
            if is_ready(pod) and "deletionTimestamp" not in meta:
                owner = meta["namespace"], meta["labels"][PLUGIN_LABEL]
                pods[owner, meta["labels"][REVISION_LABEL]].append(pod)
        found = await asyncio.gather(*map(_tally, pods.values()))
        tallies: defaultdict[Owner, dict[str, Tally]] = defaultdict(dict)
        for (owner, revision), tally in zip(pods, found, strict=True):
            if tally is not None:
                tallies[owner][revision] = tally
        self._tallies = dict(tallies)
        return [(PLUGIN.name, owner) for owner, _ in pods]

    def tallies(self, plugin: Owner) -> dict[str, Tally]:
        """What the pods of a plugin's canary have counted, by their revision; none where that is not known."""
        return self._tallies.get(plugin, {})


async def _tally(pods: list[Object]) -> Tally | None:
    """What these pods have counted together; None where one of them does not say."""
    try:
        return tally_of(await asyncio.gather(*(asyncio.to_thread(_told, pod) for pod in pods)))
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError):
        return None


def _told(pod: Object) -> bytes:
    """What a pod tells of its calls. Raises HTTPError, ValueError or KeyError where it tells nothing."""
    address = pod["status"]["podIP"]
    host = f"[{address}]" if ":" in address else address
    port = pod["spec"]["containers"][0]["ports"][0]["containerPort"]
    url = f"http://{host}:{port}/canaryz"
    answer = urllib3.request("GET", url, timeout=_TIMEOUT, retries=False)
    if answer.status != 200:
        raise ValueError(f"{url} answers {answer.status}")
    return answer.data
