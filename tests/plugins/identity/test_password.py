"""Changing and resetting passwords, and the one-time password of the first administrator."""

import stat
from collections.abc import Callable
from typing import Any

import pytest

from azora import Invalid, NotAllowed, NotAuthenticated, NotFound
from azora_identity.domain import CHANGE_PASSWORD

NEW = "izinyoni zicula ekuseni"


def refused_fields(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(field["field"], field["code"]) for field in refused.value.fields]


class TestChange:
    def test_the_new_password_opens_and_the_old_one_does_not(self, identity: Any) -> None:
        person = identity.person()
        identity.call(
            "change_password", person.session, current_password=person.password, new_password=NEW
        )
        assert identity.call("sign_in", email=person.email, password=NEW).account_id == person.id
        with pytest.raises(NotAuthenticated):
            identity.call("sign_in", email=person.email, password=person.password)

    def test_this_session_goes_on_under_a_new_secret_and_all_others_end(
        self, identity: Any
    ) -> None:
        person = identity.person()
        other = identity.sign_in(person)
        reply = identity.call(
            "change_password", person.session, current_password=person.password, new_password=NEW
        )
        assert identity.actor(reply.session_token).id == person.id
        for ended in (person.session, other):
            with pytest.raises(NotAuthenticated):
                identity.actor(ended)

    def test_the_current_password_is_asked_for(self, identity: Any) -> None:
        person = identity.person()
        with pytest.raises(Invalid) as refused:
            identity.call(
                "change_password", person.session, current_password="wrong", new_password=NEW
            )
        assert refused_fields(refused) == [("current_password", "identity.wrong_password")]

    @pytest.mark.parametrize(
        ("password", "code"),
        [("too short", "string_too_short"), ("password1234", "identity.password_too_common")],
    )
    def test_a_weak_password_is_refused_and_the_old_one_stays(
        self, identity: Any, password: str, code: str
    ) -> None:
        person = identity.person()
        with pytest.raises(Invalid) as refused:
            identity.call(
                "change_password",
                person.session,
                current_password=person.password,
                new_password=password,
            )
        assert refused_fields(refused) == [("new_password", code)]
        assert identity.actor(person.session).id == person.id

    def test_an_api_token_changes_no_password(self, identity: Any) -> None:
        person = identity.person()
        token = identity.call(
            "create_token", person.session, name="t", scopes=[CHANGE_PASSWORD]
        ).secret
        with pytest.raises(NotAllowed):
            identity.call(
                "change_password", token, current_password=person.password, new_password=NEW
            )

    def test_it_is_told(self, identity: Any) -> None:
        person = identity.person()
        assert identity.told("password_changed", person.id) == [
            {"account_id": person.id, "by": person.id}
        ]


class TestFirstAdministrator:
    def first(self, identity: Any) -> tuple[str, str]:
        file = identity.runtime.settings.data_dir / "first-password"
        email, password = file.read_text().split("\n")[:2]
        return email, password

    @pytest.fixture
    def identity(self, start: Callable[..., Any]) -> Any:
        return start()

    def test_the_password_is_random_and_only_the_keeper_can_read_it(self, identity: Any) -> None:
        file = identity.runtime.settings.data_dir / "first-password"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        email, password = self.first(identity)
        assert email == "admin@campus.local"
        assert len(password) == 23

    def test_it_permits_nothing_but_to_choose_another(self, identity: Any) -> None:
        email, password = self.first(identity)
        reply = identity.call("sign_in", email=email, password=password, next="/people")
        assert (reply.must_change_password, reply.next) == (True, "/account/password?next=/people")
        assert identity.actor(reply.session_token).permissions == {CHANGE_PASSWORD}
        with pytest.raises(NotAllowed):
            identity.call("list_accounts", reply.session_token)
        changed = identity.call(
            "change_password", reply.session_token, current_password=password, new_password=NEW
        )
        assert identity.actor(changed.session_token).may("anything.at_all")

    def test_the_first_use_deletes_the_file(self, identity: Any) -> None:
        email, password = self.first(identity)
        identity.call("sign_in", email=email, password=password)
        assert not (identity.runtime.settings.data_dir / "first-password").exists()

    def test_another_start_makes_neither_another_administrator_nor_another_password(
        self, start: Callable[..., Any]
    ) -> None:
        before = self.first(start())
        again = start()
        assert self.first(again) == before
        assert len(again.operator("list_accounts").items) == 1

    def test_who_it_is_can_be_set(self, start: Callable[..., Any]) -> None:
        assert (
            self.first(start(administrator_email="Nomsa@Campus.Example"))[0]
            == "nomsa@campus.example"
        )


class TestReset:
    def test_a_lost_password_is_replaced_at_the_terminal(self, identity: Any) -> None:
        person = identity.person()
        reply = identity.operator("reset_password", email=person.email.upper())
        assert reply.account_id == person.id
        with pytest.raises(NotAuthenticated):
            identity.call("sign_in", email=person.email, password=person.password)
        signed_in = identity.call("sign_in", email=person.email, password=reply.one_time_password)
        assert signed_in.must_change_password

    def test_it_ends_every_session(self, identity: Any) -> None:
        person = identity.person()
        identity.operator("reset_password", email=person.email)
        with pytest.raises(NotAuthenticated):
            identity.actor(person.session)

    def test_it_ends_the_pause_after_failures(self, identity: Any) -> None:
        person = identity.person()
        for _ in range(5):
            with pytest.raises(NotAuthenticated):
                identity.call("sign_in", email=person.email, password="wrong")
        reply = identity.operator("reset_password", email=person.email)
        assert identity.call("sign_in", email=person.email, password=reply.one_time_password)

    def test_a_one_time_password_expires(self, identity: Any, clock: Any) -> None:
        person = identity.person()
        reply = identity.operator("reset_password", email=person.email)
        clock.ahead = 72 * 3600 + 1
        with pytest.raises(NotAuthenticated):
            identity.call("sign_in", email=person.email, password=reply.one_time_password)

    def test_only_the_terminal_resets(self, identity: Any) -> None:
        person, manager = identity.person(), identity.person("identity.manage_accounts")
        with pytest.raises(NotAllowed) as refused:
            identity.call("reset_password", manager.session, email=person.email)
        assert refused.value.code == "identity.terminal_only"

    def test_an_unknown_address_is_named_as_such_at_the_terminal(self, identity: Any) -> None:
        with pytest.raises(NotFound):
            identity.operator("reset_password", email="nobody@campus.example")
