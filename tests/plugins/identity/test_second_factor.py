"""The second factor: set up, asked for at each sign-in, lost, taken away, and required."""

import re
import time

import pyotp
import pytest

from azora.testing.campus import Client
from azora_identity import factors
from azora_identity.domain import Holder, Session
from azora_identity.models import AuthenticatorRow

PAGE = {"Accept": "text/html"}


class Person:
    """Somebody with an account, a password and, once they have set it up, a phone."""

    def __init__(self, campus, *permissions):
        self.campus = campus
        self.client = campus.as_account(*permissions or ("library.manage",), name="Nomsa")
        self.id = self.client.get("/api/identity/me").json()["id"]
        self.email = self.client.get("/api/identity/me").json()["email"]
        self.password = campus._passwords.get(self.email) if campus._passwords else None
        self.used = 0

    def post(self, path, client=None, **fields):
        return (client or self.client).post(f"/api/identity/{path}", json=fields)

    def set_up(self):
        self.secret = self.post("second-factor").json()["secret"]
        answer = self.post("second-factor/confirmation", code=self.code())
        assert answer.ok, answer.text
        return answer.json()["codes"]

    def code(self):
        """A code that was not used yet: of this moment, or of the next, which counts as well."""
        now = int(time.time()) // 30
        counter = max(now, self.used + 1)
        assert counter <= now + 1, "three codes within one moment"
        self.used = counter
        return pyotp.TOTP(self.secret).generate_otp(counter)


@pytest.fixture
def nomsa(embedded_campus):
    return Person(embedded_campus)


def signed_in(person, password):
    client = Client(person.campus.url)
    answer = client.post(
        "/api/identity/sessions", json={"email": person.email, "password": password}
    )
    assert answer.ok, answer.text
    return client, answer.json()


@pytest.fixture
def password(nomsa):
    """A password that the test knows."""
    administrator = nomsa.campus
    once = administrator.call("identity.reset_password", email=nomsa.email)["one_time_password"]
    own = administrator._own_password(nomsa.email, once)
    nomsa.client, _ = signed_in(nomsa, own)
    return own


def test_sign_in_asks_for_a_code_and_permits_nothing_before(nomsa, password):
    nomsa.set_up()
    client, answer = signed_in(nomsa, password)
    assert answer["next"] == "/sign-in/code?next=/"
    assert client.get("/api/identity/me").json()["permissions"] == ["identity.confirm_sign_in"]
    assert (
        client.post("/api/library/resources", json={"title": "x", "type": "BOOK"}).status_code
        == 403
    )
    sent = client.get("/account", headers=PAGE)
    assert sent.url.endswith("/sign-in/code?next=/account")
    done = nomsa.post("sessions/current/code", client, code=nomsa.code(), next="/library")
    assert done.ok and done.json()["next"] == "/library"
    assert "library.manage" in client.get("/api/identity/me").json()["permissions"]


def test_a_wrong_code_and_a_used_one_are_refused_and_guessing_is_slowed(nomsa, password):
    nomsa.set_up()
    client, _ = signed_in(nomsa, password)
    used = pyotp.TOTP(nomsa.secret).generate_otp(nomsa.used)
    for code in (used, "000000"):
        answer = nomsa.post("sessions/current/code", client, code=code)
        assert answer.json()["errors"][0]["code"] == "identity.wrong_code"
    answers = [nomsa.post("sessions/current/code", client, code="000000") for _ in range(6)]
    assert answers[-1].status_code == 429


def test_a_recovery_code_counts_once_however_it_is_typed(nomsa, password):
    first, *_ = nomsa.set_up()
    client, _ = signed_in(nomsa, password)
    typed = first.upper().replace("-", " ")
    assert nomsa.post("sessions/current/code", client, code=typed).ok
    state = client.get("/api/identity/second-factor").json()
    assert (state["state"], state["recovery_codes"]) == ("on", 9)
    again, _ = signed_in(nomsa, password)
    assert nomsa.post("sessions/current/code", again, code=first).status_code == 422


def test_setting_it_up_ends_other_sessions_and_keeps_this_one(nomsa, password):
    other, _ = signed_in(nomsa, password)
    nomsa.set_up()
    assert nomsa.client.get("/api/identity/tokens").ok
    nomsa.campus.eventually(lambda: other.get("/api/identity/tokens").status_code == 401)


