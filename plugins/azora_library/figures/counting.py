"""Counting as COUNTER (release 5) says: people, not robots, and a double click once.

What a robot asks, what is fetched ahead of a reader who may never come, and what a browser asks without
reading (HEAD, the rest of a file) is not counted. Of clicks of one visitor on one thing that follow each
other within thirty seconds the first counts.
"""

import hashlib
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from azora.context import current

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin
    from azora_library.catalogue.models import ResourceRow

Kind = Literal["views", "downloads"]
DOUBLE_CLICK: Final = 30.0
"""Seconds within which a click on the same is the same click (COUNTER 5.1, section 7.2)."""

_SEEN = """INSERT INTO library_recent_use (visitor, resource, kind, at, before) VALUES (?, ?, ?, ?, 0)
    ON CONFLICT (visitor, resource, kind)
    DO UPDATE SET before = library_recent_use.at, at = excluded.at RETURNING before"""
_MONTH = """INSERT INTO library_usage (resource, month, views, downloads) VALUES (?, ?, ?, ?)
    ON CONFLICT (resource, month) DO UPDATE SET views = library_usage.views + excluded.views,
    downloads = library_usage.downloads + excluded.downloads"""


def visitor(hosted: "HostedPlugin") -> str | None:
    """Who looks, as a number that tells nobody who it is; None for what is no reader."""
    context = current()
    agent = context.agent or ""
    if not agent or context.glance or is_robot(agent):
        return None
    who = context.actor.id if context.actor else f"{context.address} {agent}"
    key = hosted.secret(f"visitors of {datetime.now(UTC):%Y-%m-%d}")
    return hashlib.blake2b(who.encode(), key=key, digest_size=16).hexdigest()


def count(hosted: "HostedPlugin", row: "ResourceRow", kind: Kind, who: str) -> bool:
    """Count a use, inside a transaction; whether it was one, and no double click."""
    database, now = hosted.database, time.time()
    ((before,),) = database.execute(_SEEN, who, row.number, kind, now)
    if before > now - DOUBLE_CLICK:
        return False
    database.execute(
        f"UPDATE library_resource SET {kind} = {kind} + 1 WHERE number = ?",  # noqa: S608 – one of two names
        row.number,
    )
    month = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
    database.execute(_MONTH, row.id, month, int(kind == "views"), int(kind == "downloads"))
    return True


def forget(hosted: "HostedPlugin") -> int:
    """Forget who looked before the last half minute; inside a transaction."""
    gone = hosted.database.execute(
        "DELETE FROM library_recent_use WHERE at < ? RETURNING resource", time.time() - DOUBLE_CLICK
    )
    return len(gone)


@lru_cache(maxsize=4096)
def is_robot(agent: str) -> bool:
    """Whether a user agent is one of a robot, a script or a link checker."""
    from crawleruseragents import is_crawler

    return bool(is_crawler(agent[:1000], case_sensitive=False))
