"""Grants, secret links and requests as rows, and as what they are told."""

import secrets
from datetime import UTC, date, datetime, time

from azora.errors import NotFound
from azora_library.catalogue.access import digest_of
from azora_library.catalogue.models import ResourceRow
from azora_library.sharing import contracts
from azora_library.sharing.models import AccessRequestRow, GrantRow, SecretLinkRow


def let_in(
    resource: ResourceRow, subject: str, name: str, expires: date | None, who: str | None
) -> GrantRow:
    """Let somebody in, or change until when."""
    until, now = _begin(expires), datetime.now(UTC)
    GrantRow.insert(
        resource=resource, subject=subject, name=name, expires=until, created=now, created_by=who
    ).on_conflict(
        conflict_target=[GrantRow.resource, GrantRow.subject], update={GrantRow.expires: until}
    ).execute()
    return GrantRow.get((GrantRow.resource == resource) & (GrantRow.subject == subject))


def make_link(
    resource: ResourceRow, request: contracts.MakeLink, who: str | None
) -> tuple[SecretLinkRow, str]:
    """A new secret link, and the secret that nothing here keeps."""
    token = secrets.token_urlsafe(32)
    row = SecretLinkRow.create(
        resource=resource,
        digest=digest_of(token),
        note=request.note,
        covers=request.covers,
        expires=_begin(request.expires),
        created=datetime.now(UTC),
        created_by=who,
    )
    return row, token


def count_use(resource: int, token: str) -> None:
    """Count a reading or a download by a secret link."""
    SecretLinkRow.update(uses=SecretLinkRow.uses + 1, last_used=datetime.now(UTC)).where(
        (SecretLinkRow.resource == resource) & (SecretLinkRow.digest == digest_of(token))
    ).execute()


def request_row(id: str) -> AccessRequestRow:
    """The request. Raises NotFound."""
    row = AccessRequestRow.get_or_none(AccessRequestRow.id == id)
    if row is None:
        raise NotFound("There is no such request.", code="library.request_not_found")
    return row


def grant(row: GrantRow) -> contracts.Grant:
    return contracts.Grant(
        subject=row.subject, name=row.name, expires=_day(row.expires), created=row.created
    )


def secret_link(row: SecretLinkRow) -> contracts.SecretLink:
    return contracts.SecretLink(
        id=row.id,
        note=row.note,
        covers=row.covers,
        expires=_day(row.expires),
        uses=row.uses,
        last_used=row.last_used,
        created=row.created,
    )


def access_request(row: AccessRequestRow) -> contracts.AccessRequest:
    return contracts.AccessRequest(
        id=row.id,
        resource=row.resource.id,
        title=row.resource.title,
        person=row.person,
        name=row.name,
        reason=row.reason,
        state=row.state,
        answer=row.answer,
        created=row.created,
        decided=row.decided,
    )


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
