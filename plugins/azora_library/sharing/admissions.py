"""What is known of a person here: what was opened to them, what they asked for, and whom they let in."""

from collections.abc import Iterable

from azora_library.sharing.models import AccessRequestRow, GrantRow, SecretLinkRow


def erase(ids: list[str]) -> Iterable[int]:
    """Take back what was opened to the person, delete what they asked, and forget what they decided."""
    yield GrantRow.delete().where(GrantRow.subject.in_(ids)).execute()
    yield AccessRequestRow.delete().where(AccessRequestRow.person.in_(ids)).execute()
    for column in (GrantRow.created_by, SecretLinkRow.created_by, AccessRequestRow.decided_by):
        yield column.model.update({column: None}).where(column.in_(ids)).execute()


def export(ids: list[str]) -> dict[str, object]:
    """What the person may see, and what they asked for."""
    grants = GrantRow.select().where(GrantRow.subject.in_(ids))
    asked = AccessRequestRow.select().where(AccessRequestRow.person.in_(ids))
    return {
        "let_in_to": [{"resource": row.resource.id, "title": row.resource.title} for row in grants],
        "asked_for": [
            {
                "resource": row.resource.id,
                "title": row.resource.title,
                "reason": row.reason,
                "state": row.state,
                "answer": row.answer,
            }
            for row in asked
        ],
    }
