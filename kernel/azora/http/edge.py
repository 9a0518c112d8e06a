"""From what HTTP sent to the request model: body, path and query, strictly and completely checked.

The JSON body is taken strictly, text from path and query is converted; fields that the model does
not know are refused, and so is what a database could not store.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from pydantic import ValidationError
from pydantic_core import from_json

from azora.contract import Operation
from azora.errors import Invalid, invalid
from azora.http.exchange import HttpProblem, HttpRequest
from azora.http.fieldtypes import converter, is_file, is_list
from azora.http.problems import from_validation
from azora.http.router import template_fields
from azora.http.storable import INT64, field_error, refuse_unstorable
from azora.messages import Request

BODY_VERBS = frozenset({"POST", "PUT", "PATCH"})
FORM = "application/x-www-form-urlencoded"
MAX_QUERY_FIELDS = 200

_DOUBTFUL_JSON = re.compile(
    rb"\\u00(?:0[0-8bcef]|1[0-9a-f]|7f)|\\[bf]|\d{19}|NaN|Infinity", re.IGNORECASE
)
_DOUBTFUL_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\d{19}")


class RequestReader:
    """Fills one operation's request model. Everything that its types decide is decided once."""

    def __init__(self, operation: Operation) -> None:
        model = operation.request
        self.model = model
        self.max_body = operation.max_body
        self.takes_body = operation.verb in BODY_VERBS
        self.takes_form = operation.http == "form"
        self.path_fields = frozenset(template_fields(operation.path))
        self.list_fields = frozenset(
            field.alias or name
            for name, field in model.model_fields.items()
            if is_list(model, name)
        )
        self.file_fields = frozenset(name for name in model.model_fields if is_file(model, name))
        self.selects = "fields" in model.model_fields
        self.trims = operation.shape == "reply"
        self._convert = {
            field.alias or name: converter(model, name)
            for name, field in model.model_fields.items()
        }
        self._validate_json = model.__pydantic_validator__.validate_json
        self._validate = model.__pydantic_validator__.validate_python

    def read(self, request: HttpRequest, extra: dict[str, Any] | None = None) -> Request:
        """The request model; `extra` are values that the edge itself adds.

        Raises Invalid 422 with every wrong field, HttpProblem 400, 413 or 415.
        """
        values: dict[str, Any] = dict(request.params)
        if request.query:
            self._add_query(values, request.query)
        if extra:
            values |= extra
        if not self.takes_body:
            if request.body.length != 0:
                raise HttpProblem(400, "body_not_expected", f"{request.method} takes no body here.")
            return self._from_text(values)
        if self.takes_form and request.media_type == FORM:
            self._add_query(values, self._form_body(request))
            return self._from_text(values)
        return self._from_json(self._json_body(request), values)

    def from_parts(self, values: dict[str, Any]) -> Request:
        """The request model from text fields and stored files, as a form or an upload brings them."""
        return self._from_text(values)

    def query_values(self, request: HttpRequest) -> dict[str, Any]:
        """The fields that path and query give, for bodies that are not JSON."""
        values: dict[str, Any] = dict(request.params)
        self._add_query(values, request.query)
        return values

    def _form_body(self, request: HttpRequest) -> str:
        try:
            return request.read(self.max_body).decode()
        except UnicodeDecodeError:
            raise HttpProblem(400, "malformed_form", "The form is not in UTF-8.") from None

    def _json_body(self, request: HttpRequest) -> bytes:
        body = request.read(self.max_body)
        if body:
            check_json_type(request)
        return body or b"{}"

    def _from_text(self, values: dict[str, Any]) -> Request:
        doubtful = _holds_doubt(values)
        try:
            model = self._validate(values, extra="forbid")
        except ValidationError as error:
            raise invalid(error) from None
        if doubtful:
            refuse_unstorable(model.model_dump())
        return model

    def _from_json(self, body: bytes, values: dict[str, Any]) -> Request:
        if _DOUBTFUL_JSON.search(body):
            refuse_unstorable(_plain_json(body))
        try:
            if values:
                body = self._merge(body, values)
            model = self._strictly(body)
        except ValidationError as error:
            raise from_validation(error) from None
        if self.file_fields:
            self._refuse_file_references(model)
        return model

    def _strictly(self, body: bytes) -> Request:
        """The model of a document; 1.0 is an integer in JSON Schema, so it is one here."""
        try:
            return self._validate_json(body, strict=True, extra="forbid")
        except ValidationError as error:
            if not any(found["type"] == "int_type" for found in error.errors(include_url=False)):
                raise
        whole = orjson.dumps(_with_integers(from_json(body)))
        return self._validate_json(whole, strict=True, extra="forbid")

    def _merge(self, body: bytes, values: dict[str, Any]) -> bytes:
        document = _object(body)
        for name in values.keys() & document.keys():
            raise Invalid(
                "A field is given twice.",
                fields=[
                    field_error(
                        name, "given_twice", "Give it in the address or in the body, not in both."
                    )
                ],
            )
        for name, value in values.items():
            convert = self._convert.get(name)
            document[name] = convert(name, value) if convert else value
        return orjson.dumps(document)

    def _add_query(self, values: dict[str, Any], query: str) -> None:
        for name, value in parse_query(query):
            if value == "" or (name == "fields" and self.trims and not self.selects):
                continue
            if name in self.list_fields and name == "fields":
                values.setdefault(name, []).extend(value.split(","))
            elif name in self.list_fields:
                values.setdefault(name, []).append(value)
            elif name in values:
                raise Invalid(
                    "A field is given twice.",
                    fields=[field_error(name, "given_twice", "Give it once.")],
                )
            else:
                values[name] = value

    def _refuse_file_references(self, model: Request) -> None:
        for name in self.file_fields & model.model_fields_set:
            if getattr(model, name) is not None:
                raise Invalid(
                    "A file is not given by reference.",
                    fields=[
                        field_error(
                            name, "upload_expected", "Send the file itself as multipart/form-data."
                        )
                    ],
                )


