"""One's own profile, sessions and API tokens."""

from collections.abc import Callable
from typing import Any

import pytest

from azora import Invalid, NotAllowed, NotAuthenticated, NotFound
from azora_identity.models import TokenRow

READ = "identity.read_accounts"


class TestMe:
    def test_it_says_who_asks_and_what_they_may_do(self, identity: Any) -> None:
        person = identity.person(READ)
        me = identity.call("me", person.session)
        assert (me.id, me.email, me.roles) == (person.id, person.email, [person.role])
        assert READ in me.permissions

    def test_nobody_is_told_nothing(self, identity: Any) -> None:
        with pytest.raises(NotAuthenticated):
            identity.call("me")

    def test_the_terminal_is_somebody_too(self, identity: Any) -> None:
        assert identity.operator("me").id == "operator:cli"

    def test_name_and_language_can_be_changed(self, identity: Any) -> None:
        person = identity.person()
        identity.call("change_profile", person.session, name="  Nomsa  ", locale="zu")
        me = identity.call("me", person.session)
        assert (me.name, me.locale) == ("Nomsa", "zu")
        assert identity.actor(person.session).locale == "zu"


class TestSessions:
    def test_they_are_listed_with_this_one_marked(self, identity: Any) -> None:
        person = identity.person()
        newer = identity.sign_in(person, address="196.21.5.77")
        listed = identity.call("list_sessions", newer).items
        assert [(one.address, one.current) for one in listed] == [
            ("196.21.5.77", True),
            ("", False),
        ]
        assert listed[0].device == "Firefox"

    def test_another_one_can_be_ended(self, identity: Any) -> None:
        person = identity.person()
        other = identity.sign_in(person)
        listed = identity.call("list_sessions", person.session).items
        [ended] = [one.id for one in listed if not one.current]
        assert identity.call("revoke_session", person.session, id=ended).count == 1
        with pytest.raises(NotAuthenticated):
            identity.actor(other)
        [told] = identity.told("session_revoked", person.id)
        assert (told["session_id"], told["by"]) == (ended, person.id)

    def test_all_others_can_be_ended_at_once(self, identity: Any) -> None:
        person = identity.person()
        others = [identity.sign_in(person) for _ in range(2)]
        assert identity.call("revoke_other_sessions", person.session).count == 2
        assert identity.actor(person.session).id == person.id
        for ended in others:
            with pytest.raises(NotAuthenticated):
                identity.actor(ended)

    def test_nobody_elses_can_be_ended_or_seen(self, identity: Any) -> None:
        person, stranger = identity.person(), identity.person()
        [theirs] = identity.call("list_sessions", person.session).items
        with pytest.raises(NotFound):
            identity.call("revoke_session", stranger.session, id=theirs.id)
        assert identity.actor(person.session).id == person.id

    def test_a_session_ends_when_it_rests_too_long(self, identity: Any, clock: Any) -> None:
        person = identity.person()
        clock.ahead = 12 * 3600 + 1
        with pytest.raises(NotAuthenticated):
            identity.actor(person.session)

    def test_use_keeps_it_alive_but_not_beyond_its_absolute_limit(
        self, start: Callable[..., Any], clock: Any
    ) -> None:
        identity = start(session_days="1")
        person = identity.person()
        for hours in (10, 20):
            clock.ahead = hours * 3600
            assert identity.actor(person.session).id == person.id
        clock.ahead = 24 * 3600 + 1
        with pytest.raises(NotAuthenticated):
            identity.actor(person.session)

    def test_ended_ones_are_deleted_by_the_hourly_job(self, identity: Any, clock: Any) -> None:
        person = identity.person()
        clock.ahead = 8 * 86_400
        identity.runtime.call("identity.delete_expired", {}, context=identity.hosted.as_itself())
        assert identity.hosted.database.execute(
            "SELECT count(*) FROM session WHERE account_id = ?", person.id
        ) == [(0,)]

    @pytest.mark.parametrize("store", ["memory", "redis"])
    def test_they_work_from_every_store(
        self,
        start: Callable[..., Any],
        store: str,
        request: pytest.FixtureRequest,
        monkeypatch: Any,
    ) -> None:
        if store == "redis":
            monkeypatch.setenv("AZORA_REDIS_URL", request.getfixturevalue("redis").url)
        identity = start(session_store=store)
        person = identity.person()
        other = identity.sign_in(person)
        assert len(identity.call("list_sessions", person.session).items) == 2
        assert identity.call("revoke_other_sessions", person.session).count == 1
        with pytest.raises(NotAuthenticated):
            identity.actor(other)


