"""Administration on a running campus, in both bodies: every plugin in its own process, one front."""

import csv
import io
import json
import re

import pytest

from azora.testing.servers import wait_until

PAGE = {"Accept": "text/html"}


@pytest.fixture
def administrator(campus):
    return campus.sign_in()


@pytest.fixture
def book(campus):
    return campus.call("library.add_resource", title="The Gate", type="BOOK", tags=["doors"])


def found(administrator, book):
    answer = administrator.get(
        "/api/library/admin/tables/library_resource/rows", params={"filter": f"id={book['id']}"}
    )
    assert answer.ok, answer.text
    return answer.json()["items"][0]


def audited(administrator, **asked):
    answer = administrator.get("/api/web/audit", params=asked)
    assert answer.ok, answer.text
    assert answer.json()["missing"] == []
    return answer.json()["items"]


def form(client, path, **fields):
    """Open a page and send its form, as a browser without scripts does."""
    page = client.get(path, headers=PAGE)
    assert page.status_code == 200, page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    version = re.search(r'name="version" value="([^"]+)"', page.text)
    known = {"version": version[1]} if version else {}
    return client.post(path, data={"csrf_token": token} | known | fields)


def test_the_index_leads_to_the_tables_of_every_plugin(administrator):
    index = administrator.get("/admin", headers=PAGE).text
    assert 'href="/admin/library"' in index and 'href="/admin/identity"' in index
    for plugin, table in (("library", "library_resource"), ("identity", "role_grant")):
        assert (
            f"/admin/{plugin}/{table}" in administrator.get(f"/admin/{plugin}", headers=PAGE).text
        )
        assert administrator.get(f"/admin/{plugin}/{table}", headers=PAGE).status_code == 200


def test_a_row_is_edited_on_its_page_and_the_edit_is_on_record(campus, administrator, book):
    row = found(administrator, book)
    answer = form(
        administrator,
        f"/admin/library/library_resource/{row['key']}",
        _form="change",
        **{"values.title": "The Open Gate", "values.type": "BOOK", "values.tags": "doors, walls"},
    )
    assert answer.status_code == 303, answer.text
    changed = campus.call("library.read_resource", id=book["id"], count=False)
    assert (changed["title"], changed["tags"]) == ("The Open Gate", ["doors", "walls"])
    (entry,) = audited(administrator, on=book["id"], of="library.")
    assert (entry["outcome"], entry["address"]) == ("done", "127.0.0.1")
    act = administrator.get(f"/api/web/audit/acts/library/{entry['act']}").json()
    (changes,) = [one for one in act["rows"] if one["of"] == "library_resource"]
    assert (changes["before"]["title"], changes["after"]["title"]) == ("The Gate", "The Open Gate")


def test_what_is_wrong_stands_beside_the_field_with_what_was_typed(administrator, book):
    row = found(administrator, book)
    path = f"/admin/library/library_resource/{row['key']}"
    answer = form(
        administrator, path, _form="change", **{"values.title": "", "values.year": "soon"}
    )
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text and 'id="change-values.year-error"' in answer.text


def test_a_librarian_administers_the_library_and_nothing_else(campus, book):
    librarian = campus.as_account("library.administer", "library.manage")
    assert librarian.get("/admin/library/library_resource", headers=PAGE).status_code == 200
    assert librarian.get("/api/identity/admin/tables/account/rows").status_code == 403
    assert librarian.get("/api/web/audit").status_code == 403


def test_the_trail_holds_what_was_done_in_every_plugin_with_names_and_refusals(
    campus, administrator
):
    nosy = campus.as_account("library.administer", name="Nosy Neighbour")
    assert (
        nosy.post("/api/library/resources", json={"title": "x", "type": "BOOK"}).status_code == 403
    )
    (entry,) = audited(administrator, person="Nosy Neighbour")
    assert (entry["of"], entry["outcome"]) == ("library.add_resource", "not_allowed")
    assert entry["name"] == "Nosy Neighbour"
    made = audited(administrator, of="identity.create_account", limit=1)[0]
    assert made["actor"] == "operator:cli" and made["on"].startswith("user:")
    cursor, seen = None, []
    while True:
        page = administrator.get("/api/web/audit", params={"limit": 3, "cursor": cursor}).json()
        seen += [(one["moment"], one["plugin"], one["link"]) for one in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == sorted(seen, reverse=True) and len(seen) == len(set(seen)) >= 3
    for path in ("/admin/audit", f"/admin/audit/identity/{made['act']}"):
        assert "identity.create_account" in administrator.get(path, headers=PAGE).text


def test_the_trail_is_exported_and_verified(campus, administrator, book):
    rows = list(csv.DictReader(io.StringIO(administrator.get("/api/web/audit/export").text)))
    assert {"library.add_resource"} <= {row["of"] for row in rows}
    done = campus.azora("audit", "verify", "--json")
    verified = json.loads(done.out)["plugins"]
    assert done.code == 0 and all(one["faults"] == [] for one in verified)
    assert {one["plugin"] for one in verified} >= {"identity", "library", "web"}


def test_an_export_comes_as_a_file(administrator, book):
    answer = administrator.get(
        "/api/library/admin/tables/library_resource/export",
        params={"filter": f"id={book['id']}", "format": "csv"},
    )
    assert (
        answer.headers["Content-Disposition"]
        == 'attachment; filename="library-library_resource.csv"'
    )
    assert [row["title"] for row in csv.DictReader(io.StringIO(answer.text))] == ["The Gate"]


def test_a_setting_changes_without_a_restart_where_it_is_used(campus, administrator):
    changed = form(
        administrator, "/admin/settings/library/facet_bound", _form="change", value="100"
    )
    assert changed.status_code == 303, changed.text
    shown = administrator.get("/api/web/settings/library/facet_bound").json()
    assert (shown["value"], shown["source"]) == ("100", "browser")
    refused = form(administrator, "/admin/settings/library/facet_bound", _form="change", value="1")
    assert refused.status_code == 422 and "greater than or equal to 100" in refused.text
    administrator.delete("/api/web/settings/library/facet_bound")
    (reset, change) = audited(administrator, on="library.facet_bound")
    assert (change["after"], reset["after"]) == ({"value": "100"}, {"value": "10000"})


def test_a_setting_of_the_campus_reaches_every_process(administrator):
    try:
        changed = administrator.put("/api/web/settings/campus/call_attempts", json={"value": "7"})
        assert changed.ok, changed.text
        for plugin in ("identity", "library", "web"):
            path = f"/api/{plugin}/admin/settings?section=campus"

            def value(path=path):
                items = administrator.get(path).json()["items"]
                return next(one["value"] for one in items if one["name"] == "call_attempts")

            wait_until(lambda value=value: value() == "7")
    finally:
        administrator.delete("/api/web/settings/campus/call_attempts")


def test_what_the_environment_fixes_is_shown_and_cannot_be_changed(administrator):
    answer = administrator.put("/api/web/settings/campus/data_dir", json={"value": "/elsewhere"})
    assert (answer.status_code, answer.json()["code"]) == (409, "setting_fixed")
    assert "AZORA_DATA_DIR" in administrator.get("/admin/settings", headers=PAGE).text
