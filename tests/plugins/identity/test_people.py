"""Accounts, roles and grants: what administrators do, and what nobody may."""

from typing import Any

import eventlet
import pytest

from azora import Conflict, Invalid, NotAllowed, NotAuthenticated, NotFound
from azora.ids import uuid7
from azora.permissions import READ_METRICS
from azora_identity import subjects
from azora_identity.models import TABLES, RoleRow

MANAGE, ROLES = "identity.manage_accounts", "identity.manage_roles"
READ = "identity.read_accounts"


@pytest.fixture
def administrator(identity: Any) -> Any:
    return identity.person("*")


class TestAccounts:
    def test_a_new_account_gets_a_one_time_password_and_belongs_to_the_campus(
        self, identity: Any
    ) -> None:
        made = identity.operator("create_account", email="Nomsa@Campus.Example", name=" Nomsa ")
        account = identity.operator("read_account", id=made.account_id)
        assert (account.name, account.email, account.roles) == (
            "Nomsa",
            "nomsa@campus.example",
            ["member"],
        )
        assert identity.call(
            "sign_in", email=made.email, password=made.one_time_password
        ).must_change_password

    def test_it_is_told_who_came_and_by_whom_with_the_name_sealed(self, identity: Any) -> None:
        made = identity.operator("create_account", email="told@campus.example", name="Nomsa")
        (told,) = identity.told("account_created", made.account_id)
        assert (told["by"], list(told["name"])) == ("operator:cli", ["$sealed"])
        assert "Nomsa" not in str(told)
        assert [one["role"] for one in identity.told("role_granted", made.account_id)] == ["member"]

    def test_an_address_belongs_to_one_account(self, identity: Any) -> None:
        identity.operator("create_account", email="one@campus.example", name="One")
        with pytest.raises(Conflict) as refused:
            identity.operator("create_account", email="ONE@campus.example", name="Two")
        assert refused.value.code == "identity.email_taken"

    def test_of_two_who_take_an_address_at_once_one_gets_it(self, identity: Any) -> None:
        def create() -> str:
            try:
                return str(
                    identity.operator("create_account", email=email, name="Nomsa").account_id
                )
            except Conflict as refused:
                return refused.code

        email = f"{uuid7()}@campus.example"
        answers = [one.wait() for one in [eventlet.spawn(create) for _ in range(3)]]
        assert answers.count("identity.email_taken") == 2

    @pytest.mark.parametrize(
        "email", ["", "nobody", "a@b@c", "a b@c", "@c", "a@", "a\n@c.d", "x" * 250 + "@c.de"]
    )
    def test_what_is_no_address_is_refused(self, identity: Any, email: str) -> None:
        with pytest.raises(Invalid):
            identity.operator("create_account", email=email, name="Nomsa")

    def test_an_unknown_role_is_refused_and_nothing_is_created(self, identity: Any) -> None:
        with pytest.raises(NotFound):
            identity.operator(
                "create_account", email="new@campus.example", name="N", roles=["unknown"]
            )
        assert identity.operator("list_accounts", query="new@campus.example").items == []

    def test_accounts_are_listed_by_name_page_by_page(self, identity: Any) -> None:
        mark = uuid7()
        for name in "dbaec":
            identity.operator("create_account", email=f"{name}@{mark}.example", name=name)
        first = identity.operator("list_accounts", query=mark, limit=3)
        rest = identity.operator("list_accounts", query=mark, limit=3, cursor=first.next)
        assert [one.name for one in first.items] + [one.name for one in rest.items] == list("abcde")
        assert rest.next is None

    def test_a_search_takes_wildcards_literally(self, identity: Any) -> None:
        assert identity.operator("list_accounts", query="%").items == []

    def test_a_closed_account_is_out_at_once_and_can_be_opened_again(self, identity: Any) -> None:
        person = identity.person()
        identity.operator("deactivate_account", id=person.id)
        with pytest.raises(NotAuthenticated):
            identity.actor(person.session)
        identity.operator("reactivate_account", id=person.id)
        with pytest.raises(NotAuthenticated):
            identity.actor(person.session)
        assert identity.actor(identity.sign_in(person)).id == person.id

    def test_closing_twice_is_told_once(self, identity: Any) -> None:
        person = identity.person()
        for _ in range(2):
            assert not identity.operator("deactivate_account", id=person.id).active
        assert len(identity.told("account_deactivated", person.id)) == 1

    def test_every_session_of_an_account_can_be_ended(self, identity: Any) -> None:
        person = identity.person()
        assert identity.operator("sign_out_account", id=person.id).count >= 1
        with pytest.raises(NotAuthenticated):
            identity.actor(person.session)

    def test_the_last_administrator_stays(self, start: Any) -> None:
        identity = start()
        [first] = identity.operator("list_accounts").items
        for operation, given in [
            ("deactivate_account", {}),
            ("revoke_role", {"role": "administrator"}),
        ]:
            with pytest.raises(Conflict) as refused:
                identity.operator(operation, id=first.id, **given)
            assert refused.value.code == "identity.last_administrator"

    def test_an_account_that_is_not_there_is_not_found(self, identity: Any) -> None:
        with pytest.raises(NotFound):
            identity.operator("read_account", id=f"user:{uuid7()}")


