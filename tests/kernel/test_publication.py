"""A release keeps what the one before it promised."""

import copy
import json
from pathlib import Path

import pytest

from azora.loader import load_registry
from azora.publication import breaks, published

RELEASED = Path(__file__).parent / "released" / "0.1.json"


def now():
    return json.loads(json.dumps(published(load_registry())))


def test_everything_that_was_released_is_still_kept():
    assert list(breaks(json.loads(RELEASED.read_text()), now())) == []


def drop_operation(document):
    del document["library"]["operations"]["search"]


def require_more(document):
    request = document["library"]["operations"]["read_resource"]["request"]
    request["properties"]["why"] = {"type": "string"}
    request.setdefault("required", []).append("why")


def move_route(document):
    document["library"]["operations"]["search"]["route"] = "GET /find"


def drop_event(document):
    del document["library"]["events"]["library.resource_added"]


def change_type(document):
    reply = document["library"]["operations"]["read_resource"]["reply"]
    reply["properties"]["title"] = {"type": "integer"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop_operation, "library.search is gone"),
        (require_more, "library.read_resource request why: required, but not there"),
        (move_route, "library.search moved from GET /search to GET /find"),
        (drop_event, "library.resource_added is gone"),
        (change_type, "library.read_resource reply title: integer, not string"),
    ],
)
def test_a_change_that_lets_somebody_down_is_named(change, words):
    before = now()
    after = copy.deepcopy(before)
    change(after)
    assert words in list(breaks(before, after))


def test_an_addition_lets_nobody_down():
    before = now()
    after = copy.deepcopy(before)
    after["library"]["operations"]["read_resource"]["reply"]["properties"]["shelf"] = {
        "type": "string"
    }
    after["library"]["operations"]["new"] = after["library"]["operations"]["search"]
    assert list(breaks(before, after)) == []
