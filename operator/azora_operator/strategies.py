"""How a new revision takes the place of the old one: pod by pod, or tried on a share of the calls before."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from azora_operator.parts import Duration, Part, lasting, rules

ALL = 100
Percent = Annotated[int, Field(ge=1, le=100)]


class CanarySpec(Part):
    """What share of the calls a new revision gets, for how long, and when it is given up."""

    steps: list[Percent] = Field(
        [5, 25, 50],
        min_length=1,
        max_length=16,
        description="The share of the calls in percent, one after the other; after the last it takes the place of the old.",
        json_schema_extra=rules(
            ("self.isSorted()", "a canary's share only grows: give the steps in rising order")
        ),
    )
    hold: Duration = lasting("1s", "24h", "How long each step lasts at least.", "2m")
    calls: int = Field(
        20,
        ge=1,
        le=1_000_000,
        description="How many calls it must have answered in a step before the next.",
    )
    max_error_ratio: float = Field(
        0.01,
        ge=0,
        le=1,
        description="The share of its calls that may fail by its own fault: 0.01 is one of a hundred.",
    )
    max_latency: Duration | None = lasting(
        "1ms",
        "1h",
        "How long 95 of 100 calls may take at most; without it that does not count.",
        None,
    )
    deadline: Duration = lasting(
        "10s", "24h", "How long a step may wait for calls or numbers; then it is given up.", "1h"
    )


class BlueGreenSpec(Part):
    """How long the new pods are looked at before the switch, and the old ones kept after it."""

    preview: Duration = lasting(
        "1s", "24h", "How long the new pods are there, and get nothing, before the switch.", "2m"
    )
    approve: bool = Field(
        False,
        description="Switch only when the annotation azora.dev/approve names the new revision.",
    )
    keep: Duration = lasting(
        "1s", "24h", "How long the old pods stay after the switch, for an instant return.", "5m"
    )
    calls: int = Field(
        20, ge=1, le=1_000_000, description="Calls after the switch that count at least as so many."
    )
    max_error_ratio: float = Field(
        0.01,
        ge=0,
        le=1,
        description="The share of the calls that may fail by its own fault; beyond it the old pods have them again.",
    )


@dataclass(frozen=True)
class Stage:
    """A share of the calls in percent, for how long, and what is allowed and awaited meanwhile."""

    share: int
    lasts: str
    calls: int
    max_error_ratio: float
    max_latency: str | None = None
    deadline: str | None = None
    approved: bool = False


class RolloutSpec(Part):
    """How the pods of a new revision come."""

    strategy: Literal["Rolling", "Canary", "BlueGreen"] = Field(
        "Rolling",
        description="Rolling: pods are replaced one by one. Canary: pods of the new revision get a share of the calls first, and are judged. BlueGreen: as many new pods come beside the old ones, and get the calls and pages all at once.",
    )
    canary: CanarySpec = Field(CanarySpec(), description="How a canary is tried.")
    blue_green: BlueGreenSpec = Field(BlueGreenSpec(), description="How blue becomes green.")

    @property
    def stages(self) -> list[Stage]:
        """What a new revision goes through before the pods are made from it."""
        if self.strategy == "Canary":
            one = self.canary
            limits = one.calls, one.max_error_ratio, one.max_latency, one.deadline
            return [Stage(share, one.hold, *limits) for share in one.steps]
        if self.strategy == "BlueGreen":
            two = self.blue_green
            limited = two.calls, two.max_error_ratio
            return [
                Stage(0, two.preview, *limited, approved=two.approve),
                Stage(ALL, two.keep, *limited),
            ]
        return []
