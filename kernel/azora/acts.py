"""Acts that go on record: who did what, when, on what, from where, and what came of it.

Every operation that changes something and needs a permission beyond one's own things writes an entry into
its plugin's audit trail, in the transaction of the act itself; what was refused or failed has one too.
What plugins do on their own (handlers, jobs) is no act of a person and has none.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from eventlet import Timeout

from azora.context import Context, current_or_none, enter, leave
from azora.data.trail import ACT, append
from azora.errors import AzoraError
from azora.ids import uuid7
from azora.observe.masking import STARS, is_secret

if TYPE_CHECKING:
    from azora.contract import Operation, Permission
    from azora.dispatch import BoundOperation
    from azora.hosted import HostedPlugin
    from azora.messages import Request

DONE = "done"
"""The outcome of what went well; else it is an error's code."""
_ON_ITS_OWN = "plugin:"
_LONGEST = 500


class Act:
    """One act in progress. Its id joins it to the rows that it changes, where `rows` go on record too."""

    __slots__ = ("after", "before", "id", "name", "on", "outcome", "rows", "written")

    def __init__(self, name: str, on: str = "", rows: bool = True) -> None:
        self.id = uuid7()
        self.name = name
        self.on = on
        self.rows = rows
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}
        self.outcome = DONE
        self.written = False

    def enter(self, hosted: "HostedPlugin") -> None:
        """Write the entry into the open transaction, unless it is written already."""
        if not self.written:
            self.written = True
            hosted.database.after_rollback(self._reset)
            self._append(hosted)

    def close(self, hosted: "HostedPlugin", outcome: str = DONE) -> None:
        """Write the entry where no transaction did, or another where the act failed after all."""
        if self.written and outcome == DONE:
            return
        self.outcome = outcome
        with hosted.database.transaction():
            self._append(hosted)

    def _reset(self) -> None:
        self.written = False

    def _append(self, hosted: "HostedPlugin") -> None:
        context = current_or_none()
        actor = context.actor if context else None
        if actor and actor.by:
            self.after |= {"acting_as": actor.id}
        append(
            hosted.database,
            actor=(actor.by or actor.id) if actor else f"{_ON_ITS_OWN}{hosted.name}",
            entity=self.name,
            row=self.on[:_LONGEST],
            action=ACT,
            act=self.id,
            outcome=self.outcome,
            address=context.address if context else None,
            trace=context.trace_id if context else None,
            before=_masked(self.before) if self.before else None,
            after=_masked(self.after) if self.after else None,
        )


def goes_on_record(operation: "Operation", permissions: "Collection[Permission]") -> bool:
    """Whether calls of an operation leave an entry: as it says, else where it changes what members may not."""
    if operation.audited is not None:
        return bool(operation.audited)
    own = {permission.name for permission in permissions if permission.own or permission.members}
    return operation.verb != "GET" and not operation.public and operation.permission not in own


@contextmanager
def on_record(bound: "BoundOperation", request: "Request", context: Context) -> Iterator[None]:
    """Let what a person does inside the block go on record, however it ends."""
    rows = bound.operation.audited != "act"
    act = Act(bound.full, _target(bound.operation, request), rows)
    context.act = act if _is_a_person(context) else None
    try:
        yield
    except (Exception, Timeout) as error:
        if _is_a_person(context):
            _close(act, bound.hosted, error)
        raise
    else:
        if context.act is not None:
            act.close(bound.hosted)
    finally:
        context.act = None


def turned_away(
    bound: "BoundOperation", context: Context, named: Mapping[str, str], error: AzoraError
) -> None:
    """Put on record that somebody was refused before their request was read; `named` is of its path."""
    if not bound.recorded or not _is_a_person(context):
        return
    token = enter(context)
    try:
        _close(Act(bound.full, _filled(bound.operation.path, named)), bound.hosted, error)
    finally:
        leave(token)


def record(
    hosted: "HostedPlugin",
    name: str,
    on: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add what is known of the act in progress; without one, write an entry of its own."""
    context = current_or_none()
    act = context.act if context else None
    if act is not None and act.name == name and not act.written:
        act.on = on or act.on
        act.before |= before or {}
        act.after |= after or {}
        return
    entry = Act(name, on)
    entry.before, entry.after = before or {}, after or {}
    if hosted.database.in_transaction:
        entry.enter(hosted)
    else:
        entry.close(hosted)


def _close(act: Act, hosted: "HostedPlugin", error: BaseException) -> None:
    """Write down a failure; where even that fails, the log has it."""
    outcome = error.code if isinstance(error, AzoraError) else "failed"
    try:
        act.close(hosted, outcome)
    except Exception:
        hosted.log.exception("audit_entry_lost", act=act.name, outcome=outcome)


def is_for_another(operation: "Operation", context: Context) -> bool:
    """Whether an administrator changes something as somebody else: that goes on record whatever it is."""
    if operation.verb == "GET" or not context.token:
        return False
    return _is_a_person(context) and context.actor is not None and bool(context.actor.by)


def _is_a_person(context: Context) -> bool:
    """Whether somebody, or the keeper at the terminal, acts; verified or yet to be."""
    if context.actor is None and context.token:
        context.actor = context.runtime.actors.verify(context.token)
    return context.actor is not None and not context.actor.id.startswith(_ON_ITS_OWN)


def _target(operation: "Operation", request: "Request") -> str:
    """What the operation is about: its path with the fields filled in; nothing where it has none."""
    return _filled(operation.path, dict(request))


def _filled(path: str, values: Mapping[str, Any]) -> str:
    if "{" not in path:
        return ""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path.strip("/")


def _masked(values: dict[str, Any]) -> dict[str, Any]:
    return {name: STARS if is_secret(name) else value for name, value in values.items()}