def test_turning_it_off_asks_for_the_password(nomsa, password):
    nomsa.set_up()
    assert nomsa.post("second-factor/removal", current_password="x").status_code == 422
    assert nomsa.post("second-factor/removal", current_password=password).ok
    _, answer = signed_in(nomsa, password)
    assert answer["next"] == "/"


def test_an_administrator_takes_it_away_and_that_is_on_record(nomsa, password):
    nomsa.set_up()
    nomsa.campus.sign_in().delete(f"/api/identity/accounts/{nomsa.id}/second-factor")
    _, answer = signed_in(nomsa, password)
    assert answer["next"] == "/"
    entries = nomsa.campus.call("identity.admin_list_audit", on=nomsa.id)["items"]
    assert entries[0]["of"] == "identity.reset_second_factor"


def test_a_changed_password_keeps_the_confirmed_session_confirmed(nomsa, password):
    nomsa.set_up()
    client, _ = signed_in(nomsa, password)
    assert nomsa.post("sessions/current/code", client, code=nomsa.code()).ok
    fields = {"current_password": password, "new_password": "quite another phrase 4711"}
    assert nomsa.post("password", client, **fields).ok
    assert client.get("/api/identity/tokens").ok


def test_secrets_are_sealed_and_recovery_codes_are_digests(nomsa, password):
    codes = nomsa.set_up()
    rows = nomsa.campus.call(
        "identity.admin_list", table="authenticator", filter=[f"account={nomsa.id}"]
    )
    assert {row["values"]["secret"] for row in rows["items"]} == {"***"}
    stored = (nomsa.campus.data_dir / "db" / "identity.db").read_bytes()
    assert nomsa.secret.encode() not in stored
    assert not any(
        code.encode() in stored or code.replace("-", "").encode() in stored for code in codes
    )


def test_the_page_shows_a_picture_and_a_key_and_then_the_codes(nomsa, password):
    page = nomsa.client.get("/account/second-factor", headers=PAGE).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    begun = nomsa.client.post(
        "/account/second-factor", data={"csrf_token": token, "_form": "begin"}
    )
    assert begun.headers["Cache-Control"] == "no-store" and "data:image/svg+xml" in begun.text
    nomsa.secret = re.search(r"<code>([A-Z2-7]{32})</code>", begun.text)[1]
    fields = {"csrf_token": token, "_form": "turn_on", "code": "12"}
    wrong = nomsa.client.post("/account/second-factor", data=fields)
    assert wrong.status_code == 422
    right = nomsa.client.post("/account/second-factor", data=fields | {"code": nomsa.code()})
    assert len(re.findall(r"<code>[0-9a-f]{8}-[0-9a-f]{8}</code>", right.text)) == 10


def session(created, *methods):
    return Session("s", "d", "user:1", methods, created, created)


@pytest.mark.parametrize(
    ("kind", "asked", "expected"),
    [
        ("administrators", True, {"identity.use_second_factor"}),
        ("administrators", False, None),
        ("everybody", False, {"identity.use_second_factor"}),
        ("optional", True, None),
    ],
)
def test_where_the_campus_asks_for_it_nothing_else_is_permitted_before(
    kind, asked, expected, monkeypatch
):
    monkeypatch.setattr(factors, "confirmed", lambda account_id: None)
    settings = type("Settings", (), {"second_factor": kind})()
    monkeypatch.setattr(factors.GrantRow, "select", lambda: _Grants(asked))
    confirm, set_up = factors.due("user:1", session(1.0, "password"), settings)
    held = Holder(frozenset({"x.y"}), must_confirm=confirm, must_set_up=set_up).effective()
    assert (held == expected) if expected else "x.y" in held


class _Grants:
    def __init__(self, found):
        self.exists = lambda: found

    def where(self, *_):
        return self


@pytest.mark.parametrize("drift", [-2, -1, 0, 1, 2])
def test_a_phones_clock_may_be_off_by_one_step(drift):
    secret, now = pyotp.random_base32(), 1_800_000_000.0
    code = pyotp.TOTP(secret).generate_otp(int(now) // 30 + drift)
    accepted = factors.accepts(AuthenticatorRow(counter=None), secret, code, now)
    assert accepted == (int(now) // 30 + drift if abs(drift) <= 1 else None)
    assert factors.accepts(AuthenticatorRow(counter=int(now) // 30 + 1), secret, code, now) is None
