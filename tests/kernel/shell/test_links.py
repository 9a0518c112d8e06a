"""Paths: matched whole, filled safely, and never leading away."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from azora.shell.links import fill_path, local_path, path_pattern
from azora.shell.visit import Visit


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "",
        "evil",
        "/a\r\nSet-Cookie: x",
        None,
        "/\t/evil",
    ],
)
def test_what_leads_away_becomes_the_start(path):
    assert local_path(path) == "/"


@pytest.mark.parametrize("path", ["/", "/library/1?query=a//b", "/a#b"])
def test_what_stays_here_is_kept(path):
    assert local_path(path) == path


def test_a_field_fills_one_segment():
    assert fill_path("/library/{id}/edit", {"id": "a/b c"}) == "/library/a%2Fb%20c/edit"


def test_a_path_that_is_one_field_stays_local():
    assert fill_path("{next}", {"next": "/home?a=1"}) == "/home?a=1"
    assert fill_path("{next}", {"next": "//evil.example"}) == "/"
    assert fill_path("{next}", {}) == "/"


def test_a_field_matches_one_segment():
    pattern = path_pattern("/library/{id}.pdf")
    assert pattern.fullmatch("/library/7.pdf")["id"] == "7"
    assert not pattern.fullmatch("/library/7/8.pdf")
    assert not pattern.fullmatch("/library/7xpdf")


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, "/library?type=BOOK&type=VIDEO&query=a"),
        ({"type": "FILM"}, "/library?query=a&type=FILM"),
        ({"type": ["BOOK"], "cursor": None}, "/library?query=a&type=BOOK"),
        ({"year": ("1930", 1931)}, "/library?type=BOOK&type=VIDEO&query=a&year=1930&year=1931"),
        ({"type": [], "query": None}, "/library"),
    ],
)
def test_an_address_is_written_with_one_value_several_or_none_of_a_field(changes, address):
    asked = "type=BOOK&type=VIDEO&query=a&part=found"
    request = Request(EnvironBuilder("/library", query_string=asked).get_environ())
    visit = Visit(request, context=None, actor=None, reader=None)
    assert visit.address_with(changes) == address
