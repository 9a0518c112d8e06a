"""Patterns: the same for the same id, another for another, well-formed and small."""

from importlib import resources
from xml.etree import ElementTree

import pytest

from azora.shell.pattern import pattern, pattern_band, pattern_file

IDS = [f"thing-{number}" for number in range(400)]


def test_an_id_has_one_pattern_for_ever():
    assert pattern("library") == pattern("library")
    assert "M" in pattern("library")


def test_different_ids_differ():
    assert len({pattern(identity) for identity in IDS}) >= len(IDS) - 1


@pytest.mark.parametrize("identity", ["", "umtapo", "日本", '"><script>', "x" * 10_000])
def test_every_id_gives_a_small_well_formed_drawing(identity):
    drawn = pattern(identity, 96)
    ElementTree.fromstring(drawn)
    assert len(drawn) < 2_500
    assert "script" not in drawn


def test_a_pattern_is_decoration_unless_it_is_labelled():
    assert 'aria-hidden="true"' in pattern("a")
    assert 'aria-label="&lt;Library&gt;"' in pattern("a", label="<Library>")


def test_a_tile_repeats_without_a_seam():
    """What touches the left edge touches the right edge at the same height."""
    for identity in IDS[:50]:
        figure = ElementTree.fromstring(pattern(identity))[1].attrib["d"]
        assert edge(figure, "0") == edge(figure, "48")


def edge(path, x):
    points = [piece.split() for piece in path.replace("M", "|").replace("L", "|").split("|")]
    return {
        point[1].split("A")[0].rstrip("Z") for point in points if len(point) == 2 and point[0] == x
    }


def test_a_band_is_as_wide_as_its_place():
    drawn = ElementTree.fromstring(pattern_band("library", 24, "top"))
    assert drawn.attrib["width"] == "100%"
    assert drawn.find("defs/pattern").attrib["id"] == "top"


def test_a_pattern_file_stands_alone():
    ElementTree.fromstring(pattern_file("library"))


def test_the_icon_is_the_pattern_of_the_campus():
    icon = resources.files("azora.shell") / "static" / "icon.svg"
    assert icon.read_text() == f"{pattern_file('azora campus')}\n"
