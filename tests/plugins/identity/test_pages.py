"""Identity's pages as a browser without JavaScript uses them."""

import html
import re
import secrets
from typing import Any

import pytest

from azora.testing.campus import Client


def fields(page: str, form: str) -> dict[str, str]:
    """The hidden fields of the form of that name, as a browser would send them."""
    for found in re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL):
        inputs = [
            dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", found)
        ]
        values = {
            one["name"]: html.unescape(one.get("value", "")) for one in inputs if "name" in one
        }
        if values.get("_form") == form:
            hidden = {
                one["name"] for one in inputs if one.get("type") == "hidden" and "name" in one
            }
            return {name: value for name, value in values.items() if name in hidden}
    raise AssertionError(f"there is no form {form}")


def send(client: Client, path: str, form: str, **typed: str) -> Any:
    """Open the page and send its form with what was typed."""
    return client.post(path, data=fields(client.get(path).text, form) | typed)


@pytest.fixture
def person(campus: Any) -> dict[str, str]:
    """Somebody with a one-time password."""
    email = f"{secrets.token_hex(6)}@campus.example"
    made = campus.call("identity.create_account", email=email, name="Nomsa", roles=["member"])
    return {"email": email, "password": made["one_time_password"], "id": made["account_id"]}


@pytest.fixture
def client(campus: Any) -> Client:
    return Client(campus.url)


class TestSignIn:
    def test_a_closed_page_leads_to_signing_in_and_back(self, campus: Any, client: Client) -> None:
        campus.as_account()
        reply = client.get("/account", allow_redirects=False)
        assert (reply.status_code, reply.headers["Location"]) == (303, "/sign-in?next=/account")
        assert fields(client.get(reply.headers["Location"]).text, "sign_in")["next"] == "/account"

    def test_password_managers_know_the_fields(self, client: Client) -> None:
        page = client.get("/sign-in").text
        assert 'autocomplete="username"' in page
        assert 'autocomplete="current-password"' in page

    def test_a_wrong_password_is_said_above_the_form_and_the_address_is_kept(
        self, client: Client, person: dict[str, str]
    ) -> None:
        reply = send(client, "/sign-in", "sign_in", email=person["email"], password="wrong")
        assert reply.status_code == 401
        assert "The e-mail address or the password is wrong." in reply.text
        assert person["email"] in reply.text
        assert "wrong" not in re.findall(r'<input[^>]*type="password"[^>]*>', reply.text)[0]

    def test_it_is_said_in_isizulu_to_who_reads_it(
        self, client: Client, person: dict[str, str]
    ) -> None:
        client.headers["Accept-Language"] = "zu"
        reply = send(client, "/sign-in", "sign_in", email=person["email"], password="wrong")
        assert "Ikheli le-imeyili noma iphasiwedi ayilungile." in reply.text

    def test_a_one_time_password_leads_to_choosing_ones_own(
        self, client: Client, person: dict[str, str]
    ) -> None:
        typed = {"email": person["email"], "password": person["password"]}
        reply = send(client, "/sign-in?next=/account", "sign_in", **typed)
        assert reply.headers["Location"] == "/account/password?next=/account"
        early = client.get("/account", allow_redirects=False)
        assert early.headers["Location"] == "/account/password?next=/account"

        change = "/account/password?next=/account"
        weak = send(
            client,
            change,
            "change_password",
            current_password=person["password"],
            new_password="short",
        )
        assert weak.status_code == 422
        assert "at least 12 characters" in weak.text

        chosen = send(
            client, change, "change_password",
            current_password=person["password"], new_password="izinyoni zicula ekuseni",
        )  # fmt: skip
        assert (chosen.status_code, chosen.headers["Location"]) == (303, "/account")
        assert "Nomsa" in client.get("/account").text

    def test_a_form_that_another_site_sends_is_refused(
        self, client: Client, person: dict[str, str]
    ) -> None:
        forged = {"_form": "sign_in", "email": person["email"], "password": person["password"]}
        assert client.post("/sign-in", data=forged).status_code == 403
        assert "azora_session" not in client.cookies


