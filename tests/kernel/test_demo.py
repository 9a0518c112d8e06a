"""Demo data goes as far as nobody touched it, by terminal and in the browser, and comes back; in both bodies."""

import json
import re

import pytest

from azora.testing.campus import BODIES


@pytest.fixture(scope="module", params=BODIES)
def campus(request, new_module_campus):
    return new_module_campus(request.param)


def demo(campus, *arguments):
    """What `azora demo …` says of the library."""
    done = campus.azora("demo", *arguments, "--json")
    assert done.code == 0, done.err
    (library,) = json.loads(done.out)
    assert library["plugin"] == "library"
    return library


def ids(campus):
    found = campus.call("library.list_resources", limit=100)["items"]
    return {item["title"]: item["id"] for item in found}


def test_what_nobody_touched_goes_and_what_people_did_stays_and_is_named(campus):
    before = ids(campus)
    mine = campus.call("library.add_resource", title="Not from the demo", type="BOOK")
    campus.call("library.update_resource", id=before["Mhudi"], publisher="Lovedale Press")
    campus.call("library.add_copy", id=before["Chaka"])
    dry = demo(campus, "remove", "--dry-run")
    assert len(ids(campus)) == len(before) + 1
    stays = {"Mhudi": "changed", "Chaka": "added_to"}
    assert {one["name"]: one["why"] for one in dry["kept"]} == stays
    assert sorted(dry["removed"]) == sorted(before.keys() - stays.keys())
    assert demo(campus, "remove") == dry
    assert ids(campus) == {name: before[name] for name in stays} | {mine["title"]: mine["id"]}
    campus.restart()
    assert len(ids(campus)) == 3
    assert sorted(demo(campus, "add")["added"]) == sorted(dry["removed"])
    assert len(ids(campus)) == len(before) + 1
    assert demo(campus, "add")["added"] == []


def test_an_administrator_sees_it_and_takes_it_out_by_a_button(campus):
    browser = campus.sign_in()
    there = len(demo(campus, "remove", "--dry-run")["removed"])
    page = browser.get("/admin/demo")
    assert f"Remove {there} things that nobody touched" in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    given = {"csrf_token": token, "_form": "remove_demo"}
    assert browser.post("/admin/demo", data=given).status_code == 303
    assert demo(campus, "remove", "--dry-run")["removed"] == []
    acts = browser.get("/api/web/audit", params={"of": "library.admin_remove_demo"}).json()["items"]
    assert acts
    assert browser.post("/admin/demo", data=given | {"_form": "add_demo"}).status_code == 303
    assert len(demo(campus, "remove", "--dry-run")["removed"]) == there


def test_only_administrators_may(campus):
    client = campus.as_account("library.manage")
    assert client.get("/api/web/demo").status_code == 403
    assert client.delete("/api/library/admin/demo").status_code == 403
    assert client.post("/api/library/admin/demo").status_code == 403
