"""The campus's own pages, on a campus that has nothing but the web plugin."""

import json
from xml.etree import ElementTree

import pytest
from tests.kernel.hosting import running
from tests.kernel.shell.browsing import Browser, Campus

from azora_web import plugin as web


@pytest.fixture
def browser(tmp_path):
    with running(tmp_path, ("web", web)) as runtime:
        assert not runtime.registry.refused
        yield Browser(Campus(runtime))


def test_the_landing_page_is_there_for_everybody(browser):
    page = browser.get("/")
    assert page.status_code == 200
    assert "A whole campus, on a computer of your own" in page.text
    assert page.text.count("<h1") == 1
    assert len(page.data) < 30_000


@pytest.mark.parametrize("path", ["/home", "/search?query=water", "/search/suggestions?query=w"])
def test_without_any_other_plugin_the_page_stands(browser, path):
    page = browser.get(path)
    assert page.status_code == 200
    assert "is not answering" not in page.text


def test_nothing_is_searched_before_something_is_asked(browser):
    assert "Write a word, a title or a name." in browser.get("/search?query=").text


def test_a_language_is_remembered_and_leads_back(browser):
    answer = browser.send("/language", language="zu", next="/search?query=a")
    assert answer.status_code == 303
    assert answer.location == "/search?query=a"
    assert "Max-Age=31536000" in answer.headers["Set-Cookie"]
    assert '<html lang="zu"' in browser.get("/").text


def test_a_theme_is_remembered_until_the_device_is_followed_again(browser):
    browser.send("/theme", theme="dark")
    assert 'data-theme="dark"' in browser.get("/").text
    browser.send("/theme", theme="auto")
    assert "data-theme" not in browser.get("/").text


@pytest.mark.parametrize("path", ["/language", "/theme"])
@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example"]
)
def test_a_choice_never_leads_away(browser, path, elsewhere):
    chosen = {"language": "en", "theme": "dark", "next": elsewhere}
    assert browser.send(path, **chosen).location == "/"


def test_a_language_that_is_not_offered_is_refused(browser):
    answer = browser.send("/language", language="xx")
    assert answer.status_code == 422
    assert "Choose one of the answers." in answer.text
    assert "azora_language" not in answer.headers.get("Set-Cookie", "")


def test_robots_are_kept_out_of_the_api(browser):
    page = browser.get("/robots.txt")
    assert page.mimetype == "text/plain"
    assert "Disallow: /api/" in page.text


def test_the_manifest_makes_the_campus_installable(browser):
    page = browser.get("/manifest.webmanifest")
    assert page.mimetype == "application/manifest+json"
    manifest = json.loads(page.data)
    assert manifest["start_url"] == "/home"
    assert manifest["icons"][0]["src"].startswith("/static/shell/icon.svg?v=")


def test_the_favicon_is_a_pattern(browser):
    page = browser.get("/favicon.svg")
    assert page.mimetype == "image/svg+xml"
    ElementTree.fromstring(page.data)


def test_a_query_is_shown_as_text(browser):
    page = browser.get('/search?query="><script>alert(1)</script>')
    assert "<script>alert" not in page.text
