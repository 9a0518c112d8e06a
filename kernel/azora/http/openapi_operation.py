"""One operation in the OpenAPI document: parameters, body, every response, security, an example."""

import copy
from typing import TYPE_CHECKING, Any

from azora.http.edge import FORM
from azora.http.openapi_schemas import TEXT, Schema, Schemas

if TYPE_CHECKING:
    from azora.http.operation import OperationEndpoint

PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
_TITLES = {
    "400": "The request is malformed.", "401": "Nobody is signed in.",
    "403": "The actor lacks the permission.", "404": "There is no such thing.",
    "405": "The address does not take this verb.",
    "406": "No such representation.", "409": "It changed in the meantime, or exists already.",
    "412": "The precondition failed.", "413": "The body is too large.", "414": "The address is too long.",
    "415": "The media type is not taken here.", "416": "No such range.",
    "422": "Some fields are not right.", "429": "Too many requests.",
    "500": "Something failed on our side.", "503": "Unavailable now.", "504": "No answer in time.",
}  # fmt: skip


def describe_operation(endpoint: "OperationEndpoint", schemas: Schemas) -> Schema:
    """The Operation Object."""
    operation, owner = endpoint.operation, endpoint.bound.hosted.name
    schema = copy.deepcopy(schemas.request(owner, operation.request))
    lines = operation.summary.splitlines()
    described: Schema = {
        "operationId": endpoint.name,
        "tags": [owner],
        "summary": lines[0],
        "x-azora-permission": operation.permission,
        "parameters": [*_path_parameters(endpoint, schema), *_query_parameters(endpoint, schema)],
        "responses": _responses(endpoint, schemas, owner),
        "security": [{"token": []}, {"session": []}] if operation.permission else [{}],
    }
    if rate := operation.rate:
        described["x-azora-rate"] = {"limit": rate.limit, "seconds": rate.seconds}
    if len(lines) > 1:
        described["description"] = "\n".join(lines[1:]).strip()
    if endpoint.reader.takes_body and (body := _body(endpoint, schema, schemas, owner)):
        described["requestBody"] = body
    if not described["parameters"]:
        del described["parameters"]
    return described


def _path_parameters(endpoint: "OperationEndpoint", schema: Schema) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _filled(schema["properties"][name]),
        }
        for name in sorted(endpoint.reader.path_fields)
    ]


def _query_parameters(endpoint: "OperationEndpoint", schema: Schema) -> list[Schema]:
    reader = endpoint.reader
    parameters = []
    if not reader.takes_body:
        for name, field in schema.get("properties", {}).items():
            if name in reader.path_fields or (name == "fields" and endpoint.selection):
                continue
            parameter = {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "schema": _present(field),
            }
            if words := field.get("description"):
                parameter["description"] = words
            parameters.append(parameter)
    if endpoint.selection and endpoint.selection.names:
        parameters.append(_selection(sorted(endpoint.selection.names)))
    return parameters


def _selection(names: list[str]) -> Schema:
    return {
        "name": "fields",
        "in": "query",
        "required": False,
        "description": "The fields that the reply should have, separated by commas; all by default.",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1},
    }


def _filled(schema: Schema) -> Schema:
    """A path field: never empty, and without a slash where it is text."""
    if schema.get("type") == "string":
        return {"minLength": 1, **schema}
    return schema


