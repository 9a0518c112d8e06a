"""Who may see a record and who may open its file: one rule, as SQL, for every query of the library.

A record and its file each have a level; an embargo closes the file, or both, until a day; a grant
opens both to a person or the holders of a role, and a secret link to whoever has it. A record that
somebody may not see is for them not there: the query does not find it, whatever surface asked.
"""

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from azora.errors import AzoraError, NotAllowed, NotAuthenticated, NotFound

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.data.database import PluginDatabase

MANAGE = "library.manage"
READ = "library.read"
USE_ACCOUNT = "identity.use_account"

Level = Literal["public", "members", "restricted"]
Cover = Literal["file", "record"]
PUBLIC: Final = "public"
MEMBERS: Final = "members"
RESTRICTED: Final = "restricted"


class Condition(NamedTuple):
    """A condition on `library_resource AS r`: SQL with `?`, and what fills it."""

    sql: str
    params: tuple[object, ...] = ()


class Seen(NamedTuple):
    """A record that the reader may see: its number, and whether its file is open to them."""

    number: int
    file_open: bool


EVERYTHING = Condition("1 = 1")


def visible(actor: "Actor | None", token: str | None = None) -> Condition:
    """Which records the actor may see, also by the secret link that `token` comes from."""
    if _manages(actor):
        return EVERYTHING
    in_time = "(r.embargo_until IS NULL OR r.embargo_until <= ? OR r.embargo_covers = 'file')"
    level = Condition(f"r.record_access IN {_levels(actor)} AND {in_time}", (_now(),))
    return _any(level, _granted(actor), _linked(token, "'file', 'record'"))


def readable(actor: "Actor | None", token: str | None = None) -> Condition:
    """Of the records that the actor may see, those whose file they may open."""
    if _manages(actor):
        return EVERYTHING
    in_time = "(r.embargo_until IS NULL OR r.embargo_until <= ?)"
    level = Condition(f"r.file_access IN {_levels(actor)} AND {in_time}", (_now(),))
    return _any(level, _granted(actor), _linked(token, "'file'"))


def see(
    database: "PluginDatabase", id: str, actor: "Actor | None", token: str | None = None
) -> Seen:
    """The record for this reader. Raises NotFound alike for what is not there and what is hidden.

    Both take the same one query, so that not even time tells them apart.
    """
    record, file = visible(actor, token), readable(actor, token)
    found = database.execute(
        f"SELECT r.number, CASE WHEN {file.sql} THEN 1 ELSE 0 END "  # noqa: S608 – constants and placeholders
        f"FROM library_resource AS r WHERE r.id = ? AND {record.sql}",
        *(*file.params, id, *record.params),
    )
    if not found:
        raise NotFound(f"The library has no resource {id}.", code="library.resource_not_found")
    return Seen(found[0][0], bool(found[0][1]))


def file_closed(actor: "Actor | None", embargo_until: datetime | None) -> AzoraError:
    """What to answer who may see a record and not open its file: sign in, wait, or ask for access."""
    if embargo_until and embargo_until > datetime.now(UTC):
        return NotAllowed(
            f"The file is under embargo until {embargo_until:%Y-%m-%d}.", code="library.file_closed"
        )
    if actor is None:
        return NotAuthenticated("This file is not open to everybody: sign in first.")
    return NotAllowed(
        "The file is open only to those whom the library lets in. You may ask for access.",
        code="library.file_closed",
    )


def is_member(actor: "Actor | None") -> bool:
    """Whether somebody reads what is kept for members: every member may, a token where it says so."""
    return actor is not None and actor.may(READ)


def subjects(actor: "Actor | None") -> tuple[str, ...]:
    """The names under which somebody may have been let in: their own, and those of their roles."""
    if actor is None or not (actor.may(USE_ACCOUNT) or actor.may(READ)):
        return ()
    return (actor.id, *(f"role:{role}" for role in sorted(actor.roles)))


def digest_of(token: str) -> str:
    """What is stored of a secret link: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _manages(actor: "Actor | None") -> bool:
    return actor is not None and actor.may(MANAGE)


def _levels(actor: "Actor | None") -> str:
    return f"('{PUBLIC}', '{MEMBERS}')" if is_member(actor) else f"('{PUBLIC}')"


def _granted(actor: "Actor | None") -> Condition | None:
    names = subjects(actor)
    if not names:
        return None
    marks = ", ".join("?" * len(names))
    return Condition(
        "EXISTS (SELECT 1 FROM library_grant AS g WHERE g.resource = r.number "  # noqa: S608 – constants and placeholders
        f"AND g.subject IN ({marks}) AND (g.expires IS NULL OR g.expires > ?))",
        (*names, _now()),
    )


def _linked(token: str | None, covers: str) -> Condition | None:
    if token is None:
        return None
    return Condition(
        "EXISTS (SELECT 1 FROM library_secret_link AS l WHERE l.resource = r.number "  # noqa: S608 – constants and placeholders
        f"AND l.digest = ? AND l.covers IN ({covers}) AND (l.expires IS NULL OR l.expires > ?))",
        (digest_of(token), _now()),
    )


def _any(*conditions: Condition | None) -> Condition:
    given = [condition for condition in conditions if condition]
    sql = " OR ".join(f"({condition.sql})" for condition in given)
    return Condition(f"({sql})", tuple(param for one in given for param in one.params))


def _now() -> str:
    """The moment as TimeField stores moments."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
