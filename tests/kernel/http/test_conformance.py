"""Schemathesis against the running gateway: what is documented is taken, what is not is refused."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS

EXAMPLES = 15
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
)
OPERATIONS = ("POST /api/notes/notes", "GET /api/notes/notes", "GET /api/notes/notes/{id}",
              "PUT /api/notes/notes/{id}", "DELETE /api/notes/notes/{id}", "GET /api/notes/echo",
              "POST /api/notes/echo", "GET /api/notes/files/{digest}", "POST /api/notes/sessions")  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_does_what_its_description_says(http, author, name):
    document = schemathesis.openapi.from_dict(http.get("/api/openapi.json").json)
    document.config.generation.update(modes=list(schemathesis.GenerationMode))
    verb, path = name.split(" ")
    chosen = document[path][verb]
    checks = CHECKS.get_by_names(CHECKED)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case):
        response = case.call(base_url=f"http://{http.address}", headers=author)
        case.validate_response(response, checks=checks)

    from hypothesis import given

    given(case=chosen.as_strategy())(run)()
