"""Every page of the campus, found by following links: accessible, in every theme, at every width, translated."""

import json
import re
import sqlite3
from pathlib import Path

import pytest

from azora.loader import load_registry
from azora.shell.links import path_pattern
from azora.testing.browser import browse
from azora.testing.campus import Client

pytestmark = pytest.mark.needs("chromium")
CRAWL = Path(__file__).with_name("crawl.py")
PAGES = [page for loaded in load_registry().plugins.values() for page in loaded.plugin.pages]
DRAWN = sorted(
    (page for page in PAGES if page.template.endswith(".html") and "suggestions" not in page.path),
    key=lambda page: (page.path.count("{"), -len(page.path)),
)
BETWEEN = re.compile(r"[·,:()“”]|\s{2,}|\n")


@pytest.fixture(scope="module")
def crawled(embedded_campus, tmp_path_factory):
    """What the crawl saw; one title has no place to break."""
    embedded_campus.call("library.add_resource", title="Unbroken" * 40, type="BOOK")
    account = _administrator(embedded_campus)
    told = {
        "account": account,
        "patterns": [(page.path, path_pattern(page.path).pattern) for page in DRAWN],
        "plain": [page.path for page in DRAWN if "{" not in page.path]
        + [_clash(embedded_campus, account)],
        "data": sorted(_data(embedded_campus.data_dir)),
    }
    given = tmp_path_factory.mktemp("crawl") / "told.json"
    given.write_text(json.dumps(told))
    return browse(CRAWL, "everything", embedded_campus.url, given, seconds=400)


def test_nothing_is_wrong_with_any_page(crawled):
    assert not crawled["wrong"], "\n".join(crawled["wrong"])


def test_the_crawl_reaches_every_page_without_a_field_in_its_path(crawled):
    """A page that nothing can leave out: a new one is measured without an edit here."""
    plain = {page.path for page in DRAWN if "{" not in page.path} - {"/sign-out"}
    assert plain <= set(crawled["patterns"])


def test_the_crawl_follows_links_to_pages_of_one_thing(crawled):
    assert {
        "/library/{id}",
        "/library/{id}/edit",
        "/library/{id}/merge",
        "/library/bulk-edits/{edit}",
        "/library/fields/{name}",
        "/people/{id}",
    } <= set(crawled["patterns"])


def _clash(campus, account):
    """Where two people changed one record; beside it a bulk edit that waits to be applied."""
    email, password = account
    client = Client(campus.url)
    assert client.post("/api/identity/sessions", json={"email": email, "password": password}).ok
    title = "Native Life in South Africa"
    campus.call(
        "library.add_field", name="grade", labels={"en": "School grade", "zu": "Ibanga"},
        kind="choice", choices=["Grade 8", "Grade 9"], many=True, facet=True,
    )  # fmt: skip
    book = campus.call(
        "library.add_resource",
        title=title,
        type="BOOK",
        tags=["history"],
        custom={"grade": ["Grade 9"]},
    )["id"]
    campus.call("library.update_resource", id=book, title=f"{title}, anew", publisher="Lovedale")
    campus.call("library.prepare_bulk_edit", ids=[book], add_tags=["politics"])
    typed = {"id": [book], "if_revision": ["1"], "title": [f"{title}: essays"], "type": ["BOOK"]}
    draft = "01999999-0000-7000-8000-000000000000"
    kept = {"place": f"/library/{book}/edit", "form": "edit", "typed": typed}
    assert client.put(f"/api/library/drafts/{draft}", json=kept).ok
    return f"/library/{book}/merge?draft={draft}"


def _administrator(campus):
    """E-mail address and password of an administrator who has chosen their own."""
    email, password = "everywhere@campus.example", "a long walk to the library"
    made = campus.call(
        "identity.create_account", email=email, name="Nomsa Dlamini", roles=["administrator"]
    )
    client, once = Client(campus.url), made["one_time_password"]
    assert client.post("/api/identity/sessions", json={"email": email, "password": once}).ok
    change = {"current_password": once, "new_password": password}
    assert client.post("/api/identity/password", json=change).ok
    return email, password


def _data(folder):
    """Every text that the campus stores, and the pieces of it between separators: what needs no translation."""
    for file in folder.rglob("*.db"):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            tables = [
                name
                for (name,) in database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                )
            ]
            for table in tables:
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    for value in row:
                        yield from _texts(value)


def _texts(value):
    if isinstance(value, str) and value[:1] in "[{":
        try:
            value = json.loads(value)
        except ValueError:
            pass
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield from (piece.strip(" .…–-").casefold() for piece in (value, *BETWEEN.split(value)))
