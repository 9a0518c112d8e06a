"""The committed CRDs are those that the types give."""

from pathlib import Path

import pytest
import yaml

from azora_operator.crds import definitions

FOLDER = Path(__file__).parents[2] / "manifests" / "crds"


def nodes_of(schema):
    yield schema
    for value in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(value, (dict, list)):
            yield from nodes_of(value)


@pytest.mark.parametrize("plural", definitions())
def test_crd_is_fresh(plural):
    """If this fails: `python -m manifests`."""
    assert yaml.safe_load((FOLDER / f"{plural}.yaml").read_text()) == definitions()[plural]


@pytest.mark.parametrize("plural", definitions())
def test_every_list_that_people_write_is_bounded(plural):
    (version,) = definitions()[plural]["spec"]["versions"]
    wanted = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    for node in nodes_of(wanted):
        if isinstance(node, dict) and node.get("type") == "array":
            assert "maxItems" in node


@pytest.mark.parametrize("plural", definitions())
def test_explain_says_what_every_field_means(plural):
    (version,) = definitions()[plural]["spec"]["versions"]
    for node in nodes_of(version["schema"]["openAPIV3Schema"]["properties"]["spec"]):
        if isinstance(node, dict):
            for name, field in node.get("properties", {}).items():
                assert field.get("description"), name
