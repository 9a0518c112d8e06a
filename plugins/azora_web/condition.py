"""How the parts of a campus are, judged from what its processes say of themselves; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["works", "trouble", "away", "unknown"]
Overall = Literal["works", "some", "down", "unknown"]

CAMPUS = "campus"
"""The part that stands for all of it, in the history alone: for the times when nothing ran."""


class Process(Protocol):
    """What a process says of itself."""

    @property
    def plugins(self) -> Mapping[str, str]: ...

    @property
    def troubles(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Judged:
    """One part: how it is, and the reason for keepers."""

    part: str
    state: State
    reason: str = ""


def judge(
    parts: Iterable[str], refused: Mapping[str, str], nodes: Sequence[Process], *, cut_off: bool
) -> list[Judged]:
    """How each part is. `cut_off`: this process hears nobody else, so that silence says nothing."""
    found = [_part(part, nodes, cut_off=cut_off) for part in parts]
    return found + [Judged(name, "away", reason) for name, reason in sorted(refused.items())]


def overall(judged: Iterable[Judged]) -> Overall:
    """The campus in one word."""
    states = {one.state for one in judged}
    if states <= {"works"}:
        return "works"
    if "works" in states:
        return "some"
    return "unknown" if states == {"unknown"} else "down"


def _part(part: str, nodes: Sequence[Process], *, cut_off: bool) -> Judged:
    hosting = [_trouble(part, node) for node in nodes if part in node.plugins]
    if not hosting:
        return Judged(part, "unknown" if cut_off else "away", "no process of it is heard of")
    if "" in hosting:
        return Judged(part, "works")
    return Judged(part, "trouble", hosting[0])


def _trouble(part: str, node: Process) -> str:
    """What keeps a part from answering in a process: its own trouble, or one that is everybody's there."""
    for name, reason in node.troubles.items():
        if name == part:
            return reason
        if name not in node.plugins:
            return f"{name}: {reason}"
    return ""