class TestReach:
    def test_without_the_permission_nothing_is_done(self, identity: Any) -> None:
        person = identity.person()
        for operation, given in [
            ("list_accounts", {}),
            ("create_account", {"email": "x@y.z", "name": "X"}),
            ("save_role", {"name": "x", "permissions": []}),
            ("grant_role", {"id": person.id, "role": "administrator"}),
        ]:
            with pytest.raises(NotAllowed):
                identity.call(operation, person.session, **given)

    def test_nobody_grants_more_than_they_hold(self, identity: Any) -> None:
        manager = identity.person(ROLES, MANAGE)
        for operation, given in [
            ("grant_role", {"id": manager.id, "role": "administrator"}),
            ("save_role", {"name": manager.role, "permissions": [ROLES, "*"]}),
            ("save_role", {"name": "own-role", "permissions": [READ]}),
            ("create_account", {"email": "x@y.z", "name": "X", "roles": ["administrator"]}),
        ]:
            with pytest.raises(NotAllowed) as refused:
                identity.call(operation, manager.session, **given)
            assert refused.value.code == "identity.beyond_reach"

    def test_nobody_acts_against_somebody_who_may_do_more(
        self, identity: Any, administrator: Any
    ) -> None:
        manager = identity.person(MANAGE)
        for operation in ("deactivate_account", "sign_out_account"):
            with pytest.raises(NotAllowed):
                identity.call(operation, manager.session, id=administrator.id)
        assert identity.actor(administrator.session).may("*")

    def test_what_one_holds_one_may_pass_on(self, identity: Any) -> None:
        manager, person = identity.person(ROLES, READ), identity.person()
        identity.call("save_role", manager.session, name=f"r-{uuid7()}", permissions=[READ])
        identity.call("grant_role", manager.session, id=person.id, role="member")


class TestRoles:
    def test_a_grant_takes_effect_and_asks_for_a_new_sign_in(self, identity: Any) -> None:
        person, reader = identity.person(), identity.person(READ)
        account = identity.operator("grant_role", id=person.id, role=reader.role)
        assert reader.role in account.roles
        with pytest.raises(NotAuthenticated):
            identity.actor(person.session)
        assert identity.actor(identity.sign_in(person)).may(READ)

    def test_granting_again_changes_nothing(self, identity: Any) -> None:
        person = identity.person(READ)
        identity.operator("grant_role", id=person.id, role=person.role)
        assert identity.actor(person.session).may(READ)
        assert len(identity.told("role_granted", person.id)) == 1

    def test_taking_a_role_away_leaves_the_session_without_it(self, identity: Any) -> None:
        person = identity.person(READ)
        identity.operator("revoke_role", id=person.id, role=person.role)
        assert not identity.actor(person.session).may(READ)
        assert [one["role"] for one in identity.told("role_revoked", person.id)] == [person.role]

    def test_a_changed_role_changes_everybody_who_holds_it(self, identity: Any) -> None:
        person = identity.person(READ)
        identity.operator("save_role", name=person.role, permissions=[MANAGE])
        actor = identity.actor(person.session)
        assert (actor.may(READ), actor.may(MANAGE)) == (False, True)

    def test_a_role_permits_only_what_some_plugin_declares(self, identity: Any) -> None:
        with pytest.raises(Invalid) as refused:
            identity.operator("save_role", name="odd", permissions=["library.misspelt"])
        assert refused.value.fields[0]["code"] == "identity.permission_unknown"

    def test_every_campus_has_the_seeded_roles(self, identity: Any) -> None:
        names = {role.name for role in identity.operator("list_roles").items}
        assert names >= {"administrator", "member", "guest"}
        for name in ("administrator", "member", "guest"):
            with pytest.raises(Conflict):
                identity.operator("delete_role", name=name)
        with pytest.raises(Conflict):
            identity.operator("save_role", name="administrator", permissions=[])

    def test_a_role_that_somebody_holds_stays(self, identity: Any) -> None:
        person = identity.person(READ)
        with pytest.raises(Conflict):
            identity.operator("delete_role", name=person.role)
        identity.operator("revoke_role", id=person.id, role=person.role)
        identity.operator("delete_role", name=person.role)
        assert RoleRow.get_or_none(RoleRow.name == person.role) is None

    def test_what_plugins_let_roles_permit_is_listed(self, identity: Any) -> None:
        known = {permission.name for permission in identity.operator("list_permissions").items}
        assert {READ, MANAGE, ROLES, READ_METRICS} <= known


class TestSubjects:
    def test_an_export_holds_everything_but_secrets(self, identity: Any) -> None:
        person = identity.person(READ)
        identity.sign_in(person, address="196.21.5.77")
        token = identity.call("create_token", person.session, name="script", scopes=[READ])
        found = subjects.export(identity.hosted, person.id)
        assert found["account"]["email"] == person.email  # type: ignore[index]
        assert "196.21.5.77" in str(found["sessions"])
        assert "script" in str(found["tokens"])
        for secret in (token.secret, "digest", "argon2"):
            assert secret not in str(found)

    def test_erasing_leaves_no_row_that_names_the_person(self, identity: Any) -> None:
        person = identity.person("*")
        identity.call("create_token", person.session, name="script", scopes=["*"])
        granted = identity.person()
        identity.call("grant_role", person.session, id=granted.id, role="guest")
        assert subjects.erase(identity.hosted, person.id) == "erased"
        for table in TABLES:
            for row in table.select().tuples():
                assert person.id not in row and person.email not in row
        assert identity.told("account_erased", person.id) == [{"account_id": person.id}]

    def test_an_erased_person_is_nobody(self, identity: Any) -> None:
        person = identity.person()
        subjects.erase(identity.hosted, person.id)
        with pytest.raises(NotAuthenticated):
            identity.actor(person.session)
        assert subjects.erase(identity.hosted, person.id) == "none"
        assert subjects.export(identity.hosted, person.id) == {}
