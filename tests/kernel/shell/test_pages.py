"""Pages, their parts, and what readers meet when something is missing, forbidden or broken."""

import pytest
from tests.kernel.hosting import make_plugin

from azora import Form, Page, Part
from azora.loader import load_registry


def test_a_page_shows_what_its_parts_reply(browser):
    page = browser.get("/garden")
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert "<li>Aloe</li>" in page.text


def test_a_part_that_fails_leaves_the_page_standing_with_a_way_to_try_again(browser):
    text = browser.get("/garden?colour=red").text
    assert "<li>Protea</li>" in text
    assert 'href="/garden?colour=red" data-retry="weather"' in text
    assert "This part is not answering" in text


def test_a_part_that_raises_says_nothing_of_the_reason(browser):
    text = browser.get("/garden").text
    assert 'data-retry="broken"' in text
    assert "secret" not in text


def test_a_further_part_is_left_out_for_who_may_not_see_it(browser):
    assert "ledger line" not in browser.get("/garden").text
    assert "ledger line" in browser.sign_in("garden.keep").get("/garden").text


def test_a_part_can_be_asked_for_alone(browser):
    part = browser.get("/garden?part=plants")
    assert part.status_code == 200
    assert part.text.startswith('<div class="part" id="part-plants"')
    assert "<html" not in part.text


def test_a_part_alone_uses_what_its_template_imports_and_sets(browser):
    found = browser.get("/garden/find?query=o&part=found").text
    assert found == '<div class="part" id="part-found" data-part="found">found: Aloe, Protea</div>'


def test_a_failed_part_asked_for_alone_has_the_status_of_its_error(browser):
    part = browser.get("/garden?part=weather")
    assert part.status_code == 503
    assert part.text.startswith('<div class="part" id="part-weather"')


def test_a_part_that_the_page_does_not_have_is_not_found(browser):
    assert browser.get("/garden?part=passwords").status_code == 404


def test_a_page_whose_subject_is_missing_is_not_found(browser):
    page = browser.get("/garden/9")
    assert page.status_code == 404
    assert "There is nothing here" in page.text


def test_path_fields_win_over_the_query_and_over_other_pages(browser):
    assert "<h1>Aloe</h1>" in browser.get("/garden/1?id=2").text
    assert "not asked" in browser.get("/garden/find").text


def test_a_part_is_asked_once_its_fields_are_there(browser):
    assert "not asked" in browser.get("/garden/find?query=").text
    assert "found: Aloe" in browser.get("/garden/find?query=Al").text


def test_a_part_that_is_asked_wrongly_says_what_is_wrong(browser):
    page = browser.get(f"/garden/find?query={'x' * 50}")
    assert page.status_code == 200
    assert "Write at most 40 characters." in page.text


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(browser):
    page = browser.get("/garden/keeper?page=2")
    assert page.status_code == 303
    assert page.location == "/sign-in?next=/garden/keeper%3Fpage%3D2"


def test_a_page_may_ask_for_a_permission_of_its_own(browser):
    assert browser.get("/garden/closed").status_code == 303
    assert browser.sign_in("garden.see").get("/garden/closed").status_code == 403
    assert browser.sign_in("garden.keep").get("/garden/closed").status_code == 200


def test_an_error_page_says_what_happened_what_is_safe_what_to_do_and_its_number(browser):
    page = browser.sign_in().get("/garden/keeper")
    assert page.status_code == 403
    for words in ("You may not open this", "Nothing you had saved is affected", "ask whoever runs"):
        assert words in page.text
    number = page.text.partition('class="trace"')[2].partition("<code>")[2].partition("</code>")[0]
    assert len(number) == 32


def test_the_navigation_shows_what_the_reader_may_open(browser):
    assert 'href="/garden/keeper"' not in browser.get("/garden").text
    assert 'href="/garden/keeper"' in browser.sign_in("garden.keep").get("/garden").text


def test_the_trail_leads_up(browser):
    assert '<li><a href="/garden">Garden</a></li>' in browser.get("/garden/1").text


def test_a_page_without_forms_takes_nothing(browser):
    assert browser.post("/garden").status_code == 405


def test_hostile_query_text_is_shown_as_text(browser):
    page = browser.get('/garden?x="><script>alert(1)</script>')
    assert "<script>alert" not in page.text


def test_a_page_is_written_in_the_language_asked_for(browser):
    page = browser.get("/garden", headers={"Accept-Language": "zu-ZA,en;q=0.4"})
    assert page.headers["Content-Language"] == "zu"
    assert '<html lang="zu"' in page.text
    assert "Yeqela kokuqukethwe" in page.text


def test_a_language_cookie_wins_over_the_browser(browser):
    browser.set_cookie("azora_language", "en", domain="localhost")
    page = browser.get("/garden", headers={"Accept-Language": "zu"})
    assert "Skip to the content" in page.text


def test_a_theme_that_is_none_of_ours_is_ignored(browser):
    browser.set_cookie("azora_theme", '"><b>', domain="localhost")
    assert "data-theme" not in browser.get("/garden").text
    browser.set_cookie("azora_theme", "contrast", domain="localhost")
    assert 'data-theme="contrast"' in browser.get("/garden").text


def test_pages_carry_no_inline_style_and_no_inline_script(browser):
    for path in ("/garden", "/garden/1", "/garden/add", "/nowhere"):
        text = browser.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert "<script>" not in text
        assert " onclick=" not in text


@pytest.mark.parametrize("operation", ["grow", "barn.grow", "library.search"])
def test_a_plugin_whose_page_names_no_operation_of_its_own_is_refused_by_name(operation):
    pages = [Page("/barn", "Barn", "barn.html", parts={"crop": Part(operation)})]
    refused = load_registry([make_plugin("barn", pages=pages)], installed=False).refused
    assert f"the page /barn names {operation}" in refused["barn"]
    pages = [Page("/barn", "Barn", "barn.html", forms={"crop": Form(operation, then="/barn")})]
    assert load_registry([make_plugin("barn", pages=pages)], installed=False).refused["barn"]
