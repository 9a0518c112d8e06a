"""Signing in and out: the same answer to every stranger, growing pauses, new secrets."""

from collections.abc import Callable
from typing import Any

import eventlet
import pytest

from azora import Invalid, LimitReached, NotAuthenticated
from azora.context import Context
from azora_identity.models import AuthenticatorRow, SessionRow


def attempt(identity: Any, email: str, password: str, address: str | None = None) -> str:
    """`in`, or the code with which the sign-in was refused."""
    try:
        identity.call("sign_in", email=email, password=password, address=address)
    except (NotAuthenticated, LimitReached) as refused:
        return refused.code
    return "in"


def test_a_session_begins_with_the_right_password(identity: Any) -> None:
    person = identity.person("identity.read_accounts")
    reply = identity.call("sign_in", email=person.email, password=person.password, next="/library")
    actor = identity.actor(reply.session_token)
    assert actor.id == reply.account_id == person.id
    assert actor.permissions == {
        "identity.read_accounts",
        "identity.use_account",
        "identity.use_second_factor",
        "identity.change_password",
    }
    assert (reply.next, reply.must_change_password) == ("/library", False)


def test_the_address_may_be_typed_in_any_case(identity: Any) -> None:
    person = identity.person()
    assert attempt(identity, f" {person.email.upper()} ", person.password) == "in"


def test_an_unknown_account_a_wrong_password_and_a_closed_account_look_alike(identity: Any) -> None:
    person, closed = identity.person(), identity.person()
    identity.operator("deactivate_account", id=closed.id)
    answers = []
    for email, password in [
        ("nobody@campus.example", person.password),
        (person.email, "something else entirely"),
        (closed.email, closed.password),
    ]:
        with pytest.raises(NotAuthenticated) as refused:
            identity.call("sign_in", email=email, password=password)
        answers.append((refused.value.code, refused.value.detail))
    assert len(set(answers)) == 1


def test_a_page_elsewhere_never_follows_a_sign_in(identity: Any) -> None:
    person = identity.person()
    reply = identity.call(
        "sign_in", email=person.email, password=person.password, next="//evil.example"
    )
    assert reply.next == "/"


def test_the_secret_is_not_stored(identity: Any) -> None:
    secret = identity.person().session
    rows = identity.hosted.database.execute("SELECT * FROM session")
    assert all(secret not in map(str, row) for row in rows)


def test_signing_in_again_replaces_the_session_of_the_browser(identity: Any) -> None:
    person = identity.person()
    again = identity.sign_in(person, by=person.session)
    assert again != person.session
    assert identity.actor(again).id == person.id
    with pytest.raises(NotAuthenticated):
        identity.actor(person.session)


def test_signing_out_ends_the_session_and_clears_the_cookie(identity: Any) -> None:
    person = identity.person()
    other = identity.sign_in(person)
    assert identity.call("sign_out", person.session).session_token == ""
    with pytest.raises(NotAuthenticated):
        identity.actor(person.session)
    assert identity.actor(other).id == person.id


def test_signing_out_twice_is_no_error(identity: Any) -> None:
    assert identity.call("sign_out").session_token == ""


def test_a_credential_that_is_none_is_refused(identity: Any) -> None:
    for credential in ("", "x", "azt_unknown", "a" * 500):
        with pytest.raises(NotAuthenticated):
            identity.actor(credential)


def test_the_kernel_asks_without_an_actor(identity: Any) -> None:
    person = identity.person()
    context = Context(identity.runtime)
    reply = identity.runtime.call(
        "identity.authenticate", {"token": person.session}, context=context
    )
    assert reply.token


