"""CustomResourceDefinitions, generated from the types in resources.py.

Pydantic's JSON Schema becomes the structural schema that Kubernetes asks for: no references, no null.
"""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from azora_operator.resources import GROUP, VERSION, AzoraPlatform, AzoraPlugin

Schema = dict[str, Any]

_READY = '.status.conditions[?(@.type=="Ready")]'
_AGE: Schema = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
_WIDE: Schema = {"priority": 1}

_PLATFORM_COLUMNS: list[Schema] = [
    {"name": "Ready", "type": "string", "jsonPath": f"{_READY}.status"},
    {"name": "Plugins", "type": "string", "jsonPath": ".status.plugins"},
    {"name": "Message", "type": "string", "jsonPath": f"{_READY}.message"} | _WIDE,
    _AGE,
]
_PLUGIN_COLUMNS: list[Schema] = [
    {"name": "Version", "type": "string", "jsonPath": ".spec.version"},
    {"name": "Ready", "type": "string", "jsonPath": f"{_READY}.status"},
    {"name": "Reason", "type": "string", "jsonPath": f"{_READY}.reason"},
    {"name": "Pods", "type": "integer", "jsonPath": ".status.readyReplicas"},
    {"name": "Message", "type": "string", "jsonPath": f"{_READY}.message"} | _WIDE,
    _AGE,
]
_SCALE = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": ".status.selector",
}


def definitions() -> dict[str, Schema]:
    """Every CRD by its plural name."""
    return {
        "azoraplatforms": _definition(AzoraPlatform, "az", _PLATFORM_COLUMNS, {"status": {}}),
        "azoraplugins": _definition(
            AzoraPlugin, "azp", _PLUGIN_COLUMNS, {"status": {}, "scale": _SCALE}
        ),
    }


def write(folder: Path) -> None:
    """Write each into `<folder>/<plural>.yaml`."""
    folder.mkdir(parents=True, exist_ok=True)
    for plural, definition in definitions().items():
        (folder / f"{plural}.yaml").write_text(yaml.safe_dump(definition, sort_keys=False))


def structural(model: type[BaseModel]) -> Schema:
    """The schema of a model as Kubernetes takes it."""
    whole = model.model_json_schema(by_alias=True, mode="validation")
    return _plain(whole, whole.get("$defs", {}))


def _definition(
    model: type[BaseModel], short: str, columns: list[Schema], subresources: Schema
) -> Schema:
    kind = model.__name__
    singular = kind.lower()
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{singular}s.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind,
                "listKind": f"{kind}List",
                "plural": f"{singular}s",
                "singular": singular,
                "shortNames": [short],
                "categories": ["azora"],
            },
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": subresources,
                    "additionalPrinterColumns": columns,
                    "schema": {"openAPIV3Schema": structural(model)},
                }
            ],
        },
    }


def _plain(node: Any, definitions: Schema) -> Any:
    """A schema without references, nulls and titles; a description beside a reference wins."""
    if isinstance(node, list):
        return [_plain(each, definitions) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: value for key, value in node.items() if key not in ("$defs", "title")}
    if "$ref" in node:
        target = definitions[node.pop("$ref").rpartition("/")[2]]
        return _plain({**target, **node}, definitions)
    if "anyOf" in node:
        (only,) = [each for each in node.pop("anyOf") if each != {"type": "null"}]
        return _plain({**only, **node}, definitions)
    if node.get("default", ...) is None:
        del node["default"]
    elif isinstance(node.get("default"), dict):
        node["default"] = _given(node["default"])
    return {
        key: (
            {name: _plain(each, definitions) for name, each in value.items()}
            if key == "properties"
            else value
            if key in ("default", "required", "enum")
            else _plain(value, definitions)
        )
        for key, value in node.items()
    }


def _given(default: Schema) -> Schema:
    """A default without what it leaves out."""
    return {
        key: _given(value) if isinstance(value, dict) else value
        for key, value in default.items()
        if value is not None
    }
