"""Acting as somebody else: what they see, under both names, for a while, and never higher."""

import pytest

from azora.testing.campus import Client
from azora_identity import acting
from azora_identity.domain import Session

PAGE = {"Accept": "text/html"}


def me(client):
    return client.get("/api/identity/me").json()


def act_as(client, person):
    answer = client.post(f"/api/identity/accounts/{me(person)['id']}/acting")
    return client, answer


@pytest.fixture
def person(campus):
    return campus.as_account("library.manage", name="Thandi Reader")


def test_an_administrator_sees_what_the_person_sees_and_a_banner_says_so(campus, person):
    client, answer = act_as(campus.sign_in(), person)
    assert answer.ok, answer.text
    assert me(client)["id"] == me(person)["id"]
    page = client.get("/library", headers=PAGE).text
    assert "You act as Thandi Reader" in page and 'action="/sign-out"' in page


def test_what_is_done_is_on_record_under_both_ids(campus, person):
    administrator = me(campus.sign_in())["id"]
    client, _ = act_as(campus.sign_in(), person)
    added = client.post("/api/library/resources", json={"title": "As another", "type": "BOOK"})
    assert added.ok, added.text
    entries = campus.call("library.admin_list_audit", actors=[administrator])["items"]
    assert entries[0]["of"] == "library.add_resource"
    assert entries[0]["after"]["acting_as"] == me(person)["id"]
    begun = campus.call("identity.admin_list_audit", actors=[administrator], of="identity.act_as")
    assert begun["items"][0]["on"] == f"accounts/{me(person)['id']}/acting"


def test_the_persons_own_account_is_out_of_reach(campus, person):
    client, _ = act_as(campus.sign_in(), person)
    assert me(client)["permissions"] == ["library.manage"]
    for path, body in (
        ("password", {"current_password": "x", "new_password": "y" * 20}),
        ("tokens", {"name": "t", "scopes": ["library.manage"]}),
        ("second-factor", {}),
    ):
        assert client.post(f"/api/identity/{path}", json=body).status_code == 403


def test_there_is_no_way_up(campus, person):
    helper = campus.as_account("identity.act_as", "identity.read_accounts")
    _, refused = act_as(helper, campus.sign_in())
    assert (refused.status_code, refused.json()["code"]) == (403, "identity.beyond_reach")
    _, refused = act_as(helper, person)
    assert refused.status_code == 403
    client, _ = act_as(campus.sign_in(), person)
    again = client.post(f"/api/identity/accounts/{me(person)['id']}/acting")
    assert again.status_code == 403


def test_signing_out_ends_it_and_leaves_the_person_signed_in(campus, person):
    client, _ = act_as(campus.sign_in(), person)
    assert client.delete("/api/identity/sessions/current").ok
    campus.eventually(lambda: client.get("/api/identity/me").status_code == 401)
    assert me(person)["name"] == "Thandi Reader"


class _Roles:
    def __init__(self, **held):
        self._held = held

    def permissions_of(self, account_id):
        return frozenset(self._held[account_id])


@pytest.mark.parametrize(
    ("held", "age", "active", "expected"),
    [
        ({"identity.act_as", "x.read"}, 10, True, {"x.read"}),
        ({"*"}, 10, True, {"x.read", "x.write"}),
        ({"*"}, acting.SECONDS + 1, True, None),
        ({"x.read", "x.write"}, 10, True, None),
        ({"*"}, 10, False, None),
    ],
)
def test_it_permits_what_both_may_for_half_an_hour(held, age, active, expected, monkeypatch):
    row = type("Row", (), {"active": active, "id": "person"})()
    monkeypatch.setattr(acting.AccountRow, "get_or_none", lambda *_: row)
    service = _Roles(person={"x.read", "x.write"}, boss=held)
    session = Session("s", "d", "person", ("acting:boss",), 0.0, 0.0)
    assert acting.administrator_of(session) == "boss"
    holder = acting.holder_of(service, row, session, "boss", float(age))
    assert (holder and holder.effective()) == (expected and frozenset(expected))


def test_a_token_of_the_acting_session_cannot_be_used_to_sign_in_as_the_administrator(
    campus, person
):
    client, _ = act_as(campus.sign_in(), person)
    stranger = Client(campus.url)
    stranger.cookies.update(client.cookies)
    assert "identity.manage_accounts" not in me(stranger)["permissions"]
