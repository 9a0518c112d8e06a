"""Up to fifty requests in one: each has its own status, the order is kept, the actor is the same."""

from typing import TYPE_CHECKING, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from azora.http.edge import check_json_type
from azora.http.exchange import BufferedBody, HttpRequest, HttpResponse
from azora.http.problems import from_validation
from azora.http.storable import refuse_unstorable

if TYPE_CHECKING:
    from azora.http.gateway import Gateway

PATH = "/api/batch"
MAX_BYTES = 5_000_000
_HEADERS = ("if-match", "if-none-match", "idempotency-key")


class BatchItem(BaseModel):
    """One request of a batch."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: str = Field(
        max_length=2_000,
        pattern=r"^/api/[a-z][!-~]*$",
        description="Path and query, as /api/library/resources?limit=5.",
    )
    headers: dict[Literal["If-Match", "If-None-Match", "Idempotency-Key"], str] = {}
    body: dict[str, Any] | None = None


class Batch(BaseModel):
    """Requests that run one after another, independent of one another."""

    model_config = ConfigDict(extra="forbid")

    requests: list[BatchItem] = Field(min_length=1, max_length=50)


class BatchResult(BaseModel):
    """What one request of a batch led to."""

    status: int
    headers: dict[str, str]
    body: Any = None


class BatchResults(BaseModel):
    """One result for each request, in the same order."""

    responses: list[BatchResult]


def add_batch(gateway: "Gateway") -> None:
    """Serve POST /api/batch."""

    def batch(request: HttpRequest) -> HttpResponse:
        check_json_type(request)
        try:
            asked = Batch.__pydantic_validator__.validate_json(request.read(MAX_BYTES), strict=True)
        except ValidationError as error:
            raise from_validation(error) from None
        refuse_unstorable({"requests": [{"headers": item.headers} for item in asked.requests]})
        results = [_run(gateway, request, item) for item in asked.requests]
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        return HttpResponse(200, orjson.dumps({"responses": results}), headers, secret=True)

    gateway.router.add("POST", PATH, batch)


def _run(gateway: "Gateway", outer: HttpRequest, item: BatchItem) -> dict[str, Any]:
    path, _, query = item.path.partition("?")
    headers = {name.lower(): value for name, value in item.headers.items()}
    body = to_json(item.body) if item.body is not None else b""
    if body:
        headers["content-type"] = "application/json"
    for name in ("origin", "sec-fetch-site", "host"):
        if name in outer.headers:
            headers[name] = outer.headers[name]
    inner = HttpRequest(
        item.method, path, query, headers, BufferedBody(body), outer.remote, outer.scheme
    )
    inner.session, inner.bearer = outer.session, outer.bearer
    inner.context = gateway.child_context(outer.context)
    if path == PATH:
        inner.path = "/api/batch/in-a-batch"
    response = gateway.perform(inner)
    return _result(response)


def _result(response: HttpResponse) -> dict[str, Any]:
    headers = {name: value for name, value in response.headers if name != "Set-Cookie"}
    if not isinstance(response.body, bytes):
        response.close()
        return {
            "status": 406,
            "headers": {},
            "body": {"code": "not_in_a_batch", "detail": "Ask for it alone."},
        }
    is_json = headers.get("Content-Type", "").endswith("json")
    body = orjson.loads(response.body) if response.body and is_json else None
    return {"status": response.status, "headers": headers, "body": body}
