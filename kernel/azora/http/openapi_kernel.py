"""The kernel's own endpoints in the OpenAPI document: what takes and gives JSON, but is no operation."""

from azora.http.batch import PATH as BATCH_PATH
from azora.http.batch import Batch, BatchResults
from azora.http.openapi_schemas import Schema, Schemas
from azora.http.security import REPORT_PATH

TAG = "campus"
ABOUT = "What the campus itself answers, for all plugins together"

_PROBLEM: Schema = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
}


def describe_kernel(schemas: Schemas) -> dict[str, Schema]:
    """Path → Path Item Object."""
    return {BATCH_PATH: {"post": _batch(schemas)}, REPORT_PATH: {"post": _reports()}}


def _batch(schemas: Schemas) -> Schema:
    asked = schemas.add(f"{TAG}.Batch", schemas.request(TAG, Batch))
    answered = schemas.add(f"{TAG}.BatchResults", schemas.reply(TAG, BatchResults))
    example = {"requests": [{"method": "GET", "path": "/api/openapi.json"}]}
    return {
        "operationId": f"{TAG}.batch",
        "tags": [TAG],
        "summary": "Up to fifty requests in one, run one after another as the same actor.",
        "x-azora-permission": None,
        "security": [{}, {"token": []}, {"session": []}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": asked, "example": example}},
        },
        "responses": {
            "200": {
                "description": "What each led to, in the same order.",
                "content": {"application/json": {"schema": answered}},
            },
            **_problems("400", "401", "403", "413", "415", "422", "429", "500", "503"),
        },
    }


def _reports() -> Schema:
    kinds = ("application/csp-report", "application/reports+json")
    return {
        "operationId": f"{TAG}.report_violation",
        "tags": [TAG],
        "summary": "Where browsers report what the content security policy kept out.",
        "x-azora-permission": None,
        "security": [{}],
        "requestBody": {"required": True, "content": {kind: {"schema": {}} for kind in kinds}},
        "responses": {
            "204": {"description": "Counted."},
            **_problems("400", "403", "413", "415", "429", "500"),
        },
    }


def _problems(*statuses: str) -> Schema:
    return {status: {"description": "A problem.", "content": _PROBLEM} for status in statuses}
