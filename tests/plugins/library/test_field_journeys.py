"""Fields that a campus declares, in a real browser without scripts, at both widths."""

from pathlib import Path
from typing import Any

from azora.testing.browser import browse

JOURNEYS = Path(__file__).with_name("field_journeys.py")


def test_fields_are_declared_filled_in_read_and_removed(new_campus: Any, tmp_path: Path) -> None:
    campus = new_campus()
    people = [
        campus.as_account(*permissions).cookies["azora_session"]
        for permissions in (
            ("library.declare_fields", "library.manage"),
            ("library.manage",),
            ("library.read",),
        )
    ]
    made = browse(JOURNEYS, "declaring", campus.url, tmp_path, *people)
    seen = made["seen"]
    assert "may be chosen" in seen["no choices"]
    assert seen["declared"] == "Added."
    assert seen["needed"] == "This is needed." and seen["kept"]
    assert seen["read"]["School grade"] == "Grade 9, Grade 10"
    assert seen["read"]["Signed by its author"] == "Yes"
    assert seen["edited"]["School grade"] == "Grade 10"
    assert seen["edited"]["Day on which it came"] == "23 November 2026"
    assert "Day on which it came" in seen["compared"] and "2026-11-23" in seen["compared"]
    assert len(seen["in many"]) == 2
    assert all("Day on which it came" in row for row in seen["in many"])
    assert seen["found"] == ["Mhudi"]
    assert seen["facet"] == "Grade 10 1" and seen["narrowed"] == ["Mhudi"]
    assert seen["removed"] == "Removed."
    assert all(made["fits"]), made["fits"]
