"""What there is, as a plan is made from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from azora_operator.rendering import REVISION_LABEL, Object
from azora_operator.tally import Tally

Key = tuple[str, str]
"""Kind and name of a child."""


@dataclass(frozen=True)
class Observed:
    """The platform, the plugin's children and pods, the hashes of Secrets, who else is Ready, the time.

    `target` is the number of pods that the load asks for, None where it is not known; `broker_trouble`
    says why the broker cannot be reached; `still` tells of pods for how many seconds they have held
    messages and finished none; `served` are the kinds of others that this cluster knows; `tallies` are what
    canaries of a revision have counted, where that is known.
    """

    platform: Object | None = None
    children: dict[Key, Object] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    ready: frozenset[str] = frozenset()
    pods: tuple[Object, ...] = ()
    now: float = 0.0
    target: int | None = None
    broker_trouble: str = ""
    still: dict[str, float] = field(default_factory=dict)
    served: frozenset[str] = frozenset()
    tallies: dict[str, Tally] = field(default_factory=dict)

    def of_kind(self, kind: str) -> list[Object]:
        """The children of one kind."""
        return [child for (of, _), child in sorted(self.children.items()) if of == kind]

    def pods_of(self, revision: str) -> Iterator[Object]:
        """The pods of a revision that are not on their way out."""
        for pod in self.pods:
            meta = pod["metadata"]
            if meta["labels"].get(REVISION_LABEL) == revision and "deletionTimestamp" not in meta:
                yield pod


def key_of(child: Object) -> Key:
    """Kind and name of a child."""
    return child["kind"], child["metadata"]["name"]
