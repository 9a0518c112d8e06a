"""How often the operator may act by itself on one plugin: healing that goes on for ever hides a fault."""

from dataclasses import dataclass, field

from azora_operator.conditions import Fact, Reason
from azora_operator.durations import moment, seconds, stamp
from azora_operator.parts import Healing
from azora_operator.rendering import Object


@dataclass(frozen=True)
class Heal:
    """Once that the operator acts by itself."""

    at: float
    action: str
    message: str

    @property
    def told(self) -> Object:
        """As it stands in the status."""
        return {"time": stamp(self.at), "action": self.action, "message": self.message}


@dataclass(frozen=True)
class Budget:
    """What is left of it now; the status of the plugin remembers what was used."""

    healing: Healing
    used: list[Object] = field(default_factory=list)

    @classmethod
    def of(cls, healing: Healing, status: Object, now: float) -> "Budget":
        since = now - seconds(healing.window)
        used = [each for each in status.get("heals", ()) if moment(each["time"]) > since]
        return cls(healing, used)

    @property
    def is_spent(self) -> bool:
        return len(self.used) >= self.healing.budget

    def exhausted(self, why: str) -> Fact:
        """That something is wrong, and nothing more is done about it."""
        message = (
            f"{why}; nothing is done, since the operator has acted {len(self.used)} times "
            f"within {self.healing.window}"
        )
        return Fact("Degraded", True, Reason.HEALING_EXHAUSTED, message)
