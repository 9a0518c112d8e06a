"""What a plugin becomes in Kubernetes beyond its pods: routes, volumes, and where its pods may connect to."""

import pytest
from hypothesis import given
from tests.operator.world import FEW, PLATFORMS, PLUGINS, World

from azora.loader import load_registry
from azora.manifest import beginnings

PAGES = {"http": {"port": 8000, "paths": ["/library", "/admin/library"]}}
GATEWAY = {"address": {"url": "https://campus.example.org", "gateway": {"name": "front"}}}
ROUTES = ("HTTPRoute", "Ingress")


def settled(plugin, platform, **given):
    world = World(plugin, platform, **given)
    world.settle()
    return world


def only(world, kind):
    (found,) = world.of_kind(kind)
    return found


@FEW
@given(PLUGINS, PLATFORMS)
def test_pages_are_at_the_gateway_where_there_is_one(plugin, platform):
    route = only(settled(plugin | PAGES, platform | GATEWAY), "HTTPRoute")
    (rule,) = route["spec"]["rules"]
    assert [match["path"]["value"] for match in rule["matches"]] == [
        "/api/library",
        "/static/library",
        "/admin/library",
        "/library",
    ]
    assert rule["backendRefs"] == [{"name": "library", "port": 80}]
    assert route["spec"]["hostnames"] == ["campus.example.org"]


@FEW
@given(PLUGINS, PLATFORMS)
def test_there_is_an_ingress_where_the_gateway_api_is_not_installed(plugin, platform):
    world = settled(plugin | PAGES, platform | GATEWAY, served=frozenset())
    (rule,) = only(world, "Ingress")["spec"]["rules"]
    assert rule["host"] == "campus.example.org"
    assert {path["path"] for path in rule["http"]["paths"]} >= {"/api/library", "/library"}
    assert world.of_kind("HTTPRoute") == world.of_kind("ServiceMonitor") == []


@FEW
@given(PLUGINS, PLATFORMS)
def test_route_moves_when_the_gateway_api_comes(plugin, platform):
    world = settled(plugin | PAGES, platform | GATEWAY, served=frozenset())
    world.served = frozenset({"HTTPRoute"})
    world.settle()
    assert [bool(world.of_kind(kind)) for kind in ROUTES] == [True, False]


@FEW
@given(PLUGINS, PLATFORMS)
def test_pods_know_the_address_of_the_campus(plugin, platform):
    (config,) = settled(plugin, platform | GATEWAY).of_kind("ConfigMap")
    assert config["data"]["AZORA_PUBLIC_URL"] == "https://campus.example.org"


@FEW
@given(PLUGINS, PLATFORMS)
def test_pods_connect_to_dns_and_what_is_named_and_to_nothing_else(plugin, platform):
    shared = {"ports": [5672], "cidr": "10.0.0.0/8"}
    own = {"ports": [25], "namespace": "mail"}
    world = settled(
        plugin | {"network": {"destinations": [own]}},
        platform | {"network": {"destinations": [shared]}},
    )
    spec = only(world, "NetworkPolicy")["spec"]
    names, broker, mail = spec["egress"]
    assert "Egress" in spec["policyTypes"]
    assert {port["port"] for port in names["ports"]} == {53}
    assert broker["to"] == [{"ipBlock": {"cidr": "10.0.0.0/8"}}]
    (namespace,) = mail["to"]
    assert namespace["namespaceSelector"]["matchLabels"].popitem()[1] == "mail"


@FEW
@given(PLUGINS, PLATFORMS)
def test_pods_connect_anywhere_where_nothing_is_named(plugin, platform):
    world = settled(plugin, platform | {"network": {}})
    assert only(world, "NetworkPolicy")["spec"]["policyTypes"] == ["Ingress"]


@FEW
@given(PLUGINS, PLATFORMS)
def test_volume_is_given_up_before_the_next_pod_takes_it_and_outlives_the_plugin(plugin, platform):
    storage = {"size": "10Gi", "storageClass": "fast"}
    world = settled(plugin | {"storage": storage, "replicas": 1}, platform)
    claim, deployment = only(world, "PersistentVolumeClaim"), only(world, "Deployment")
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert claim["spec"]["storageClassName"] == "fast"
    assert "ownerReferences" not in claim["metadata"]
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    volume = deployment["spec"]["template"]["spec"]["volumes"][0]
    assert volume["persistentVolumeClaim"] == {"claimName": claim["metadata"]["name"]}
    world.edit({key: value for key, value in world.plugin["spec"].items() if key != "storage"})
    world.settle()
    assert world.of_kind("PersistentVolumeClaim") == [claim]


LONG = "library.remind_everybody_who_has_something_that_others_await"
JOBS = [
    {"operation": "library.tend_loans", "schedule": "10 5 * * *"},
    {"operation": LONG, "schedule": "25 3 * * 0"},
]


@FEW
@given(PLUGINS, PLATFORMS)
def test_jobs_are_started_by_the_cluster_and_not_by_the_pods_too(plugin, platform):
    world = settled(plugin | {"jobs": JOBS}, platform | {"jobs": "Cluster"})
    (config,) = world.of_kind("ConfigMap")
    assert config["data"]["AZORA_JOBS"] == "elsewhere"
    tending, _ = sorted(world.of_kind("CronJob"), key=lambda job: len(job["metadata"]["name"]))
    assert tending["metadata"]["name"] == "library-job-tend-loans"
    assert (tending["spec"]["schedule"], tending["spec"]["timeZone"]) == ("10 5 * * *", "Etc/UTC")
    pod = tending["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["command"] == ["azora", "job", "library.tend_loans"]
    assert all(len(job["metadata"]["name"]) <= 52 for job in world.of_kind("CronJob"))


@FEW
@given(PLUGINS, PLATFORMS)
def test_jobs_are_started_by_the_pods_and_not_by_the_cluster_too(plugin, platform):
    world = settled(plugin | {"jobs": JOBS}, platform | {"jobs": "Process"})
    (config,) = world.of_kind("ConfigMap")
    assert "AZORA_JOBS" not in config["data"]
    assert world.of_kind("CronJob") == []


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["/library", "/library/{id}", "/admin/library/{table}"], ["/admin/library", "/library"]),
        (["/library/by-{facet}", "/libraries"], ["/libraries", "/library"]),
        (["/", "/home", "/search/suggestions"], ["/"]),
        (["/{slug}"], []),
        ([], []),
    ],
)
def test_beginnings_of_paths_are_few(paths, told):
    assert beginnings(paths) == told


def test_no_two_plugins_have_pages_with_the_same_beginning():
    plugins = [loaded.plugin for loaded in load_registry().plugins.values()]
    found = [path for plugin in plugins for path in beginnings([p.path for p in plugin.pages])]
    assert len(found) == len(set(found))


def test_migration_is_refused_where_pods_could_not_go_on_unless_that_is_allowed():
    migration = {"command": ["azora", "migrate", "library"]}
    spec = {"platform": "campus", "image": "azora:1", "command": ["azora"], "migration": migration}
    world = settled(spec, {"broker": {"secret": "broker"}})
    refusing = only(world, "Job")
    world.edit({**spec, "migration": {**migration, "breaking": True}})
    world.settle()
    allowing = only(world, "Job")
    assert refusing["metadata"]["name"] != allowing["metadata"]["name"]
    for job, said in ((refusing, "true"), (allowing, "false")):
        (container,) = job["spec"]["template"]["spec"]["containers"]
        assert {"name": "AZORA_ADDITIVE_MIGRATIONS", "value": said} in container["env"]
