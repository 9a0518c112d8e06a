"""Identity over HTTP and at the terminal, on a whole campus in both bodies."""

import json
import os
import stat
import time
from typing import Any

import pytest

from azora.testing.campus import Client

READ = "identity.read_accounts"


def me(client: Any, **given: Any) -> Any:
    return client.get("/api/identity/me", **given)


def bearer(url: str, token: str) -> Client:
    client = Client(url)
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def ends(client: Any, seconds: float = 2.5) -> bool:
    """Whether the client's credential is refused within two seconds, and a little for the test."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if me(client).status_code == 401:
            return True
        time.sleep(0.1)
    return False


class TestSessions:
    def test_signing_in_sets_a_cookie_that_scripts_cannot_read(self, campus: Any) -> None:
        person = campus.as_account(READ)
        email = me(person).json()["email"]
        one_time = campus.call("identity.reset_password", email=email)["one_time_password"]
        client = Client(campus.url)
        reply = client.post("/api/identity/sessions", json={"email": email, "password": one_time})
        assert reply.status_code == 201
        assert "session_token" not in reply.json()
        cookie = reply.headers["Set-Cookie"]
        assert cookie.startswith("azora_session=")
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.json()["must_change_password"] is True

    def test_who_is_signed_in_is_known_in_every_request(self, campus: Any) -> None:
        person = campus.as_account(READ, name="Nomsa")
        assert me(person).json()["name"] == "Nomsa"
        assert person.get("/api/identity/accounts").status_code == 200
        assert person.get("/api/identity/roles").status_code == 200
        assert (
            person.post("/api/identity/accounts", json={"email": "x@y.z", "name": "X"}).status_code
            == 403
        )

    def test_a_stranger_is_refused_as_a_problem(self, campus: Any) -> None:
        reply = campus.http.post(
            "/api/identity/sessions", json={"email": "nobody@campus.example", "password": "wrong"}
        )
        assert reply.status_code == 401
        assert reply.headers["Content-Type"].startswith("application/problem+json")
        assert reply.json()["code"] == "identity.sign_in_failed"
        assert me(Client(campus.url)).status_code == 401

    def test_signing_out_clears_the_cookie_and_ends_the_session(self, campus: Any) -> None:
        person = campus.as_account()
        copy = Client(campus.url)
        copy.cookies.update(person.cookies)
        reply = person.delete("/api/identity/sessions/current")
        assert reply.status_code == 200
        assert "Max-Age=0" in reply.headers["Set-Cookie"]
        assert ends(copy)

    def test_a_revoked_session_ends_within_two_seconds(self, campus: Any) -> None:
        person = campus.as_account()
        account = me(person).json()["id"]
        campus.call("identity.sign_out_account", id=account)
        assert ends(person)

    def test_a_role_taken_away_is_gone_within_two_seconds(self, campus: Any) -> None:
        person = campus.as_account(READ)
        whose = me(person).json()
        assert person.get("/api/identity/accounts").status_code == 200
        campus.call("identity.revoke_role", id=whose["id"], role=whose["roles"][0])
        campus.eventually(lambda: person.get("/api/identity/accounts").status_code == 403, 2.5)

    def test_ones_own_sessions_are_listed_and_ended(self, campus: Any) -> None:
        person = campus.as_account()
        listed = person.get("/api/identity/sessions").json()["items"]
        [session] = [one for one in listed if one["current"]]
        assert session["address"] == "127.0.0.1"
        assert person.delete(f"/api/identity/sessions/{session['id']}").status_code == 200
        assert ends(person)


class TestTokens:
    def test_a_token_works_as_bearer_within_its_scopes(self, campus: Any) -> None:
        person = campus.as_account(READ)
        made = person.post(
            "/api/identity/tokens", json={"name": "script", "scopes": [READ], "days": 1}
        )
        assert made.status_code == 201
        program = bearer(campus.url, made.json()["secret"])
        assert program.get("/api/identity/accounts").status_code == 200
        assert program.get("/api/identity/tokens").status_code == 403

    def test_a_revoked_token_ends_within_two_seconds(self, campus: Any) -> None:
        person = campus.as_account(READ)
        made = person.post("/api/identity/tokens", json={"name": "script", "scopes": [READ]}).json()
        program = bearer(campus.url, made["secret"])
        assert me(program).status_code == 200
        assert person.delete(f"/api/identity/tokens/{made['id']}").status_code == 200
        assert ends(program)

    def test_an_unknown_token_is_refused(self, campus: Any) -> None:
        assert me(bearer(campus.url, "azt_" + "x" * 43)).status_code == 401


class TestRemoteOnly:
    @pytest.mark.parametrize("path", ["actors", "password-resets", "expired"])
    def test_what_is_for_the_kernel_and_the_terminal_has_no_address(
        self, campus: Any, path: str
    ) -> None:
        assert campus.sign_in().post(f"/api/identity/{path}", json={}).status_code == 404


class TestTerminal:
    def test_the_first_password_is_written_for_the_keeper_alone(self, new_campus: Any) -> None:
        campus = new_campus()
        file = campus.data_dir / "first-password"
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
        campus.sign_in()
        assert not file.exists()

    def test_a_lost_password_is_reset_with_a_command(self, campus: Any) -> None:
        person = campus.as_account()
        email = me(person).json()["email"]
        done = campus.azora("identity", "reset-password", email)
        assert done.code == 0, done.err
        [password] = [line.strip() for line in done.out.splitlines() if line.startswith("  ")]
        signed_in = campus.sign_in(email, password).get("/api/identity/me").json()
        assert signed_in["email"] == email
        assert ends(person)
        asked = {"of": "identity.reset_password", "on": signed_in["id"]}
        [act] = campus.call("web.search_audit", **asked)["items"]
        assert (act["actor"], act["outcome"]) == ("operator:cli", "done")
        assert password not in json.dumps(act)

    def test_an_unknown_address_is_one_line(self, campus: Any) -> None:
        done = campus.azora("identity", "reset-password", "nobody@campus.example")
        assert done.code == 1
        assert "No account has this e-mail address" in done.err
        assert "Traceback" not in done.err

    def test_accounts_are_kept_over_a_restart_and_their_sessions_too(self, new_campus: Any) -> None:
        campus = new_campus()
        person = campus.as_account(READ)
        campus.stop()
        campus.start()
        assert me(person).status_code == 200


def test_a_secret_that_is_shown_once_is_kept_nowhere_whatever_the_request_asks(campus):
    client = campus.sign_in()
    body = {"name": "kept nowhere", "scopes": ["library.manage"]}
    secrets = [
        client.post(
            "/api/identity/tokens", json=body, headers={"Idempotency-Key": "one-key"}
        ).json()
        for _ in range(2)
    ]
    assert len({answer["secret"] for answer in secrets}) == 2
