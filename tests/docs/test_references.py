"""The documentation points at what exists, and its generated parts are as the code has them now."""

import re

import pytest
from tests.docs.pages import PAGES, ROOT, prose

from azora.reference import first_party, stale

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FILE = re.compile(r"`((?:kernel|plugins|tests|docs|operator|\.ci|\.github)/[\w./@-]*)`")
PRESENT = [page for page in PAGES if page.exists()]
PICTURES = sorted((ROOT / "docs" / "images").glob("*"))


def named(page):
    return str(page.relative_to(ROOT))


def anchors(page):
    """The anchors of a page's headings, as code hosts make them."""
    words = [re.sub(r"[^\w\- ]", "", one.lower()) for one in _HEADING.findall(prose(page))]
    return {one.strip().replace(" ", "-") for one in words}


@pytest.mark.parametrize("page", PRESENT, ids=named)
def test_links_lead_somewhere(page):
    for link in _LINK.findall(prose(page)):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{named(page)} links to {link}"
        if anchor:
            assert anchor in anchors(target), f"{named(page)} links to {link}"


@pytest.mark.parametrize("page", PRESENT, ids=named)
def test_files_that_a_page_names_exist(page):
    missing = [
        path for path in _FILE.findall(page.read_text("utf-8")) if not (ROOT / path).exists()
    ]
    assert missing == []


def test_generated_parts_are_fresh():
    assert first_party().refused == {}
    assert sorted(map(named, stale(ROOT / "docs"))) == [], (
        "refresh them: python -m azora.reference docs/"
    )


def test_every_folder_of_the_kernel_is_on_the_map():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folders = {init.parent for init in (ROOT / "kernel" / "azora").rglob("__init__.py")}
    assert [named(folder) for folder in folders if f"`{named(folder)}/`" not in page] == []


def test_every_decision_is_in_their_list():
    folder = ROOT / "docs" / "decisions"
    listed = set(_LINK.findall((folder / "README.md").read_text("utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_every_guide_is_reached_from_the_list_of_pages():
    start = (ROOT / "docs" / "README.md").read_text("utf-8")
    linked = {(ROOT / "docs" / link).resolve() for link in _LINK.findall(start)}
    guides = {*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "guides").glob("*.md")}
    assert {named(page) for page in guides - linked} == {"docs/README.md"}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small(picture):
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= 200_000


def test_every_picture_is_shown_somewhere():
    shown = " ".join(page.read_text("utf-8") for page in PRESENT)
    assert [one.name for one in PICTURES if f"images/{one.name}" not in shown] == []
