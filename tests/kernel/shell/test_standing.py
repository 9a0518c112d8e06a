"""What a page tells search engines: where it stands, in which languages, what it is about."""

import json
import re


def test_a_page_says_where_it_stands_and_in_which_languages(browser):
    page = browser.get("/garden?cursor=x&query=aloe").text
    assert '<link rel="canonical" href="http://localhost/garden?query=aloe">' in page
    assert 'hreflang="zu" href="http://localhost/garden?query=aloe&amp;lang=zu"' in page
    assert 'hreflang="x-default" href="http://localhost/garden?query=aloe"' in page
    assert '<meta property="og:title" content="Garden">' in page


def test_the_address_of_a_language_is_written_in_it_and_is_its_own_canonical(browser):
    page = browser.get("/garden?lang=zu").text
    assert '<html lang="zu"' in page
    assert '<link rel="canonical" href="http://localhost/garden?lang=zu">' in page


def test_what_a_search_narrows_by_is_not_the_language_of_the_page(browser):
    assert '<html lang="en"' in browser.get("/garden?language=zu").text


def test_a_page_behind_a_permission_and_an_error_are_not_for_search_engines(browser):
    closed = browser.sign_in("garden.keep").get("/garden/closed").text
    for page in (closed, browser.get("/nowhere").text):
        assert '<meta name="robots" content="noindex">' in page and "canonical" not in page


def test_a_page_says_what_it_is_about_and_nothing_ends_the_element_early(browser):
    page = browser.get("/garden/1").text
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(text) == {"@type": "Thing", "name": "</script><b>Aloe & co"}
