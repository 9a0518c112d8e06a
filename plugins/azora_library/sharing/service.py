"""The operations by which librarians say who may see what."""

from datetime import UTC, datetime
from functools import cached_property

from azora import Service, operation
from azora.errors import FieldError, Invalid, NotFound
from azora_library.catalogue import contracts as catalogue
from azora_library.catalogue.access import MANAGE
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import ACCESS, Catalogue, resource
from azora_library.sharing import contracts, people, rows
from azora_library.sharing.models import AccessRequestRow, GrantRow, SecretLinkRow


class Sharing(Service):
    """Who may see a record and open its file."""

    identity = people.identity

    @operation("GET /resources/{id}/sharing", permission=MANAGE)
    def read_sharing(self, request: contracts.ResourceRef) -> contracts.Sharing:
        """Read everything about who may see a resource"""
        row = self._catalogue.find(request.id)
        shown = resource(row)
        asked = (AccessRequestRow.resource == row) & (AccessRequestRow.state == "pending")
        return contracts.Sharing(
            levels=catalogue.AccessLevels(**{name: getattr(shown, name) for name in ACCESS}),
            title=row.title,
            has_file=shown.has_file,
            revision=row.revision,
            grants=[rows.grant(one) for one in _of(GrantRow, row).order_by(GrantRow.name)],
            links=[rows.secret_link(one) for one in _of(SecretLinkRow, row)],
            requests=[rows.access_request(one) for one in AccessRequestRow.select().where(asked)],
            roles=people.roles(),
        )

    @operation("PUT /resources/{id}/access", permission=MANAGE)
    def set_access(self, request: contracts.SetAccess) -> catalogue.Resource:
        """Say who may see a record and open its file, and from when"""
        values = {name: getattr(request, name) for name in ACCESS}
        if request.embargo_until is None:
            values["embargo_covers"] = "file"
        with self.transaction():
            row = self._catalogue.take(request.id, request.if_revision)
            self._catalogue.change(row, values)
            return resource(row)

    @operation("POST /resources/{id}/grants", permission=MANAGE, idempotent=True)
    def let_in(self, request: contracts.LetIn) -> contracts.Grant:
        """Let a person or the holders of a role see a record and open its file"""
        subject, name = self._whom(request)
        with self.transaction():
            row = self._catalogue.take(request.id, None)
            made = rows.let_in(row, subject, name, request.expires, self.actor.id)
            self.emit(contracts.AccessGranted(resource=row.id, subject=subject))
            return rows.grant(made)

    @operation("DELETE /resources/{id}/grants/{subject}", permission=MANAGE)
    def shut_out(self, request: contracts.ShutOut) -> None:
        """Take back what let a person or a role in"""
        with self.transaction():
            row = self._catalogue.take(request.id, None)
            mine = (GrantRow.resource == row) & (GrantRow.subject == request.subject)
            if GrantRow.delete().where(mine).execute():
                self.emit(contracts.AccessEnded(resource=row.id, subject=request.subject))

    @operation("POST /resources/{id}/links", permission=MANAGE)
    def make_link(self, request: contracts.MakeLink) -> contracts.NewLink:
        """Make a secret link; its address is told this once"""
        with self.transaction():
            row = self._catalogue.take(request.id, None)
            link, token = rows.make_link(row, request, self.actor.id)
        told = rows.secret_link(link).model_dump()
        return contracts.NewLink(**told, address=f"/library/{row.id}?token={token}")

    @operation("DELETE /resources/{id}/links/{link}", permission=MANAGE)
    def revoke_link(self, request: contracts.LinkRef) -> None:
        """End a secret link at once"""
        with self.transaction():
            row = self._catalogue.take(request.id, None)
            mine = (SecretLinkRow.resource == row) & (SecretLinkRow.id == request.link)
            if not SecretLinkRow.delete().where(mine).execute():
                raise NotFound("There is no such link.", code="library.link_not_found")

    @operation("POST /embargoes/lift", permission=MANAGE, http=False, timeout=600)
    def lift_embargoes(self, request: contracts.LiftEmbargoes) -> contracts.EmbargoesLifted:
        """Note that embargoes have ended: they ended by themselves, this tells those who count and harvest"""
        over = (ResourceRow.embargo_until <= datetime.now(UTC)) & (
            ResourceRow.embargo_until.is_null(False)
        )
        ids = [row.id for row in ResourceRow.select(ResourceRow.id).where(over).limit(1000)]
        for id in ids:
            with self.transaction():
                row = self._catalogue.take(id, None)
                self._catalogue.change(row, {"embargo_until": None, "embargo_covers": "file"})
        return contracts.EmbargoesLifted(lifted=len(ids))

    def _whom(self, request: contracts.LetIn) -> tuple[str, str]:
        if request.person:
            found = people.person(request.person)
            return found.id, found.name
        if request.role:
            return f"role:{people.role(request.role)}", request.role
        problem = FieldError(field="person", code="missing", detail="Name a person or a role.")
        raise Invalid("Name a person or a role.", code="library.nobody_found", fields=[problem])

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue(self.hosted, self.actor.id)


def _of(table: type[GrantRow] | type[SecretLinkRow], row: ResourceRow):  # type: ignore[no-untyped-def]
    return table.select().where(table.resource == row)
