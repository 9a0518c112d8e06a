"""A model of a cluster for plans: it keeps what is written, and its pods become ready or crash."""

from hypothesis import settings
from hypothesis import strategies as st

from azora_operator.durations import stamp
from azora_operator.news import changes
from azora_operator.observed import Observed
from azora_operator.plan import plan
from azora_operator.rendering import FINALIZER, secrets_of
from azora_operator.resources import PlatformSpec, PluginSpec
from azora_operator.trouble import CRASHES

CASES = settings(deadline=None, max_examples=60)
FEW = settings(deadline=None, max_examples=20)

NAMES = st.text("abcdefghij", min_size=1, max_size=8)
SETTINGS = st.dictionaries(
    st.sampled_from(["AZORA_LOG_LEVEL", "AZORA_NAME", "AZORA_METRICS"]), NAMES, max_size=3
)
RESOURCES = st.fixed_dictionaries(
    {}, optional={"cpu": st.sampled_from(["100m", "2"]), "memory": st.sampled_from(["64Mi", "1Gi"])}
)
PLUGINS = st.fixed_dictionaries(
    {
        "platform": st.just("campus"),
        "image": st.sampled_from(["azora:1", "azora:2"]),
        "command": st.just(["azora", "run", "library"]),
        "replicas": st.integers(0, 5),
        "config": SETTINGS,
        "resources": RESOURCES,
    },
    optional={
        "version": st.sampled_from(["1.0", "v2"]),
        "secrets": st.lists(st.builds(lambda n: {"secret": n}, NAMES), max_size=2),
        "migration": st.just({"command": ["azora", "migrate", "library"], "timeout": "1m30s"}),
        "keys": st.just(["plugin-library"]),
        "jobs": st.just([{"operation": "library.tend_loans", "schedule": "10 5 * * *"}]),
        "storage": st.just({"size": "10Gi", "shared": True}),
        "network": st.just({"destinations": [{"ports": [25], "namespace": "mail"}]}),
        "deletion": st.sampled_from([{"policy": "Orphan"}, {"policy": "Purge"}, {}]),
        "http": st.builds(
            lambda port, paths: {"port": port, "paths": paths},
            st.integers(1, 65535),
            st.lists(st.sampled_from(["/library", "/admin/library", "/"]), unique=True),
        ),
    },
)
PLATFORMS = st.fixed_dictionaries(
    {"broker": st.just({"secret": "broker"}), "config": SETTINGS, "resources": RESOURCES},
    optional={
        "database": st.just({"secret": "database", "key": "uri"}),
        "keys": st.just("keys"),
        "network": st.builds(
            lambda isolate, destinations: {"isolate": isolate, "destinations": destinations},
            st.booleans(),
            st.sampled_from([None, [], [{"ports": [5672, 5432], "cidr": "10.0.0.0/8"}]]),
        ),
        "jobs": st.sampled_from(["Process", "Cluster"]),
        "address": st.builds(
            lambda more: {"url": "https://campus.example.org", **more},
            st.sampled_from([{}, {"gateway": {"name": "front"}}, {"tls": "certificate"}]),
        ),
    },
)


CRASHED = {
    "containerStatuses": [
        {
            "restartCount": CRASHES,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"reason": "Error", "exitCode": 3}},
        }
    ]
}


def answers(since):
    told = {"type": "Ready", "status": "True", "lastTransitionTime": stamp(since)}
    return {"conditions": [told]}


class World:
    """As much of a cluster as a plan sees: children that are kept as written, pods that follow."""

    def __init__(self, plugin, platform, served=frozenset({"HTTPRoute", "ServiceMonitor"})):
        self.served = served
        self.plugin = {
            "metadata": {"name": "library", "namespace": "n", "uid": "u", "generation": 1},
            "spec": plugin,
        }
        self.platform = {"metadata": {"name": "campus"}, "spec": platform}
        self.children, self.pods = {}, []
        self.crashing, self.stalling = set(), set()
        self.now, self.ready_since = 1_000_000.0, 0.0
        self.news, self.target, self.broker_trouble = [], None, ""
        self.still, self.tallies = {}, {}
        self.writes = self.deletes = 0

    def edit(self, spec):
        self.plugin["spec"] = spec
        self.plugin["metadata"]["generation"] += 1

    def look(self):
        return plan(self.plugin, self.seen())

    def seen(self):
        secrets = dict.fromkeys(self._secrets(), "hash") if self.platform else {}
        children, pods = dict(self.children), tuple(self.pods)
        return Observed(
            *(self.platform, children, secrets, frozenset(), pods),
            *(self.now, self.target, self.broker_trouble, self.still, self.served, self.tallies),
        )

    def _secrets(self):
        plugin = PluginSpec.model_validate(self.plugin["spec"])
        return secrets_of(plugin, PlatformSpec.of(self.platform))

    def step(self):
        """Carry one plan out; whether there was anything to do."""
        todo = self.look()
        for child in todo.write:
            key = child["kind"], child["metadata"]["name"]
            before = self.children.get(key)
            assert before is None or before.get("data") == child.get("data"), "immutable"
            assert before is None or child["kind"] != "Job", "the pods of a Job never change"
            generation = before["metadata"]["generation"] + 1 if before else 1
            meta = {**child["metadata"], "generation": generation}
            self.children[key] = {**child, "metadata": meta, "status": {}}
            self.writes += 1
        for child in todo.delete:
            del self.children[child["kind"], child["metadata"]["name"]]
            self.deletes += 1
        self.plugin["metadata"]["finalizers"] = [FINALIZER] if todo.hold else []
        self.news += [*todo.news, *changes(self.plugin.get("status", {}), todo.status)]
        self.plugin["status"] = todo.status
        return bool(todo.write or todo.delete)

    def live(self):
        """Jobs complete and pods become ready, or crash, as the controllers of Kubernetes would see to."""
        self.pods = []
        for (kind, _), child in self.children.items():
            if kind == "Job":
                child["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}
            if kind == "Deployment":
                self._run(child)

    def _run(self, deployment):
        wanted, template = deployment["spec"]["replicas"], deployment["spec"]["template"]
        image = template["spec"]["containers"][0]["image"]
        fails = image in self.crashing | self.stalling
        since = self.answering_since(template)
        status = CRASHED if image in self.crashing else {} if fails else answers(since)
        name = f"{deployment['metadata']['name']}-1"
        meta = {"name": name, "image": image, **template["metadata"]}
        self.pods += [{"metadata": meta, "status": status}] * wanted
        progress = {"type": "Progressing", "status": str(image not in self.stalling)}
        if image in self.stalling:
            progress["reason"] = "ProgressDeadlineExceeded"
        deployment["status"] = {
            "conditions": [progress],
            "observedGeneration": deployment["metadata"]["generation"],
            **dict.fromkeys(("replicas", "updatedReplicas"), wanted),
            **dict.fromkeys(("readyReplicas", "availableReplicas"), 0 if fails else wanted),
        }

    def answering_since(self, template):
        return self.ready_since

    def settle(self):
        for _ in range(8):
            busy = self.step()
            self.live()
            if not busy and not self.look().write and not self.look().delete:
                self.plugin["status"] = self.look().status
                return
        raise AssertionError("it goes on for ever")

    def kept(self):
        """What there is but for the memory of a revision that was good."""
        return {key for key in self.children if key[0] != "ControllerRevision"}

    def of_kind(self, wanted):
        return [child for (kind, _), child in self.children.items() if kind == wanted]

    def condition(self, kind):
        told = {each["type"]: each for each in self.plugin["status"]["conditions"]}
        return told[kind]["status"] == "True", told[kind]["reason"]