class TestThrottling:
    def test_failures_of_one_account_make_it_pause(self, identity: Any) -> None:
        person = identity.person()
        codes = [attempt(identity, person.email, "wrong") for _ in range(6)]
        assert codes == ["identity.sign_in_failed"] * 5 + ["identity.too_many_failures"]

    def test_the_right_password_has_to_wait_as_well_and_is_told_how_long(
        self, identity: Any
    ) -> None:
        person = identity.person()
        for _ in range(5):
            attempt(identity, person.email, "wrong")
        with pytest.raises(LimitReached) as refused:
            identity.call("sign_in", email=person.email, password=person.password)
        assert refused.value.retry_after == 1

    def test_after_the_pause_the_right_password_clears_the_count(
        self, identity: Any, clock: Any
    ) -> None:
        person = identity.person()
        for _ in range(5):
            attempt(identity, person.email, "wrong")
        clock.ahead += 2
        assert attempt(identity, person.email, person.password) == "in"
        assert attempt(identity, person.email, "wrong") == "identity.sign_in_failed"

    def test_pauses_double(self, identity: Any, clock: Any) -> None:
        person = identity.person()
        for _ in range(5):
            attempt(identity, person.email, "wrong")
        waits = []
        for _ in range(3):
            with pytest.raises(LimitReached) as refused:
                identity.call("sign_in", email=person.email, password="wrong")
            waits.append(refused.value.retry_after)
            clock.ahead += refused.value.retry_after or 0
            attempt(identity, person.email, "wrong")
        assert waits == [1, 2, 4]

    def test_unknown_accounts_pause_just_the_same(self, identity: Any) -> None:
        codes = [attempt(identity, "stranger@campus.example", "wrong") for _ in range(6)]
        assert codes == ["identity.sign_in_failed"] * 5 + ["identity.too_many_failures"]

    def test_one_address_that_tries_many_accounts_has_to_pause(
        self, start: Callable[..., Any]
    ) -> None:
        identity = start(address_free_failures="3")
        codes = [
            attempt(identity, f"{number}@campus.example", "wrong", address=f"2001:db8::{number:x}")
            for number in range(4)
        ]
        assert codes == ["identity.sign_in_failed"] * 3 + ["identity.too_many_failures"]
        assert (
            attempt(identity, "9@campus.example", "wrong", address="196.21.5.77")
            == "identity.sign_in_failed"
        )

    def test_an_attackers_own_account_does_not_wash_the_address_clean(
        self, start: Callable[..., Any]
    ) -> None:
        identity = start(address_free_failures="3")
        person = identity.person()
        for number in range(3):
            if number:
                assert attempt(identity, person.email, person.password, "196.21.5.77") == "in"
            attempt(identity, f"{number}@campus.example", "wrong", "196.21.5.77")
        assert (
            attempt(identity, person.email, person.password, "196.21.5.77")
            == "identity.too_many_failures"
        )

    def test_many_guesses_at_once_count_as_many(self, identity: Any) -> None:
        person = identity.person()
        guesses = [eventlet.spawn(attempt, identity, person.email, "wrong") for _ in range(12)]
        codes = [guess.wait() for guess in guesses]
        assert codes.count("identity.sign_in_failed") == 5
        assert codes.count("identity.too_many_failures") == 7

    def test_guessing_the_current_password_pauses_too(self, identity: Any) -> None:
        person = identity.person()
        codes = []
        for _ in range(6):
            with pytest.raises((Invalid, LimitReached)) as refused:
                identity.call(
                    "change_password",
                    person.session,
                    current_password="wrong",
                    new_password="x" * 20,
                )
            codes.append(refused.value.code)
        assert codes == ["invalid"] * 5 + ["identity.too_many_failures"]


class TestRehash:
    def test_new_parameters_renew_the_hash_at_the_next_sign_in(
        self, start: Callable[..., Any]
    ) -> None:
        person = start().person()
        before = AuthenticatorRow.get(AuthenticatorRow.account == person.id).secret
        identity = start(password_time_cost="2")
        assert attempt(identity, person.email, person.password) == "in"
        after = AuthenticatorRow.get(AuthenticatorRow.account == person.id).secret
        assert ("t=1" in before, "t=2" in after) == (True, True)
        assert attempt(identity, person.email, person.password) == "in"

    def test_a_wrong_password_renews_nothing(self, start: Callable[..., Any]) -> None:
        person = start().person()
        identity = start(password_time_cost="2")
        attempt(identity, person.email, "wrong")
        assert "t=1" in AuthenticatorRow.get(AuthenticatorRow.account == person.id).secret


class TestEvents:
    def test_a_sign_in_is_told_with_the_network_only(self, identity: Any) -> None:
        person = identity.person()
        identity.sign_in(person, address="196.21.5.77")
        *_, told = identity.told("signed_in", person.id)
        assert told["network"] == "196.21.5.0/24"
        assert told["methods"] == ["password"]
        assert SessionRow.get_by_id(told["session_id"]).address == "196.21.5.77"

    def test_a_failure_is_told_without_what_was_typed(self, identity: Any) -> None:
        person = identity.person()
        attempt(identity, person.email, "wrong", "196.21.5.77")
        attempt(identity, "nobody@campus.example", "wrong", "196.21.5.77")
        known, unknown = identity.told("sign_in_failed")[-2:]
        assert known == {"account_id": person.id, "network": "196.21.5.0/24"}
        assert unknown == {"account_id": None, "network": "196.21.5.0/24"}
