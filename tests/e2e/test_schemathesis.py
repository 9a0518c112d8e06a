"""Schemathesis on the whole campus: it takes what its OpenAPI document offers and refuses the rest."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup

EXAMPLES = 8
"""Of each operation, for who may do everything; a stranger is refused before what they say is read."""
PLUGINS = ("campus", "identity", "library", "nexus", "web")
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
    "missing_required_header",
    "ignored_auth",
)
OF_THE_MOMENT = {
    "invalid_cursor",
    "invalid_filter",
    "invalid_search",
    "invalid_sort",
    "not_editable",
    "setting_invalid",
    "library.classification_unreadable",
    "library.draft_unfinished",
    "library.field_required",
    "library.field_unfit",
    "library.no_period",
    "library.nobody_found",
    "library.nothing_to_change",
    "library.unknown_custom_field",
    "library.unknown_field",
    "library.unknown_format",
    "library.unknown_type",
    "nexus.filter_unreadable",
    "identity.permission_unknown",
    "identity.wrong_code",
    "identity.wrong_password",
}
"""What is right or wrong by what the campus holds just now, which no schema can say."""
IN_FREE_VALUES = {"control_characters", "nexus.malformed"}
"""What is wrong within a value whose shape is left open, or is for another field to say."""

ONE_BY_ONE = settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _isbn(number: int) -> str:
    digits = f"978{number:09d}"
    return digits + str(-sum(int(d) * (1, 3)[at % 2] for at, d in enumerate(digits)) % 10)


def _issn(number: int) -> str:
    digits = f"{number:07d}"
    return digits + "0123456789X"[-sum(int(d) * (8 - at) for at, d in enumerate(digits)) % 11]


def _orcid(number: int) -> str:
    total = 0
    for digit in (digits := f"{number:015d}"):
        total = (total + int(digit)) * 2
    return digits + "0123456789X"[(12 - total % 11) % 11]


schemathesis.openapi.format("orcid", st.integers(0, 10**15 - 1).map(_orcid))
schemathesis.openapi.format("isbn", st.integers(0, 10**9 - 1).map(_isbn))
schemathesis.openapi.format("issn", st.integers(0, 10**7 - 1).map(_issn))
schemathesis.openapi.format("doi", st.integers(1).map("10.5555/{}".format))


@pytest.fixture(scope="module")
def campus(new_module_campus):
    """A campus that this module may fill with nonsense, and that counts no requests."""
    unlimited = {"AZORA_HTTP_RATE_LIMIT": "0", "AZORA_HTTP_RATE_LIMIT_SIGNED_IN": "0"}
    return new_module_campus(environment=unlimited)


@pytest.fixture(scope="module")
def document(campus):
    found = schemathesis.openapi.from_dict(campus.http.get("/api/openapi.json").json())
    found.config.generation.update(modes=list(schemathesis.GenerationMode))
    return found


@pytest.fixture(scope="module")
def administrator(campus):
    """The headers of a program that may do everything."""
    client = campus.sign_in()
    permissions = client.get("/api/identity/permissions").json()["items"]
    scopes = [permission["name"] for permission in permissions]
    asked = {"name": "schemathesis", "scopes": scopes, "days": 1}
    token = client.post("/api/identity/tokens", json=asked).json()["secret"]
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_an_administrator_finds_the_campus_as_it_is_described(
    campus, document, administrator, plugin
):
    assert _faults(campus, document, plugin, administrator, EXAMPLES) == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_stranger_finds_the_campus_as_it_is_described(campus, document, plugin):
    assert _faults(campus, document, plugin, {}, EXAMPLES // 2) == []


def test_every_plugin_is_tried(campus):
    tags = {tag["name"] for tag in campus.http.get("/api/openapi.json").json()["tags"]}
    assert tags == set(PLUGINS)


def _faults(campus, document, plugin, headers, examples):
    """What every operation of a plugin does otherwise than it says."""
    return [
        f"{found.ok().label}: {fault}"
        for found in document.get_all_operations()
        if plugin in found.ok().tags
        for fault in _faults_of(found.ok(), campus, headers, examples)
    ]


def _faults_of(operation, campus, headers, examples):
    checks = CHECKS.get_by_names(CHECKED)
    faults = []

    @settings(ONE_BY_ONE, max_examples=examples)
    @given(case=operation.as_strategy())
    def try_it(case):
        response = case.call(base_url=campus.url, headers=headers, timeout=60)
        try:
            case.validate_response(response, checks=_excused(response, checks), headers=headers)
        except FailureGroup as group:
            titles = {fault.title for fault in group.exceptions}
            answered = f"{response.status_code} {response.text[:500]}"
            faults.append(f"{titles} {answered} {case.as_curl_command()}")

    try_it()
    return faults


def _excused(response, checks):
    """The checks, without that of valid data where the refusal is one of the moment."""
    if response.status_code != 422:
        return checks
    problem = response.json()
    codes = {problem["code"], *(error["code"] for error in problem.get("errors", ()))}
    return (
        [c for c in checks if c.__name__ != "positive_data_acceptance"]
        if codes & (OF_THE_MOMENT | IN_FREE_VALUES)
        else checks
    )