class TestTokens:
    def make(self, identity: Any, person: Any, *scopes: str, **given: Any) -> Any:
        return identity.call(
            "create_token", person.session, name="script", scopes=list(scopes), **given
        )

    def test_a_token_may_do_what_its_scopes_say(self, identity: Any) -> None:
        person = identity.person(READ)
        token = self.make(identity, person, READ)
        actor = identity.actor(token.secret)
        assert (actor.id, actor.permissions) == (person.id, {READ})

    def test_its_secret_is_shown_once_and_not_stored(self, identity: Any) -> None:
        person = identity.person(READ)
        token = self.make(identity, person, READ)
        [listed] = identity.call("list_tokens", person.session).items
        assert not hasattr(listed, "secret")
        assert token.secret.startswith(listed.hint)
        assert all(token.secret not in map(str, row) for row in TokenRow.select().tuples())

    def test_it_reaches_no_further_than_its_owner(self, identity: Any) -> None:
        person = identity.person(READ)
        for scope in ("identity.manage_accounts", "*"):
            with pytest.raises(Invalid) as refused:
                self.make(identity, person, scope)
            assert refused.value.fields[0]["code"] == "identity.beyond_owner"

    def test_it_loses_what_its_owner_loses(self, identity: Any) -> None:
        person = identity.person(READ)
        token = self.make(identity, person, READ)
        identity.operator("revoke_role", id=person.id, role=person.role)
        assert identity.actor(token.secret).permissions == frozenset()

    def test_it_ends_when_it_is_revoked(self, identity: Any) -> None:
        person = identity.person(READ)
        token = self.make(identity, person, READ)
        identity.call("revoke_token", person.session, id=token.id)
        with pytest.raises(NotAuthenticated):
            identity.actor(token.secret)
        assert identity.call("list_tokens", person.session).items == []

    def test_it_ends_on_its_day(self, identity: Any, clock: Any) -> None:
        person = identity.person(READ)
        token = self.make(identity, person, READ, days=1)
        clock.ahead = 86_401
        with pytest.raises(NotAuthenticated):
            identity.actor(token.secret)

    def test_it_lives_no_longer_than_the_campus_allows(self, identity: Any) -> None:
        person = identity.person(READ)
        with pytest.raises(Invalid) as refused:
            self.make(identity, person, READ, days=366)
        assert refused.value.fields[0]["field"] == "days"

    def test_its_last_use_is_noted(self, identity: Any) -> None:
        person = identity.person(READ)
        token = self.make(identity, person, READ)
        identity.actor(token.secret)
        [listed] = identity.call("list_tokens", person.session).items
        assert listed.last_used is not None

    def test_a_token_makes_no_tokens(self, identity: Any) -> None:
        person = identity.person()
        token = self.make(identity, person, "identity.use_account")
        with pytest.raises(NotAllowed):
            identity.call(
                "create_token", token.secret, name="more", scopes=["identity.use_account"]
            )

    def test_nobody_revokes_anothers(self, identity: Any) -> None:
        person, stranger = identity.person(READ), identity.person()
        token = self.make(identity, person, READ)
        with pytest.raises(NotFound):
            identity.call("revoke_token", stranger.session, id=token.id)
        assert identity.actor(token.secret).id == person.id

    def test_closing_the_account_stops_it(self, identity: Any) -> None:
        person = identity.person(READ)
        token = self.make(identity, person, READ)
        identity.operator("deactivate_account", id=person.id)
        with pytest.raises(NotAuthenticated):
            identity.actor(token.secret)
