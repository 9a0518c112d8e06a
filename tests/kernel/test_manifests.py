"""The committed AzoraPlugin manifests are those that the plugins derive."""

from pathlib import Path

import pytest
import yaml
from manifests.made import plugins

from azora.loader import load_registry
from azora.manifest import manifest_of

FOLDER = Path(__file__).parents[2] / "manifests" / "plugins"
BUILT_IN = sorted(
    path.name.removeprefix("azora_") for path in (FOLDER.parents[1] / "plugins").glob("azora_*")
)


@pytest.mark.parametrize("name", BUILT_IN)
def test_manifest_is_fresh(name):
    """If this fails: `python -m manifests`."""
    written = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    assert written == manifest_of(load_registry().plugins[name])


def test_no_manifest_is_of_a_plugin_that_is_gone():
    assert {path.stem for path in plugins()} == set(BUILT_IN)
