"""Some weeks of a campus in a minute: what people do on one that is to be kept, and what must outlive it."""

import hashlib
import secrets
from typing import Any

from azora.testing.campus import CampusProcess

LEAFLET = b"%PDF-1.4 how to mend a bell\n" * 400
RECORDS = 250
"""So many records come at once, moments before the power goes."""

OWN = ["library.read", "library.borrow", "library.keep_lists", "identity.use_account"]


def lived(campus: CampusProcess) -> dict[str, Any]:
    """Live on a running campus, up to its last evening; what a later version must find."""
    administrator, made_by = campus.sign_in(), campus.first
    librarian, reader, left = (
        _person(campus, name, roles)
        for name, roles in (
            ("Thandi", ["library.manage", "library.lend", "identity.use_account"]),
            ("Sipho", OWN),
            ("Zanele", OWN),
        )
    )
    campus.call("identity.deactivate_account", id=left["id"])
    resources = _catalogue(campus, librarian)
    facts = {
        "administrator": {"email": made_by[0], "password": made_by[1]},
        "people": {"Thandi": librarian, "Sipho": reader, "Zanele": left},
        "file": {"resource": resources[0], "sha256": hashlib.sha256(LEAFLET).hexdigest()},
    }
    if _offers(campus, "library.check_out"):
        facts["loan"] = _loan(campus, resources[0], reader)
    if _offers(campus, "library.add_reading_list"):
        facts["list"] = _reading_list(campus, resources[1], reader)
    if _offers(campus, "web.change_setting"):
        facts["setting"] = _setting(campus)
    administrator.close()
    return facts


def part_with(campus: CampusProcess) -> str:
    """Add one resource while the bell is broken; its id."""
    added = campus.call("library.add_resource", title="While the bell was broken", type="BOOK")
    campus.eventually(lambda: len(campus.parked()) == 1)
    return str(added["id"])


def last_import() -> dict[str, Any]:
    """The request that brings many records at once."""
    works = [
        {
            "key": f"w{n}",
            "title": f"Work {n}",
            "type": "BOOK",
            "category": "Late",
            "year": 1900 + n % 99,
        }
        for n in range(RECORDS)
    ]
    return {"source": "evening", "records": works}


def titles(campus: CampusProcess) -> dict[str, str]:
    """Every resource of the catalogue: its title by its id."""
    found, following = {}, None
    while True:
        page = campus.call("library.list_resources", limit=100, cursor=following)
        found |= {item["id"]: item["title"] for item in page["items"]}
        following = page["next"]
        if not following:
            return found


def _offers(campus: CampusProcess, operation: str) -> bool:
    return operation in str(campus.http.get("/api/openapi.json").text)


def _person(campus: CampusProcess, name: str, permissions: list[str]) -> dict[str, Any]:
    """An account with a role of its own, a password, a session, and a token; one of each is over."""
    email = f"{name.lower()}@campus.example"
    known = {one["name"] for one in campus.call("identity.list_permissions")["items"]}
    permissions = [one for one in permissions if one in known]
    campus.call("identity.save_role", name=name.lower(), permissions=permissions)
    made = campus.call("identity.create_account", email=email, name=name, roles=[name.lower()])
    password = campus.own_password(email, made["one_time_password"])
    here, elsewhere = campus.sign_in(email, password), campus.sign_in(email, password)
    over = elsewhere.cookies.get_dict()
    tokens = [_token(here, permissions), _token(here, permissions)]
    assert here.delete(f"/api/identity/tokens/{tokens[1]['id']}").ok
    assert elsewhere.delete("/api/identity/sessions/current").ok
    return {
        "id": made["account_id"],
        "email": email,
        "password": password,
        "session": here.cookies.get_dict(),
        "ended_session": over,
        "token": tokens[0]["secret"],
        "revoked_token": tokens[1]["secret"],
    }


def _token(client: Any, scopes: list[str]) -> dict[str, Any]:
    given = {"name": "script", "scopes": scopes, "days": 300}
    answer = client.post("/api/identity/tokens", json=given)
    assert answer.ok, answer.text
    return dict(answer.json())


def _catalogue(campus: CampusProcess, librarian: dict[str, Any]) -> list[str]:
    """Two resources, one with a file and one that was changed; a third was taken out again."""
    client = campus.sign_in(librarian["email"], librarian["password"])
    sent = {
        "title": "Mending a bell",
        "type": "DOCUMENT",
        "category": "Crafts",
        "authors": "T. Nkosi",
    }
    leaflet = client.post(
        "/api/library/resources",
        data=sent,
        files={"file": ("bell.pdf", LEAFLET, "application/pdf")},
    )
    assert leaflet.ok, leaflet.text
    given = {
        "type": "BOOK",
        "category": "Crafts",
        "authors": ["Ngũgĩ wa Thiong’o"],
        "tags": ["iron"],
    }
    changed = campus.call("library.add_resource", title=f"Draft {secrets.token_hex(2)}", **given)
    campus.call("library.update_resource", id=changed["id"], title="Casting iron")
    removed = campus.call("library.add_resource", title="Taken out", **given)
    campus.call("library.remove_resource", id=removed["id"])
    return [leaflet.json()["id"], changed["id"]]


def _loan(campus: CampusProcess, resource: str, reader: dict[str, Any]) -> dict[str, Any]:
    copy = campus.call("library.add_copy", id=resource)
    card = campus.call("library.issue_card", name="Sipho", account=reader["id"])
    loan = campus.call("library.check_out", barcode=copy["barcode"], card=card["number"])
    return {"id": loan["id"], "barcode": copy["barcode"], "card": card["number"]}


def _reading_list(campus: CampusProcess, resource: str, reader: dict[str, Any]) -> dict[str, Any]:
    client = campus.sign_in(reader["email"], reader["password"])
    made = client.post(
        f"/api/library/resources/{resource}/reading-lists", json={"title": "Holidays"}
    )
    assert made.ok, made.text
    return {"title": "Holidays", "resource": resource}


def _setting(campus: CampusProcess) -> dict[str, Any]:
    chosen = {"section": "identity", "name": "token_max_days", "value": "300"}
    campus.call("web.change_setting", **chosen)
    return chosen
