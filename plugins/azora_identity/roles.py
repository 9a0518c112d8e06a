"""Roles, what they permit, and who holds them."""

from azora import Conflict, Request, operation
from azora.permissions import known_permissions
from azora_identity import contracts, directory, events
from azora_identity.domain import ADMINISTRATOR, EVERYTHING, GUEST, MEMBER, USE_ACCOUNT
from azora_identity.models import GrantRow, RoleRow
from azora_identity.parts import IdentityService
from azora_identity.refusal import refusal

READ, MANAGE = "identity.read_accounts", "identity.manage_roles"
SEEDED = frozenset({ADMINISTRATOR, MEMBER, GUEST})


class Roles(IdentityService):
    """Roles are rows; what they may permit is what the installed plugins declare."""

    @operation("GET /roles", permission=READ)
    def list_roles(self, request: Request) -> contracts.Roles:
        """List every role with what it permits."""
        return contracts.Roles(
            items=[_shown(row) for row in RoleRow.select().order_by(RoleRow.name)]
        )

    @operation("GET /permissions", permission=USE_ACCOUNT)
    def list_permissions(self, request: Request) -> contracts.KnownPermissions:
        """List what the installed plugins let roles permit."""
        return contracts.KnownPermissions(
            items=[
                contracts.KnownPermission(
                    name=permission.name,
                    summary=permission.summary,
                    plugin=name,
                    members=permission.members,
                )
                for name, permission in known_permissions(self.hosted.runtime.registry)
            ]
        )

    @operation("PUT /roles/{name}", permission=MANAGE)
    def save_role(self, request: contracts.SaveRole) -> contracts.Role:
        """Make a role, or change what it permits."""
        if request.name == ADMINISTRATOR:
            raise Conflict(
                "An administrator may do everything; that stays.", code="identity.role_is_fixed"
            )
        self._check_known(request.permissions)
        self.check_reach(request.permissions)
        permissions = sorted(set(request.permissions))
        values = {"summary": request.summary, "permissions": " ".join(permissions)}
        with self.transaction():
            before = RoleRow.get_or_none(RoleRow.name == request.name)
            self.check_reach(before.permissions.split() if before else ())
            role = RoleRow.insert(name=request.name, **values)
            role.on_conflict(conflict_target=[RoleRow.name], update=values).execute()
            self.emit(
                events.RoleChanged(role=request.name, permissions=permissions, by=self.actor.id)
            )
        return contracts.Role(name=request.name, summary=request.summary, permissions=permissions)

    @operation("DELETE /roles/{name}", permission=MANAGE)
    def delete_role(self, request: contracts.RoleRef) -> None:
        """Delete a role that nobody holds."""
        if request.name in SEEDED:
            raise Conflict(
                f"Every campus has the role {request.name}.", code="identity.role_is_fixed"
            )
        with self.transaction():
            self.check_reach(directory.role(request.name).permissions.split())
            if GrantRow.select().where(GrantRow.role == request.name).exists():
                raise Conflict("Somebody still holds this role.", code="identity.role_in_use")
            RoleRow.delete().where(RoleRow.name == request.name).execute()
            self.emit(events.RoleChanged(role=request.name, permissions=[], by=self.actor.id))

    @operation("PUT /accounts/{id}/roles/{role}", permission=MANAGE)
    def grant_role(self, request: contracts.GrantRef) -> contracts.Account:
        """Give an account a role. Its other sessions end: more power asks for a new sign-in."""
        account = directory.account(request.id)
        self.check_reach(directory.role(request.role).permissions.split())
        ended = [one for one in self.sessions.of_account(account.id) if one.id != self.session_id]
        with self.transaction():
            granted = directory.grant(account.id, request.role, self.actor.id)
            if granted:
                self.emit(
                    events.RoleGranted(account_id=account.id, role=request.role, by=self.actor.id)
                )
        if granted:
            self.sessions.remove(ended)
        return directory.as_contract(account, directory.roles_of([account.id])[account.id])

    @operation("DELETE /accounts/{id}/roles/{role}", permission=MANAGE)
    def revoke_role(self, request: contracts.GrantRef) -> contracts.Account:
        """Take a role from an account. What it permitted ends within two seconds."""
        account = directory.account(request.id)
        self.check_reach(directory.role(request.role).permissions.split())
        with self.transaction():
            if request.role == ADMINISTRATOR:
                directory.require_other_administrator(account.id)
            held = (GrantRow.account == account.id) & (GrantRow.role == request.role)
            if GrantRow.delete().where(held).execute():
                self.emit(
                    events.RoleRevoked(account_id=account.id, role=request.role, by=self.actor.id)
                )
        return directory.as_contract(account, directory.roles_of([account.id])[account.id])

    def _check_known(self, permissions: list[str]) -> None:
        registry = self.hosted.runtime.registry
        known = {permission.name for _, permission in known_permissions(registry)}
        if unknown := sorted(set(permissions) - known - {EVERYTHING}):
            detail = f"No installed plugin knows {unknown[0]}."
            raise refusal("permissions", "identity.permission_unknown", detail)


def _shown(row: RoleRow) -> contracts.Role:
    return contracts.Role(name=row.name, summary=row.summary, permissions=row.permissions.split())
