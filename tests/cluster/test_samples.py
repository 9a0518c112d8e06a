"""The samples do what their README says: a campus in production, and a plugin of others that joins it and sleeps."""

import shutil

import pytest
import yaml
from manifests.made import plugins
from tests.cluster.broker import ManagedRabbitMQ
from tests.cluster.campus import outside, port_of, secret, within_cluster
from tests.cluster.cluster import EXTENDED, IMAGE, ROOT
from tests.cluster.operators import MANIFESTS, Operator

from azora.actor import prepare_keys
from azora.backup.keys import public_key
from azora.backup.places import Folder
from azora.backup.settings import BackupSettings
from azora.loader import load_registry

pytestmark = pytest.mark.needs("rabbitmq", "postgresql")

SAMPLES = MANIFESTS / "samples"
HELLO = ROOT / "tests" / "thirdparty" / "azora_hello"
BACKUPS = "/tmp/backups"


@pytest.fixture(scope="module")
def kubectl(new_namespace):
    return new_namespace("samples")


@pytest.fixture(scope="module")
def broker():
    server = ManagedRabbitMQ().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def campus(whole_cluster, kubectl, crds, broker, postgresql, tmp_path_factory):
    """The operator, and the servers and Secrets that the sample asks for."""
    keys = tmp_path_factory.mktemp("keys")
    prepare_keys(keys, "campus", load_registry().permissions_elsewhere() | {"hello": set()})
    place = Folder(tmp_path_factory.mktemp("first"))
    public_key(keys, place, BackupSettings(passphrase="four words of ours"))
    calls, database = broker.new_vhost(), postgresql.new_database()
    kubectl.apply(
        *outside(whole_cluster, "rabbitmq", port_of(calls)),
        *outside(whole_cluster, "postgresql", port_of(database)),
        secret("azora-broker", url=within_cluster(calls, "rabbitmq"), management=broker.management),
        secret("azora-database", url=within_cluster(database, "postgresql")),
        secret("azora-keys", **{path.name: path.read_bytes() for path in keys.iterdir()}),
        secret("azora-files", AZORA_FILES="disk"),
        secret("azora-backup", AZORA_FILES="disk", AZORA_BACKUP_TO=BACKUPS, AZORA_BACKUP_HOLD="0"),
    )
    process = Operator(whole_cluster, kubectl).start()
    yield whole_cluster
    process.close()


def applied(kubectl, sample, image):
    """Apply a sample with an image that this cluster has, pods of those plugins alone that are looked at,
    and little patience; the names of its plugins."""
    text = kubectl("kustomize", str(SAMPLES / sample))
    objects = list(yaml.safe_load_all(text.replace(SHIPPED, image)))
    specs = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == PLUGIN}
    for name, spec in specs.items():
        spec |= {"image": image, "replicas": int(name in ("library", "hello"))}
        if "scaling" in spec:
            spec["scaling"] |= {"min": 1, "idleAfter": "5s"}
    kubectl.apply(*objects)
    return specs.keys()


PLUGIN, SHIPPED = "AzoraPlugin", "ghcr.io/azora-os/azora:0.1.0"


def checked(campus, kubectl, sample):
    """What a sample's own check says."""
    return campus.run([str(SAMPLES / sample / "check.sh")], kubectl.namespace)


def test_production_campus_runs_and_a_plugin_of_others_joins_it_and_sleeps(campus, kubectl):
    assert applied(kubectl, "production", IMAGE) == {path.stem for path in plugins()}
    checked(campus, kubectl, "production")
    assert f"is at {BACKUPS}" in campus.logs(kubectl.namespace)
    told = kubectl.get("azoraplugin", "library")["status"]["conditions"]
    assert "LoadKnown" in {each["reason"] for each in told}
    campus.extend(shutil.copytree(HELLO, campus.folder / "hello"))
    applied(kubectl, "outside", EXTENDED)
    assert "azoraplugin.azora.dev/hello condition met" in checked(campus, kubectl, "outside")
    applied(kubectl, "canary", EXTENDED)
    checked(campus, kubectl, "canary")
    applied(kubectl, "scale-to-zero", EXTENDED)
    assert "deployment.apps/hello condition met" in checked(campus, kubectl, "scale-to-zero")


@pytest.mark.parametrize("sample", [path.name for path in sorted(SAMPLES.iterdir())])
def test_sample_is_taken_as_it_is_written(kubectl, crds, sample):
    given = ["--dry-run=server", "--validate=strict", "--warnings-as-errors"]
    kubectl("label", "namespace", kubectl.namespace, "--overwrite", RESTRICTED)
    kubectl("apply", *given, "--kustomize", str(SAMPLES / sample))


RESTRICTED = "pod-security.kubernetes.io/warn=restricted"


@pytest.mark.parametrize("sample", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_sample_is_a_whole_folder(sample):
    assert (sample / "README.md").read_text().startswith("# ")
    assert (sample / "check.sh").stat().st_mode & 0o111
    assert (sample / "kustomization.yaml").exists()
