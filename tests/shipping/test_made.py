"""What `python -m manifests` makes is as its sources are now, and installs what the kustomize base does."""

import subprocess

import pytest
import yaml
from manifests.made import HERE, ROOT, base, files, leftovers
from tests.cluster import building

import azora
from azora.testing.parts import leave_out


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(("path", "text"), files().items(), ids=map(named, files()))
def test_file_is_fresh(path, text):
    """If this fails: `python -m manifests`."""
    assert path.exists()
    assert path.read_text() == text


def test_nothing_is_left_of_what_is_not_made_any_more():
    assert sorted(map(named, leftovers())) == []


def test_one_file_installs_what_kustomize_does():
    def by_name(objects):
        return {(each["kind"], each["metadata"]["name"]): each for each in objects}

    binaries = building.built()
    if binaries is None:
        leave_out("kubectl", "is not built here (python -m tests.cluster.building)")
    command = [binaries / "kubectl", "kustomize", HERE]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    installed = yaml.safe_load_all((HERE / "install.yaml").read_text())
    assert by_name(yaml.safe_load_all(said)) == by_name(installed)


def test_every_manifest_names_the_image_of_this_version():
    expected = f"ghcr.io/azora-os/azora:{azora.__version__}"
    for each in base():
        if each["kind"] == "Deployment":
            (container,) = each["spec"]["template"]["spec"]["containers"]
            assert container["image"] == expected
