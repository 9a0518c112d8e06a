"""Panels: what plugins contribute to a campus's page stands alone, fails alone, and may be late."""

import time
from datetime import UTC, datetime

import pytest
from tests.kernel.hosting import make_plugin, running
from tests.kernel.shell.browsing import Browser, Campus

from azora import ListReply, ListRequest, Page, Panel, Permission, Reply, Service, operation
from azora.loader import load_registry
from azora.shell import panels


class Duty(Reply):
    id: str
    title: str
    who: list[str]
    until: datetime


class Duties(ListReply[Duty]):
    total: int
    exact: bool


class Ask(ListRequest):
    query: str = ""


class DutyList(Service):
    pause = 0.0

    @operation("GET /duties", public=True)
    def list_duties(self, request: Ask) -> Duties:
        rows = [
            Duty(
                id=f"{n}/x", title=f"Duty {n} <b>", who=["Nomsa", "Thabo"], until=datetime.now(UTC)
            )
            for n in range(30)
            if request.query in f"Duty {n}"
        ]
        return Duties(items=rows[: request.limit], total=len(rows), exact=True)

    @operation("GET /none", public=True)
    def list_none(self, request: Ask) -> Duties:
        return Duties(items=[], total=0, exact=True)

    @operation("GET /broken", public=True)
    def list_broken(self, request: Ask) -> Duties:
        raise ValueError("<secret>")

    @operation("GET /closed", permission="duty.keep")
    def list_closed(self, request: Ask) -> Duties:
        return self.list_duties(request)

    @operation("GET /slow", public=True)
    def list_slow(self, request: Ask) -> Duties:
        time.sleep(type(self).pause)
        return self.list_duties(request)


def panel(operation, title, place="due", **more):
    return Panel(place, title, operation, "/duties/{id}", facts=("who",), when="until", **more)


PANELS = [
    panel("list_duties", "Duties", more="/duties?query={query}"),
    panel("list_none", "Nothing"),
    panel("list_broken", "Broken"),
    panel("list_closed", "Closed"),
    panel("list_slow", "Slow"),
    panel("list_duties", "Finds", place="search"),
]
KEEP = [Permission("duty.keep", "Keep the duties")]
PAGES = [
    Page("/today", "Today", "today.html", panels={"due": 3}),
    Page("/find", "Find", "today.html", panels={"search": 2}),
]


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """A campus whose plugin `duty` contributes to the pages of the plugin `board`."""
    folder = tmp_path / "azora_board"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "templates/today.html").write_text(
        "{% extends 'layout.html' %}{% block content %}"
        "{% for place in panels.values() %}{% for one in place %}{{ draw_panel(one) }}{% endfor %}{% endfor %}"
        "{% endblock %}"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import azora_board

    azora_board.describe = make_plugin("board", pages=PAGES)[1].describe
    duty = make_plugin("duty", services=[DutyList], panels=PANELS, permissions=KEEP)
    with running(tmp_path, ("board", azora_board), duty) as runtime:
        assert not runtime.registry.refused
        yield Browser(Campus(runtime))


def section(page, title):
    """The drawn panel with this title."""
    return next(part for part in page.text.split("<section") if f'aria-label="{title}"' in part)


def test_a_page_shows_what_other_plugins_contribute(browser):
    page = browser.get("/today")
    duties = section(page, "Duties")
    assert ">30<" in duties
    assert duties.count('class="entry"') == 3
    assert 'href="/duties/0%2Fx"' in duties
    assert "Nomsa, Thabo" in duties
    assert "Duty 0 &lt;b&gt;" in duties


def test_one_that_fails_leaves_the_page_standing_with_a_retry_and_the_error_number(browser):
    page = browser.get("/today")
    assert page.status_code == 200
    broken = section(page, "Broken")
    assert "Something failed here" in broken
    assert 'data-retry="due-duty-2"' in broken
    assert "Error number" in broken
    assert "secret" not in page.text


def test_what_the_reader_may_not_see_is_left_out_without_a_word(browser):
    assert 'aria-label="Closed"' not in browser.get("/today").text
    assert 'aria-label="Closed"' in browser.sign_in("duty.keep").get("/today").text


def test_an_empty_one_says_nothing(browser):
    page = browser.get("/today")
    nothing = section(page, "Nothing")
    assert "<h2" not in nothing


def test_a_slow_one_does_not_hold_the_page_up_and_comes_when_it_is_asked_for(browser, monkeypatch):
    monkeypatch.setattr(panels, "AT_ONCE", 0.1)
    monkeypatch.setattr(DutyList, "pause", 0.5)
    page = browser.get("/today")
    slow = section(page, "Slow")
    assert 'data-late="due-duty-4"' in slow
    assert "skeleton" in slow
    fragment = browser.get("/today?part=due-duty-4")
    assert fragment.status_code == 200
    assert fragment.text.count('class="entry"') == 3
    assert "<html" not in fragment.text


def test_a_search_hands_its_words_on(browser):
    page = browser.get("/find?query=Duty 1&limit=50")
    assert page.text.count('class="entry"') == 2
    assert "Duty 1 &lt;b&gt;" in page.text
    assert "Duty 2 " not in page.text


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (panel("list_nowhere", "Lost"), "names list_nowhere, which duty lacks"),
        (Panel("new", "Lost", "list_duties", "/duties/{code}"), "names code, which no item"),
        (Panel("new", "Lost", "list_duties", "/", facts=("mark",)), "names mark, which no item"),
    ],
)
def test_a_panel_that_does_not_fit_its_operation_is_refused_at_load(wrong, reason):
    duty = make_plugin("duty", services=[DutyList], panels=[wrong], permissions=KEEP)
    refused = load_registry([duty], installed=False).refused
    assert reason in refused["duty"]
