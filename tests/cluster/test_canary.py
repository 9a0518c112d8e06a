"""A new revision under real calls: a mistake is seen by the canary's share alone, and a good one takes over."""

import json
import shutil
from collections import Counter
from pathlib import Path

import eventlet
import pytest
from tests.cluster.campus import outside, platform, plugin, port_of, secret, within_cluster
from tests.cluster.cluster import EXTENDED, same
from tests.kernel.hosting import make_plugin

from azora import ServiceError
from azora.campus import open_runtime, prepare_campus
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.settings import load_campus_settings
from azora.testing.servers import wait_until

pytestmark = pytest.mark.needs("rabbitmq")

SOURCE = Path(__file__).parent / "gong"
CANARY = {"steps": [25, 50], "hold": "2s", "calls": 20, "maxErrorRatio": 0.05}
GONG = plugin(
    "gong",
    image=EXTENDED,
    command=["sh", "-c", "azora migrate gong && exec azora run gong"],
    healing={"provenAfter": "1s"},
    rollout={"strategy": "Canary", "canary": CANARY},
)
SOON, WHILE = 60.0, 90.0


@pytest.fixture(scope="module")
def kubectl(new_namespace):
    return new_namespace("canary")


@pytest.fixture(scope="module")
def gong(whole_cluster, kubectl, operator, rabbitmq):
    """The broker's URL of a campus whose gong is proven."""
    whole_cluster.extend(shutil.copytree(SOURCE, whole_cluster.folder / "gong"))
    url = rabbitmq.new_vhost()
    kubectl.apply(
        *outside(whole_cluster, "rabbitmq", port_of(url)),
        secret("broker", url=within_cluster(url, "rabbitmq")),
        platform(),
        GONG,
    )
    same(lambda: is_good(kubectl), True, SOON)
    return url


@pytest.fixture
def caller(gong, tmp_path):
    """A process of that campus which strikes the gong some fifty times a second, and notes what it heard."""
    registry = load_registry([make_plugin("ear")], installed=False)
    settings = load_campus_settings(data_dir=tmp_path / "data", broker_url=gong)
    prepare_campus(settings, registry)
    runtime = open_runtime(settings, registry)
    upgrade(runtime)
    runtime.start()
    assert runtime.transport.wait_ready(10)
    heard = Counter()

    def strike():
        try:
            heard[runtime.call("gong.strike", {}, timeout=20)["sound"]] += 1
        except ServiceError as error:
            heard[error.code] += 1

    def strike_on():
        while True:
            eventlet.spawn_n(strike)
            eventlet.sleep(0.02)

    striking = eventlet.spawn(strike_on)
    yield heard
    striking.kill()
    runtime.stop(grace=2)


def status(kubectl):
    return kubectl.get("azoraplugin", "gong").get("status", {})


def is_good(kubectl):
    told = status(kubectl)
    return told.get("revision") is not None and told["revision"] == told.get("lastGoodRevision")


def reason(kubectl, kind):
    told = {each["type"]: each["reason"] for each in status(kubectl).get("conditions", ())}
    return told.get(kind)


def change(kubectl, **config):
    patch = json.dumps(
        {"spec": {"config": {f"AZORA_GONG_{k.upper()}": v for k, v in config.items()}}}
    )
    kubectl("patch", "azoraplugin", "gong", "--type=merge", "--patch", patch)


def deployments(kubectl):
    return {each["metadata"]["name"] for each in kubectl.items("deployments")}


def pods(kubectl):
    found = kubectl.items("pods", "--selector", "app.kubernetes.io/instance=gong")
    return {pod["metadata"]["uid"] for pod in found}


def test_mistake_of_a_canary_is_seen_by_its_share_alone_and_a_good_one_takes_over(kubectl, caller):
    before = pods(kubectl)
    wait_until(lambda: caller["deep"] > 50, SOON)
    change(kubectl, sound="new", broken="true")
    same(lambda: reason(kubectl, "Promoted"), "CanaryRunning", SOON)
    same(lambda: reason(kubectl, "Degraded"), "RolledBack", WHILE)
    same(lambda: deployments(kubectl), {"gong"}, SOON)
    assert pods(kubectl) == before
    assert caller.keys() == {"deep", "internal"}
    assert caller["internal"] < caller["deep"]
    mistakes, sounds = caller["internal"], caller["deep"]
    wait_until(lambda: caller["deep"] > sounds + 100, SOON)
    assert caller["internal"] <= mistakes + 5

    caller.clear()
    change(kubectl, sound="bright", broken="false")
    wait_until(lambda: caller["bright"], WHILE)
    assert pods(kubectl) == before
    same(lambda: reason(kubectl, "Ready"), "Ready", WHILE)
    same(lambda: deployments(kubectl), {"gong"}, SOON)
    assert caller.keys() <= {"deep", "bright"}
    caller.clear()
    wait_until(lambda: caller["bright"] > 100, SOON)
    assert caller.keys() == {"bright"}


def hears_only(caller, sound):
    """Whether every strike of half a second sounds so; none may fail."""
    caller.clear()
    eventlet.sleep(0.5)
    assert caller.keys() <= {"bright", "shrill"}
    return caller.keys() == {sound}


def test_green_has_all_calls_at_once_and_so_has_blue_when_it_is_taken_back(kubectl, caller):
    rollout = {"strategy": "BlueGreen", "blueGreen": {"preview": "2s", "keep": "10m"}}
    patch = json.dumps({"spec": {"rollout": rollout}})
    kubectl("patch", "azoraplugin", "gong", "--type=merge", "--patch", patch)
    before = pods(kubectl)
    change(kubectl, sound="shrill")
    wait_until(lambda: hears_only(caller, "shrill"), WHILE)
    service = kubectl.get("service", "gong")["spec"]["selector"]
    assert service == kubectl.get("service", "gong-preview")["spec"]["selector"]
    assert pods(kubectl) == before
    change(kubectl, sound="bright")
    wait_until(lambda: hears_only(caller, "bright"), SOON)
    same(lambda: deployments(kubectl), {"gong"}, SOON)
    assert pods(kubectl) == before
