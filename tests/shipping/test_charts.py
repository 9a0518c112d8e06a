"""The charts render what the manifests say, refuse values that cannot work, and hold what a cluster takes."""

import itertools

import jsonschema
import kubernetes_validate
import pytest
import yaml
from manifests.made import base, plugins
from tests.shipping.programs import CHARTS, RefusedError, helm

import azora
from azora_operator.crds import definitions

AZORA, CRDS = CHARTS / "azora", CHARTS / "azora-crds"
SETS = sorted((AZORA / "ci").glob("*-values.yaml"))
OLDEST, NEWEST = "1.30", "1.37"


def rendered(chart, *arguments):
    """The objects that a chart gives, by kind and name."""
    text = helm("template", "azora", str(chart), "--skip-tests", *arguments)
    found = [each for each in yaml.safe_load_all(text) if each]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def with_values(path):
    return rendered(AZORA, "--values", str(path))


def plain(given):
    """An object without what only Helm says of it."""
    if isinstance(given, list):
        return [plain(each) for each in given]
    if not isinstance(given, dict):
        return given
    helms = ("app.kubernetes.io/", "helm.sh/")
    return {
        key: plain(value)
        for key, value in given.items()
        if key == "app.kubernetes.io/name" or not key.startswith(helms)
    }


def as_manifest(given):
    """A rendered object as a manifest says it: no namespace, and nothing that a cluster defaults to."""
    whole = plain(given)
    meta = whole["metadata"]
    meta.pop("namespace", None)
    for part in ("labels", "annotations"):
        if not meta.get(part, True):
            del meta[part]
    if whole["kind"] == "Deployment":
        (container,) = whole["spec"]["template"]["spec"]["containers"]
        assert container.pop("imagePullPolicy") == "IfNotPresent"
    return whole


def by_name(objects):
    return {(each["kind"], each["metadata"]["name"]): each for each in objects}


def test_charts_together_give_what_the_kustomize_base_gives():
    charts = rendered(CRDS) | rendered(AZORA)
    assert by_name(map(as_manifest, charts.values())) == by_name(map(plain, base()))


@pytest.mark.parametrize("values", SETS, ids=lambda path: path.stem)
def test_chart_has_nothing_to_object_to(values):
    helm("lint", "--strict", str(AZORA), "--values", str(values))


def test_chart_of_the_kinds_has_nothing_to_object_to():
    helm("lint", "--strict", str(CRDS))


def test_kinds_are_kept_unless_told_otherwise():
    def policies(*arguments):
        return {
            each["metadata"].get("annotations", {}).get("helm.sh/resource-policy")
            for each in rendered(CRDS, *arguments).values()
        }

    assert policies() == {"keep"}
    assert policies("--set", "keep=false") == {None}


def test_campus_has_every_plugin_of_this_release():
    shipped = {path.stem for path in plugins()}
    found = with_values(AZORA / "ci" / "campus-values.yaml")
    assert {name for kind, name in found if kind == "AzoraPlugin"} == shipped


def test_values_choose_plugins_change_them_and_add_others():
    found = with_values(AZORA / "ci" / "chosen-values.yaml")
    specs = {name: each["spec"] for (kind, name), each in found.items() if kind == "AzoraPlugin"}
    assert specs.keys() == {"hello", "identity", "library", "web"}
    assert {each["platform"] for each in specs.values()} == {"school"}
    assert specs["library"]["replicas"] == 2
    assert specs["library"]["command"] == ["azora", "run", "library"]
    assert specs["library"]["image"].endswith("@sha256:" + "1" * 64)
    assert specs["hello"]["image"] == "registry.example/campus-with-hello:1.0"
    assert not any(kind == "Deployment" for kind, _ in found)


def test_operator_of_the_whole_cluster_has_the_same_rights_in_every_namespace():
    wide = with_values(AZORA / "ci" / "wide-values.yaml")
    assert (
        wide["ClusterRole", "azora-operator"]["rules"]
        == rendered(AZORA)["Role", "azora-operator"]["rules"]
    )
    (subject,) = wide["ClusterRoleBinding", "azora-operator"]["subjects"]
    assert subject["namespace"] == "default"
    (container,) = wide["Deployment", "azora-operator"]["spec"]["template"]["spec"]["containers"]
    assert "--all-namespaces" in container["command"]
    assert ("PodDisruptionBudget", "azora-operator") not in wide


BAD_VALUES = {
    "misspelt": ("operator.replica=1", "replica"),
    "no number": ("operator.replicas=many", "/operator/replicas"),
    "no digest": ("image.digest=sha256:12", "/image/digest"),
    "misspelt in the platform": ("platform.spec.brokr.secret=x", "brokr"),
    "no such port": ("plugins.library.spec.http.port=70000", "/plugins/library/spec/http/port"),
    "no quantity": ("plugins.library.spec.resources.memory=much", "resources/memory"),
    "plugin of others without an image": (
        "platform.enabled=true,plugins.hello.spec.replicas=1",
        "plugins.hello.spec.image",
    ),
}


@pytest.mark.parametrize(("setting", "field"), BAD_VALUES.values(), ids=BAD_VALUES)
def test_value_that_cannot_work_is_refused_by_its_name(setting, field):
    with pytest.raises(RefusedError) as refusal:
        rendered(AZORA, "--set", setting)
    assert field in str(refusal.value)


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_everything_rendered_is_what_the_oldest_and_newest_kubernetes_know(version):
    sets = [rendered(AZORA), *map(with_values, SETS)]
    for each in itertools.chain.from_iterable(objects.values() for objects in sets):
        if not each["apiVersion"].startswith("azora.dev/"):
            kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("values", SETS, ids=lambda path: path.stem)
def test_campuses_fit_their_kinds(values):
    kinds = {each["spec"]["names"]["kind"]: each for each in definitions().values()}
    for (kind, _), each in with_values(values).items():
        if kind in kinds:
            (version,) = kinds[kind]["spec"]["versions"]
            jsonschema.validate(each, version["schema"]["openAPIV3Schema"])


def test_chart_says_from_which_kubernetes_on():
    for chart in (AZORA, CRDS):
        told = yaml.safe_load((chart / "Chart.yaml").read_text())
        assert told["kubeVersion"] == f">={OLDEST}.0-0"
        assert told["version"] == told["appVersion"] == azora.__version__
