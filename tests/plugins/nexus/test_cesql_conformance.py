"""CESQL against the conformance vectors of CloudEvents, each of them."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from tests.plugins.nexus.building import fetched

from azora.errors import Invalid
from azora.testing.parts import leave_out
from azora_nexus.filters.cesql import Filter

FILES = [
    "binary_comparison_operators", "binary_logical_operators", "binary_math_operators", "case_sensitivity",
    "casting_functions", "context_attributes_access", "exists_expression", "in_expression",
    "integer_builtin_functions", "like_expression", "literals", "negate_operator", "not_operator", "parse_errors",
    "spec_examples", "string_builtin_functions", "sub_expression", "subscriptions_api_recreations",
]  # fmt: skip
ANY_EVENT = {"specversion": "1.0", "id": "e-1", "source": "library", "type": "library.found"}


def cases(name: str) -> Iterator[dict[str, Any]]:
    """The cases of a file; an expression such as TRUE is text in them, and no boolean."""
    folder = fetched()
    if folder is None:
        leave_out("cesql vectors", "are not fetched here (python -m tests.plugins.nexus.building)")
    text = (folder / f"{name}.yaml").read_text("utf-8")
    typed, plain = yaml.safe_load(text)["tests"], yaml.load(text, yaml.BaseLoader)["tests"]
    for case, same in zip(typed, plain, strict=True):
        yield case | {"expression": same["expression"]}


def outcome(case: dict[str, Any]) -> tuple[Any, type, str | None]:
    event = {key.lower(): value for key, value in case.get("event", ANY_EVENT).items()}
    try:
        compiled = Filter(case["expression"])
    except Invalid:
        return None, type(None), "parse"
    value, errors = compiled.evaluate(event | case.get("eventOverrides", {}))
    return value, type(value), errors[0] if errors else None


@pytest.mark.parametrize("name", FILES)
def test_each_vector_has_its_value_and_its_error(name):
    count, wrong = 0, []
    for case in cases(name):
        count += 1
        value, error = case.get("result"), case.get("error")
        if error == "parse":
            value = None
        if outcome(case) != (value, type(value), error):
            wrong.append((case["name"], case["expression"], outcome(case), value, error))
    assert count and not wrong


def test_no_file_of_them_is_left_out():
    folder = fetched()
    if folder is None:
        leave_out("cesql vectors", "are not fetched here (python -m tests.plugins.nexus.building)")
    assert sorted(path.stem for path in folder.glob("*.yaml")) == FILES
