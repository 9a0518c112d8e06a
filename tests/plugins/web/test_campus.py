"""The campus's own pages on a whole campus, in both bodies: each process draws its own, at one address."""

import re

import pytest


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "A whole campus, on a computer of your own"),
        ("/home", "New in the library"),
        ("/search?query=freedom", "The Freedom Charter"),
        ("/library", "Search the campus"),
        ("/sign-in", "Search the campus"),
    ],
)
def test_every_plugin_draws_its_pages_in_one_frame(campus, path, words):
    page = campus.http.get(path)
    assert page.status_code == 200
    assert words in page.text
    assert 'href="/library"' in page.text
    assert "is not answering" not in page.text


def test_the_styles_and_the_script_of_a_page_are_there_to_keep(campus):
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', campus.http.get("/").text)
    assert len(found) >= 4
    for address in found:
        answer = campus.http.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_an_address_that_nobody_has_gets_a_page_for_people(campus):
    answer = campus.http.get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert answer.headers["X-Trace-Id"] in answer.text


def test_what_a_page_can_do_the_api_can_do(campus):
    answer = campus.http.post("/api/web/language", json={"language": "zu"})
    assert answer.status_code == 201
    assert answer.cookies["azora_language"] == "zu"
