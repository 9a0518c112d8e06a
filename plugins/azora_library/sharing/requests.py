"""The operations by which readers ask to be let in, and librarians answer."""

from datetime import UTC, datetime

from azora import ListRequest, Service, operation
from azora.data.keyset import paginate
from azora.errors import Conflict
from azora_library.catalogue.access import MANAGE, see
from azora_library.catalogue.models import ResourceRow
from azora_library.sharing import contracts, rows
from azora_library.sharing.models import AccessRequestRow

PENDING = "pending"


class AccessRequests(Service):
    """Asking for access, and the answer; who asks and who answers see the same."""

    @operation("POST /resources/{id}/access-requests", public=True, rate="30/min")
    def ask_for_access(self, request: contracts.AskForAccess) -> contracts.AccessRequest:
        """Ask for a file that is not open to you. Asking again changes the reason of what still waits"""
        actor = self.actor
        seen = see(self.hosted.database, request.id, actor)
        if seen.file_open:
            raise Conflict("It is open to you already.", code="library.already_open")
        with self.transaction():
            row = _waiting(seen.number, actor.id)
            if row is None:
                row = AccessRequestRow(
                    resource=seen.number, person=actor.id, name=actor.name or actor.id,
                    state=PENDING, created=datetime.now(UTC),
                )  # fmt: skip
            is_new = row.reason is None
            row.reason = request.reason
            row.save(force_insert=is_new)
            if is_new:
                self.emit(contracts.AccessAsked(id=row.id, resource=request.id, person=actor.id))
            return rows.access_request(row)

    @operation("GET /resources/{id}/access-requests/own", public=True)
    def read_own_request(self, request: contracts.ResourceRef) -> contracts.OwnRequest:
        """Read what became of your own question about a resource"""
        actor = self.actor_or_none
        if actor is None:
            return contracts.OwnRequest(request=None)
        seen = see(self.hosted.database, request.id, actor)
        mine = (AccessRequestRow.resource == seen.number) & (AccessRequestRow.person == actor.id)
        row = AccessRequestRow.select().where(mine).order_by(AccessRequestRow.id.desc()).first()
        return contracts.OwnRequest(request=rows.access_request(row) if row else None)

    @operation("GET /access-requests/own", public=True)
    def list_own_access_requests(self, request: ListRequest) -> contracts.OwnAccessRequests:
        """List what you asked for, the newest first"""
        mine = _with_resources().where(AccessRequestRow.person == self.actor.id)
        found, following = paginate(mine, request, [AccessRequestRow.id.desc()])
        items = [rows.access_request(row) for row in found]
        return contracts.OwnAccessRequests(items=items, next=following)

    @operation("DELETE /access-requests/{request}", public=True)
    def withdraw_access_request(self, request: contracts.RequestRef) -> None:
        """Take back a question of yours that still waits"""
        with self.transaction():
            AccessRequestRow.delete().where(
                (AccessRequestRow.id == request.request)
                & (AccessRequestRow.person == self.actor.id)
                & (AccessRequestRow.state == PENDING)
            ).execute()

    @operation("GET /access-requests", permission=MANAGE)
    def list_access_requests(
        self, request: contracts.ListAccessRequests
    ) -> contracts.AccessRequests:
        """List the requests of one state, the oldest first"""
        query = _with_resources().where(AccessRequestRow.state == request.state)
        found, following = paginate(query, request, [AccessRequestRow.id])
        items = [rows.access_request(row) for row in found]
        return contracts.AccessRequests(items=items, next=following)

    @operation("PUT /access-requests/{request}/answer", permission=MANAGE)
    def answer_access_request(self, request: contracts.AnswerRequest) -> contracts.AccessRequest:
        """Let somebody in who asked, or say why not"""
        with self.transaction():
            row = rows.request_row(request.request)
            if row.state not in (PENDING, request.decision):
                raise Conflict(
                    "Somebody else has answered this request already.",
                    code="library.already_answered",
                )
            row.state, row.answer = request.decision, request.answer
            row.decided, row.decided_by = datetime.now(UTC), self.actor.id
            row.save()
            told = {"resource": row.resource.id, "subject": row.person, "request": row.id}
            if request.decision == "granted":
                rows.let_in(row.resource, row.person, row.name, request.expires, self.actor.id)
                self.emit(contracts.AccessGranted(**told))
            else:
                self.emit(contracts.AccessRefused(**told))
            return rows.access_request(row)


def _waiting(resource: int, person: str) -> AccessRequestRow | None:
    return AccessRequestRow.get_or_none(
        (AccessRequestRow.resource == resource)
        & (AccessRequestRow.person == person)
        & (AccessRequestRow.state == PENDING)
    )


def _with_resources():  # type: ignore[no-untyped-def]
    return AccessRequestRow.select(AccessRequestRow, ResourceRow).join(ResourceRow)