def _present(schema: Schema) -> Schema:
    """A query field: absent rather than null, and not blank."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if "anyOf" in schema:
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        if rest.get("default", 0) is None:
            del rest["default"]
        schema = {**choices[0], **rest} if len(choices) == 1 else {**rest, "anyOf": choices}
    if schema.get("type") == "string" and "enum" not in schema and "const" not in schema:
        return {"minLength": 1, **schema}
    return schema


def _body(
    endpoint: "OperationEndpoint", schema: Schema, schemas: Schemas, owner: str
) -> Schema | None:
    reader = endpoint.reader
    for name in reader.path_fields:
        schema["properties"].pop(name)
        if name in schema.get("required", ()):
            schema["required"].remove(name)
    if not schema.get("properties"):
        return None
    name = f"{owner}.{endpoint.operation.request.__name__}"
    content: Schema = {}
    needs_file = bool(reader.file_fields & set(schema.get("required", ())))
    if reader.file_fields:
        content["multipart/form-data"] = {
            "schema": schemas.add(f"{name}Form", _form(schema, reader.file_fields))
        }
        for field in reader.file_fields:
            schema["properties"].pop(field)
    if not needs_file:
        media: Schema = {"schema": schemas.add(name, schema)}
        if example := _example(schema):
            media["example"] = example
        content["application/json"] = media
        if reader.takes_form:
            content[FORM] = {"schema": media["schema"]}
    return {"required": bool(schema.get("required")) or needs_file, "content": content}


def _form(schema: Schema, files: frozenset[str]) -> Schema:
    form = copy.deepcopy(schema)
    for name, field in form["properties"].items():
        if name in files:
            binary = {
                "type": "string",
                "contentMediaType": "application/octet-stream",
                "format": "binary",
            }
            form["properties"][name] = (
                {"type": "array", "items": binary} if _holds_many(field) else binary
            )
        else:
            form["properties"][name] = _present(field)
    return form


def _holds_many(schema: Schema) -> bool:
    return any(choice.get("type") == "array" for choice in (schema, *schema.get("anyOf", ())))


def _responses(endpoint: "OperationEndpoint", schemas: Schemas, owner: str) -> Schema:
    responses: Schema = {str(_status(endpoint)): _success(endpoint, schemas, owner)}
    statuses = ["400", "401", "403", "404", "422", "429", "500", "503", "504"]
    if endpoint.reading:
        responses["304"] = {"description": "The copy that the client holds is fresh."}
        if endpoint.operation.shape == "file":
            responses["206"] = _success(endpoint, schemas, owner)
            statuses.append("416")
    else:
        statuses += ["409", "412"]
    if endpoint.reader.takes_body:
        statuses += ["413", "415"]
    for status in sorted(statuses):
        responses[status] = {
            "description": _TITLES[status],
            "content": {"application/problem+json": {"schema": PROBLEM_REF}},
        }
    return dict(sorted(responses.items()))


def _status(endpoint: "OperationEndpoint") -> int:
    shape = endpoint.operation.shape
    return 204 if shape == "none" else endpoint.status if shape == "reply" else 200


def _success(endpoint: "OperationEndpoint", schemas: Schemas, owner: str) -> Schema:
    operation = endpoint.operation
    if operation.reply is None:
        return {"description": "Done."}
    if operation.shape == "file":
        binary = {"type": "string", "format": "binary"}
        return {"description": "The file.", "content": {"*/*": {"schema": binary}}}
    if endpoint.text:
        return {"description": "A document as it is.", "content": {"*/*": {}}}
    schema = schemas.reply(owner, operation.reply, endpoint.cookies.names)
    name = f"{owner}.{_component_name(operation.reply)}"
    reference = schemas.add(name, schema)
    if endpoint.selection and endpoint.selection.names:
        trimmed = schemas.add(f"{name}Selection", _selected(endpoint, schemas, schema))
        reference = {"anyOf": [reference, trimmed]}
    if operation.shape == "stream":
        kinds = ("application/jsonl", "text/event-stream")
        return {
            "description": "One document a line.",
            "content": {
                kind: {"schema": {"type": "string", "x-azora-line": reference}} for kind in kinds
            },
        }
    return {
        "description": "Done.",
        "headers": _headers(endpoint),
        "content": {"application/json": {"schema": reference}},
    }


def _selected(endpoint: "OperationEndpoint", schemas: Schemas, whole: Schema) -> Schema:
    """The reply when `fields=` trims it: the same, with nothing required."""
    trimmed = {name: value for name, value in whole.items() if name != "required"}
    if endpoint.selection and endpoint.selection.is_list:
        items = schemas.resolve(whole["properties"]["items"]["items"])
        trimmed = copy.deepcopy(whole)
        trimmed["properties"]["items"]["items"] = {
            name: value for name, value in items.items() if name != "required"
        }
    return trimmed | {"description": "What `fields=` leaves of it."}


def _headers(endpoint: "OperationEndpoint") -> Schema:
    text = {"schema": {"type": "string"}}
    headers: Schema = {"X-Trace-Id": {"description": "Name it when you report a problem.", **text}}
    if endpoint.reading:
        headers["ETag"] = {"description": "For If-None-Match and If-Match.", **text}
    if endpoint.status == 201:
        headers["Location"] = {"description": "Where what was made can be read.", **text}
    headers["RateLimit-Policy"] = {"description": "What you may ask, and in which time.", **text}
    headers["RateLimit"] = {"description": "What is left of it.", **text}
    if endpoint.lists:
        headers["Link"] = {"description": "The next page (RFC 8288).", **text}
    return headers


def _component_name(model: Any) -> str:
    return str(model.__name__).replace("[", "_").replace("]", "").replace(",", "_").replace(" ", "")


def _example(schema: Schema) -> Schema:
    """An example from what the fields say: their examples, defaults, or a plain value of their type."""
    example: Schema = {}
    for name, field in schema.get("properties", {}).items():
        if name in schema.get("required", ()) or "examples" in field:
            value = _example_value(field)
            if value is not None:
                example[name] = value
    return example


def _example_value(field: Schema) -> Any:
    if "examples" in field:
        return field["examples"][0]
    if "enum" in field:
        return field["enum"][0]
    if (
        field.get("type") == "string"
        and "format" not in field
        and field.get("pattern", TEXT) == TEXT
    ):
        return "text".ljust(field.get("minLength", 0), "-")[: field.get("maxLength", 1000)]
    if field.get("type") == "integer":
        return max(1, field.get("minimum", 1))
    return {"boolean": True, "array": []}.get(field.get("type", ""))
