"""What a new campus needs of identity: its roles, and a way for its first administrator.

Where the settings give a one-time password, or with demo data, that is an account; else an address at which
they name themselves.
"""

from typing import TYPE_CHECKING

from azora_identity import directory, domain, events, first_key, first_password
from azora_identity.domain import ADMINISTRATOR, EVERYTHING, GUEST, MEMBER, ONE_TIME_PASSWORD
from azora_identity.models import AccountRow, RoleRow
from azora_identity.parts import parts_of

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

NAME = "Administrator"
ROLES = {
    ADMINISTRATOR: ("May do everything.", EVERYTHING),
    MEMBER: ("Belongs to the campus.", ""),
    GUEST: ("Visits the campus.", ""),
}


def seed(plugin: "HostedPlugin", *, demo: bool) -> None:
    """Write the roles, and let in a first administrator where nobody has an account yet. Rerun-safe."""
    with plugin.transaction():
        for name, (summary, permissions) in ROLES.items():
            RoleRow.insert(
                name=name, summary=summary, permissions=permissions
            ).on_conflict_ignore().execute()
    if AccountRow.select().exists():
        first_key.forget(plugin)
    elif demo or plugin.settings.administrator_password:
        _add_administrator(plugin)
    else:
        first_key.write(plugin)


def _add_administrator(plugin: "HostedPlugin") -> None:
    email = domain.normal_email(plugin.settings.administrator_email)
    given = plugin.settings.administrator_password
    password = given.get_secret_value() if given else domain.new_one_time_password()
    hashed = parts_of(plugin).passwords.hash(password)
    by = f"plugin:{plugin.name}"
    with plugin.transaction():
        RoleRow.update(name=ADMINISTRATOR).where(RoleRow.name == ADMINISTRATOR).execute()
        if AccountRow.select().exists():
            return
        account_id = directory.add_account(email, NAME)
        directory.set_password(account_id, ONE_TIME_PASSWORD, hashed)
        directory.grant(account_id, ADMINISTRATOR, by)
        plugin.emit(events.AccountCreated(account_id=account_id, name=NAME, by=by))
        plugin.emit(events.RoleGranted(account_id=account_id, role=ADMINISTRATOR, by=by))
        if not given:
            first_password.write(plugin, email, password)
        first_key.forget(plugin)
