"""Whom a librarian means: an account by its e-mail address, its name or its id; a role by its name."""

from typing import TYPE_CHECKING

from azora.actor import Actor
from azora.errors import AzoraError, FieldError, Invalid, NotFound, RequestError
from azora.messages import Request
from azora_library.sharing.contracts import (
    AccountRef,
    FindAccounts,
    FoundAccount,
    Identity,
    Rights,
)

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

identity = Identity()


def person(text: str) -> FoundAccount:
    """The one account that the text names. Raises Invalid beside the field where it is none, or several."""
    if text.startswith("user:"):
        try:
            return identity.read_account(AccountRef(id=text))
        except NotFound:
            raise _refused("person", "No account has this id.") from None
    found = identity.list_accounts(FindAccounts(query=text, limit=20)).items
    exact = [one for one in found if one.email.casefold() == text.casefold()] or found
    if not exact:
        raise _refused("person", "Nobody here has this name or e-mail address.")
    if len(exact) > 1:
        raise _refused("person", "Several people fit: write the e-mail address.")
    return exact[0]


def role(name: str) -> str:
    """The name of a role of this campus. Raises Invalid beside the field."""
    if name not in {one.name for one in identity.list_roles(Request()).items}:
        raise _refused("role", "This campus has no such role.")
    return name


def roles() -> list[str]:
    """The roles of this campus, as far as the caller may see them."""
    try:
        return [one.name for one in identity.list_roles(Request()).items]
    except AzoraError:
        return []


def away(hosted: "HostedPlugin", id: str) -> Actor | None:
    """Somebody who is not here, with what they may do today; None where their account is gone or closed.

    Asked by the library itself, whoever caused it.
    """
    try:
        rights: Rights = hosted.runtime.call(
            "identity.read_rights", AccountRef(id=id), Rights, context=hosted.as_itself()
        )
    except RequestError:
        return None
    if not rights.active:
        return None
    return Actor(id, frozenset(rights.permissions), expires=0.0, roles=frozenset(rights.roles))


def _refused(field: str, detail: str) -> Invalid:
    problem = FieldError(field=field, code="library.nobody_found", detail=detail)
    return Invalid("Some fields are not right.", code="library.nobody_found", fields=[problem])


def called(ids: set[str]) -> dict[str, str]:
    """The names of these people, as far as the caller may see them."""
    names: dict[str, str] = {}
    for id in sorted(one for one in ids if one.startswith("user:")):
        try:
            names[id] = identity.read_account(AccountRef(id=id)).name
        except AzoraError:
            continue
    return names
