"""The same thing in other media types."""


def test_a_page_without_a_template_is_its_document(browser):
    label = browser.get("/garden/1.label")
    assert (label.text, label.content_type) == ("Aloe", "text/x-label; charset=utf-8")
    assert browser.get("/garden/9.label").status_code == 404


def test_who_prefers_another_media_type_is_sent_there(browser):
    moved = browser.get("/garden/1", headers={"Accept": "text/x-label, text/html;q=0.5"})
    assert (moved.status_code, moved.headers["Location"]) == (303, "/garden/1.label")


def test_a_browser_gets_the_page(browser):
    for accepted in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*", "image/png", ""):
        assert browser.get("/garden/1", headers={"Accept": accepted}).status_code == 200