def check_json_type(request: HttpRequest) -> None:
    """Raise HttpProblem 415 unless the body says that it is JSON, in UTF-8."""
    media_type = request.media_type
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise HttpProblem(
            415,
            "unsupported_media_type",
            f"The body is {media_type or 'of no stated type'}; send application/json.",
            headers=[("Accept", "application/json")],
        )
    charset = re.search(r"charset=\"?([\w-]+)", request.headers["content-type"], re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise HttpProblem(415, "unsupported_charset", "JSON is UTF-8.")


def parse_query(query: str) -> Iterator[tuple[str, str]]:
    """The pairs of a query string. Raises HttpProblem 400 where it is not UTF-8 or has too many."""
    pieces = query.split("&", MAX_QUERY_FIELDS)
    if len(pieces) > MAX_QUERY_FIELDS:
        raise HttpProblem(400, "malformed_url", f"More than {MAX_QUERY_FIELDS} query fields.")
    for piece in pieces:
        if piece:
            name, _, value = piece.partition("=")
            yield _decode(name), _decode(value)


def _plain_json(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise HttpProblem(400, "malformed_json", f"The body is not valid JSON: {error}.") from None


def _object(body: bytes) -> dict[str, Any]:
    document = _plain_json(body)
    if not isinstance(document, dict):
        raise Invalid(
            "The body must be a JSON object.",
            fields=[field_error("", "model_type", "Not an object.")],
        )
    return document


def _with_integers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < INT64:
        return int(value)
    if isinstance(value, list):
        return [_with_integers(member) for member in value]
    if isinstance(value, dict):
        return {name: _with_integers(member) for name, member in value.items()}
    return value


def _holds_doubt(values: dict[str, Any]) -> bool:
    """Whether some text must be looked at closely before it is stored."""
    for value in values.values():
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and _DOUBTFUL_TEXT.search(text):
                return True
    return False


def _decode(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeDecodeError:
        raise HttpProblem(400, "malformed_url", "The query is not valid UTF-8.") from None
