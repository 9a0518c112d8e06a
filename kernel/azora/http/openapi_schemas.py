"""JSON Schemas of requests and replies, with the bounds that the edge enforces beyond the models."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from azora.http.storable import INT64
from azora.shapes import is_kernels

Schema = dict[str, Any]

TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
"""Strings that the edge takes: no control characters but tab and line ends."""

PROBLEM: Schema = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; listed at /api/errors."},
        "detail": {"type": "string"},
        "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "context": {"type": "object"},
                },
            },
        },
    },
    "examples": [
        {
            "type": "/api/errors#invalid", "title": "Unprocessable Content", "status": 422,
            "code": "invalid", "detail": "Some fields are not right.",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "errors": [{"field": "name", "code": "missing", "detail": "Field required"}],
        }
    ],
}  # fmt: skip


KERNEL = "azora"
"""The owner of what every plugin's operations of the kernel's speak of."""


class Schemas:
    """Collects the component schemas of a document."""

    def __init__(self) -> None:
        self._components: dict[str, Schema] = {"Problem": PROBLEM}
        self._known: dict[tuple[str, str], Schema] = {}

    def request(self, owner: str, model: type[BaseModel]) -> Schema:
        """The schema of a request as the edge takes it: closed, and bounded where a database is."""
        return self._of(owner, model, "validation")

    def reply(self, owner: str, model: type[BaseModel], hidden: Iterable[str] = ()) -> Schema:
        """The schema of a reply; `hidden` fields travel as cookies."""
        schema = self._of(owner, model, "serialization")
        for name in hidden:
            schema.get("properties", {}).pop(name, None)
            if name in schema.get("required", []):
                schema["required"].remove(name)
        return schema

    def add(self, name: str, schema: Schema) -> Schema:
        """Make the schema a component; a reference to it."""
        self._components[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}

    def resolve(self, schema: Schema) -> Schema:
        """The schema itself, or the component that it refers to."""
        reference = schema.get("$ref")
        return self._components[reference.rpartition("/")[2]] if reference else schema

    def components(self) -> dict[str, Schema]:
        return dict(sorted(self._components.items()))

    def _of(self, owner: str, model: type[BaseModel], mode: Any) -> Schema:
        owner = KERNEL if is_kernels(model) else owner
        key = (f"{owner}.{model.__name__}", mode)
        if key not in self._known:
            schema = model.model_json_schema(
                mode=mode,
                ref_template="#/components/schemas/" + owner + ".{model}",
                schema_generator=_Generator,
            )
            for name, definition in schema.pop("$defs", {}).items():
                self._components[f"{owner}.{name}"] = (
                    _bounded(definition) if mode == "validation" else definition
                )
            self._known[key] = _bounded(schema) if mode == "validation" else schema
        return self._known[key]


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with class names that are good as component names."""

    def normalize_name(self, name: str) -> str:
        return super().normalize_name(name).rstrip("_")


def _bounded(schema: Any) -> Any:
    """The schema with unknown members refused, text without control characters, 64-bit numbers."""
    if isinstance(schema, list):
        return [_bounded(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    bounded = {
        name: value
        if name in ("default", "examples", "enum", "const", "required")
        else _bounded(value)
        for name, value in schema.items()
    }
    kind = bounded.get("type")
    if kind == "object" and "properties" in bounded and "additionalProperties" not in bounded:
        bounded["additionalProperties"] = False
    elif kind == "string" and not _is_narrow(bounded):
        bounded["pattern"] = TEXT
    elif kind == "integer" and "enum" not in bounded:
        if not bounded.keys() & {"maximum", "exclusiveMaximum"}:
            bounded["maximum"] = INT64 - 1
        if not bounded.keys() & {"minimum", "exclusiveMinimum"}:
            bounded["minimum"] = -INT64
    return bounded


def _is_narrow(text: Schema) -> bool:
    """Whether a text's own rules already leave control characters out."""
    if text.keys() & {"pattern", "enum", "const"}:
        return True
    return text.get("format", "password") != "password"