class TestAccount:
    def test_signing_out_ends_on_a_page_that_says_so(self, campus: Any) -> None:
        client = campus.as_account()
        reply = send(client, "/sign-out", "sign_out")
        assert reply.status_code == 303
        assert "azora_session" not in client.cookies
        assert "You are signed out." in client.get(reply.headers["Location"]).text

    def test_a_profile_is_changed(self, campus: Any) -> None:
        client = campus.as_account()
        reply = send(client, "/account", "change_profile", name="Nomvula", locale="zu")
        assert reply.status_code == 303
        page = client.get(reply.headers["Location"])
        assert "Nomvula" in page.text
        assert campus.eventually(lambda: 'lang="zu"' in client.get("/account").text)

    def test_a_token_is_shown_once(self, campus: Any) -> None:
        client = campus.as_account()
        reply = send(
            client,
            "/account",
            "create_token",
            name="script",
            days="7",
            scopes="identity.use_account",
        )
        assert reply.status_code == 200
        [secret] = re.findall(r"azt_[\w-]{43}", reply.text)
        assert reply.headers["Cache-Control"] == "no-store"
        again = client.get("/account").text
        assert secret not in again and secret[:8] in again

    def test_what_one_may_not_do_is_not_offered(self, campus: Any) -> None:
        client = campus.as_account()
        assert "Create, close and open accounts" not in client.get("/account").text
        assert client.get("/people").status_code == 403


class TestPeople:
    @pytest.fixture
    def administrator(self, campus: Any) -> Client:
        client: Client = campus.as_account("*")
        return client

    def test_an_account_is_created_and_its_password_shown_once(
        self, administrator: Client, client: Client
    ) -> None:
        email = f"{secrets.token_hex(6)}@campus.example"
        reply = send(
            administrator,
            "/people/new",
            "create_account",
            name="Zanele",
            email=email,
            roles="member",
        )
        [password] = re.findall(r"<code>([a-z2-9-]{23})</code>", reply.text)
        entered = send(client, "/sign-in", "sign_in", email=email, password=password)
        assert entered.headers["Location"] == "/account/password?next=/"
        assert "Zanele" in administrator.get(f"/people?query={email}").text

    def test_an_address_that_is_taken_is_said_above_the_form(
        self, administrator: Client, person: dict[str, str]
    ) -> None:
        typed = {"name": "Zanele", "email": person["email"], "roles": "member"}
        reply = send(administrator, "/people/new", "create_account", **typed)
        assert reply.status_code == 409
        assert "Somebody has this e-mail address already." in reply.text
        assert "Zanele" in reply.text

    def test_roles_are_given_and_taken(
        self, administrator: Client, person: dict[str, str], campus: Any
    ) -> None:
        page = f"/people/{person['id']}"
        given = send(administrator, page, "grant_role", id=person["id"], role="guest")
        assert given.status_code == 303
        assert campus.call("identity.read_account", id=person["id"])["roles"] == ["guest", "member"]
        send(administrator, page, "revoke_role", id=person["id"], role="guest")
        assert campus.call("identity.read_account", id=person["id"])["roles"] == ["member"]

    def test_an_account_is_closed_and_opened(
        self, administrator: Client, person: dict[str, str]
    ) -> None:
        page = f"/people/{person['id']}"
        send(administrator, page, "deactivate_account")
        assert "This account is closed." in administrator.get(page).text
        send(administrator, page, "reactivate_account")
        assert "This account is closed." not in administrator.get(page).text

    def test_somebody_unknown_is_not_found(self, administrator: Client) -> None:
        assert (
            administrator.get("/people/user:00000000-0000-7000-8000-000000000000").status_code
            == 404
        )
