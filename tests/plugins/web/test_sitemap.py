"""The sitemap of a running campus: what everybody may read, and nothing else, in both bodies."""

import re


def locations(campus, path):
    answer = campus.http.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        "application/xml; charset=utf-8",
    )
    return [place.removeprefix(campus.url) for place in re.findall("<loc>(.*?)</loc>", answer.text)]


def test_it_leads_to_fixed_pages_and_to_records_that_are_public(campus):
    shown = campus.call("library.add_resource", title="Seen", type="BOOK")
    hidden = campus.call(
        "library.add_resource", title="Unseen", type="BOOK", record_access="members"
    )
    parts = locations(campus, "/sitemap.xml")
    assert "/sitemap/web/pages/1" in parts and "/sitemap/library/list_addresses/1" in parts
    fixed = locations(campus, "/sitemap/web/pages/1")
    assert {"/", "/library"} <= set(fixed)
    assert not [path for path in fixed if path.startswith(("/account", "/admin", "/people"))]
    records = locations(campus, "/sitemap/library/list_addresses/1")
    assert f"/library/{shown['id']}" in records and f"/library/{hidden['id']}" not in records
    assert campus.http.get("/sitemap/library/search/1").status_code == 404


def test_robots_are_led_to_it(campus):
    robots = campus.http.get("/robots.txt").text
    assert f"Sitemap: {campus.url}/sitemap.xml" in robots and "Disallow: /admin" in robots
