"""The samples do what their README says: a campus in production, and a plugin of somebody else's that joins it."""

import json
import re
import shutil

import pytest
import yaml
from manifests.made import plugins
from tests.cluster.campus import outside, secret
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
def campus(whole_cluster, kubectl, crds, rabbitmq, postgresql, tmp_path_factory):
    """The operator, and the servers and Secrets that the sample asks for."""
    keys = tmp_path_factory.mktemp("keys")
    prepare_keys(keys, "campus", load_registry().permissions_elsewhere() | {"hello": set()})
    place = Folder(tmp_path_factory.mktemp("first"))
    public_key(keys, place, BackupSettings(passphrase="four words of ours"))
    servers = {"rabbitmq": rabbitmq.new_vhost(), "postgresql": postgresql.new_database()}
    for name, url in servers.items():
        kubectl.apply(*outside(whole_cluster, name, int(re.search(r":(\d+)/", url)[1])))
    broker, database = (url.replace("127.0.0.1", name) for name, url in servers.items())
    kubectl.apply(
        secret("azora-broker", url=broker),
        secret("azora-database", url=database),
        secret("azora-keys", **{path.name: path.read_bytes() for path in keys.iterdir()}),
        secret("azora-files", AZORA_FILES="disk"),
        secret("azora-backup", AZORA_FILES="disk", AZORA_BACKUP_TO=BACKUPS, AZORA_BACKUP_HOLD="0"),
    )
    process = Operator(whole_cluster, kubectl).start()
    yield whole_cluster
    process.close()


def applied(kubectl, sample, image):
    """Apply a sample with an image that this cluster has, and pods of the plugins that are looked at."""
    objects = list(yaml.safe_load_all(kubectl("kustomize", str(SAMPLES / sample))))
    for each in objects:
        if each["kind"] == "AzoraPlugin":
            looked_at = each["metadata"]["name"] in ("library", "hello")
            each["spec"] |= {"image": image, "replicas": int(looked_at)}
    kubectl.apply(*json.loads(json.dumps(objects).replace(f'"{SHIPPED}"', f'"{image}"')))
    return objects


SHIPPED = "ghcr.io/azora-os/azora:0.1.0"


def test_production_campus_passes_its_own_check_and_a_plugin_of_others_joins_it(campus, kubectl):
    made = applied(kubectl, "production", IMAGE)
    run = {each["metadata"]["name"] for each in made if each["kind"] == "AzoraPlugin"}
    assert run == {path.stem for path in plugins()}
    campus.run([str(SAMPLES / "production" / "check.sh")], kubectl.namespace)
    assert f"is at {BACKUPS}" in campus.logs(kubectl.namespace)
    campus.extend(shutil.copytree(HELLO, campus.folder / "hello"))
    applied(kubectl, "outside", EXTENDED)
    said = campus.run([str(SAMPLES / "outside" / "check.sh")], kubectl.namespace)
    assert "azoraplugin.azora.dev/hello condition met" in said


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
