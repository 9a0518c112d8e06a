"""A model of a cluster in which canaries are called, well or badly, while time passes."""

from tests.operator.world import World

from azora_operator.rendering import REVISION_LABEL
from azora_operator.tally import Tally

GOOD, BETTER, BEST, FAULTY, SLOW = (f"azora:{name}" for name in ("1", "2", "3", "faulty", "slow"))
STEPS, HOLD = [5, 25, 50], 120
SPEC = {
    "platform": "campus",
    "image": GOOD,
    "command": ["azora", "run", "library"],
    "http": {"port": 8000},
    "rollout": {"strategy": "Canary", "canary": {"steps": STEPS, "maxLatency": "500ms"}},
}
BLUE_GREEN = {
    "strategy": "BlueGreen",
    "blueGreen": {"preview": f"{HOLD}s", "keep": f"{HOLD}s"},
}
PLATFORM = {"broker": {"secret": "broker"}}


class TrialWorld(World):
    """`calls` is how often each canary has been called since it came; None where nobody can say."""

    def __init__(self, plugin=SPEC, platform=PLATFORM):
        super().__init__(plugin, platform)
        self.calls, self.began = 100, {}
        self.shares, self.images = [], []
        self.settle()
        self.pass_time(60)

    def answering_since(self, template):
        return self.began.setdefault(template["metadata"]["labels"][REVISION_LABEL], self.now)

    def live(self):
        super().live()
        canary = self.children.get(("Deployment", "library-canary"))
        self.tallies = {}
        if canary and self.calls is not None:
            image, calls = image_of(canary), self.calls if self.share() else 0
            faults = calls // 2 if image == FAULTY else 0
            tally = Tally(calls, faults, 2.0 if image == SLOW else 0.1)
            self.tallies = {canary["spec"]["template"]["metadata"]["labels"][REVISION_LABEL]: tally}

    def step(self):
        busy = super().step()
        self.images.append(self.image("library"))
        if (share := self.share()) is not None and self.shares[-1:] != [share]:
            self.shares.append(share)
        return busy

    def change(self, **spec):
        self.edit({**self.plugin["spec"], **spec})
        self.settle()

    def pass_time(self, seconds=HOLD):
        self.now += seconds
        self.live()
        self.settle()

    def image(self, deployment):
        found = self.children.get(("Deployment", deployment))
        return image_of(found) if found else None

    def behind(self, service):
        """The images that a Service leads to; None where there is no such Service."""
        found = self.children.get(("Service", service))
        if found is None:
            return None
        chosen = found["spec"]["selector"].items()
        pods = [pod for pod in self.pods if chosen <= pod["metadata"]["labels"].items()]
        return {pod["metadata"]["image"] for pod in pods}

    def share(self):
        """What the canary's pods are told, in percent."""
        canary = self.children.get(("Deployment", "library-canary"))
        if canary is None:
            return None
        (container,) = canary["spec"]["template"]["spec"]["containers"]
        return round(100 * float(container["env"][-1]["value"]))


def image_of(deployment):
    return deployment["spec"]["template"]["spec"]["containers"][0]["image"]
