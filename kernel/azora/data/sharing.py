"""Write transactions that share one of PostgreSQL's: body after body, each undone alone, one commit for all.

On SQLite all that write do so (writer.py). Here it is for those whose bodies can be done a second time:
where what they shared comes to nothing, each of them hears `Alone` and begins anew by itself.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import eventlet
from eventlet import Timeout, getcurrent
from eventlet.event import Event
from eventlet.hubs import get_hub
from eventlet.semaphore import Semaphore

from azora.data.transaction import Transaction

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase
    from azora.data.postgres import PostgresSchema

MOST = 32
"""Bodies that share one commit."""
LONGEST = 0.1
"""Seconds after which no further body joins those that wait for their commit."""
PATIENCE = 0.25
"""Seconds that a body, or one of its statements, may take while others wait for the same commit."""
APART = 10.0
"""Seconds for which bodies keep to themselves once one was slow, or sharing was not worth while."""
FADING = 0.8
"""The weight that what is known of earlier groups keeps with each further one."""
ENOUGH = 50
"""Bodies of which something must be known."""

Settle = Callable[["PluginDatabase", Sequence[Any]], bool]
"""Writes, in the shared transaction, what makes its bodies count; False where one of them may not."""


class Alone(BaseException):
    """Nothing of this body was kept, because of what it shared: it is to be done again, alone.

    No `except Exception` of a body takes it for a failure of its own.
    """


class Group:
    """A transaction, and the members whose bodies are done in it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.members: list[Any] = []
        self.began = time.monotonic()
        self.bodies = 0
        self.busy = 0.0
        self.failed = False
        self._ended = Event()

    @property
    def full(self) -> bool:
        return len(self.members) >= MOST or time.monotonic() - self.began > LONGEST

    @property
    def savepoint(self) -> str:
        """Each body has a name of its own: going back to one that was never reached must fail."""
        return f"SAVEPOINT body_{self.bodies}"

    def end(self, failed: bool) -> None:
        self.failed = failed
        self._ended.send(None)

    def wait(self) -> None:
        """Return once it is durable; an interruption waits until it is decided. Raises Alone."""
        while not self._ended.ready():
            try:
                self._ended.wait()
            except Timeout:
                """The body was done in time."""
            except BaseException as interruption:  # noqa: BLE001 – it comes again at the next wait
                get_hub().schedule_call_global(0, eventlet.kill, getcurrent(), interruption)
        if self.failed:
            raise Alone


class Worth:
    """Whether sharing pays: it saves each body an end of its own, and makes it wait for those before it.

    Both are measured side by side, so that neither a far database nor a busy machine changes the answer.
    """

    def __init__(self) -> None:
        self._bodies = self._busy = self._groups = self._ending = 0.0

    def learn(self, bodies: int, busy: float, ending: float) -> None:
        """Hear of a group how many bodies it had, how long they took together, and how long its end took."""
        self._bodies = self._bodies * FADING + bodies
        self._busy = self._busy * FADING + busy
        self._groups = self._groups * FADING + 1
        self._ending = self._ending * FADING + ending

    @property
    def sharing(self) -> bool:
        if self._bodies < ENOUGH:
            return True
        return self._busy / self._bodies <= self._ending / self._groups


class Sharing:
    """Bodies of one kind, one at a time. `near` counts those that are under way to one.

    A greenlet of its own commits once nobody comes any more, so that no deadline of a body breaks
    into the commit of others.
    """

    def __init__(self, database: "PostgresSchema", settle: Settle) -> None:
        self.near = 0
        self.database = database
        self._settle = settle
        self._turn = Semaphore(1)
        self._group: Group | None = None
        self._running: Any = None
        self._since = 0.0
        self._apart_until = 0.0
        self._worth = Worth()

    def enter(self) -> Group | None:
        """The group in which it is this greenlet's turn; None where it had better be by itself."""
        if not self._wanted() or not self._turn.acquire(timeout=PATIENCE):
            return None
        group = None
        try:
            if self._wanted():
                group = self._open_group()
        finally:
            if group is None:
                self._turn.release()
        if group is None:
            return None
        self._running, self._since = getcurrent(), time.monotonic()
        return group

    def leave(self, group: Group, member: Any) -> None:
        """The body is done, and waits for its commit with the others."""
        group.members.append(member)
        if not self.database.untold(group.connection):
            self.database.tell_next(group.connection, f"RELEASE {group.savepoint}")
        self._next(group)

    def give_up(self, group: Group) -> None:
        """Undo this body alone; where that cannot be, the group comes to nothing."""
        undone = False
        try:
            undone = bool(self.database.untold(group.connection)) or self.database.go_back(
                group.connection, group.savepoint
            )
        finally:
            group.failed = not undone
            self._next(group)

    def _wanted(self) -> bool:
        return self.near > 1 and time.monotonic() >= self._apart_until

    def _open_group(self) -> Group:
        """The group that takes another body, with the savepoint to which that one may be undone."""
        group = self._group
        if group is None:
            group = Group(self.database.begin(altering=False))
            begin = f"{self.database.untold(group.connection)}; SET LOCAL statement_timeout = {PATIENCE * 1000:.0f}"
            self.database.tell_next(group.connection, begin)
            self._group = group
            eventlet.spawn_n(self._see_through, group)
        group.bodies += 1
        told = self.database.untold(group.connection)
        told = told.partition("; SAVEPOINT")[0]
        self.database.tell_next(
            group.connection, f"{told}; {group.savepoint}" if told else group.savepoint
        )
        return group

    def _next(self, group: Group) -> None:
        group.busy += time.monotonic() - self._since
        self._running = None
        if group.full or group.failed:
            self._group = None
        self._turn.release()

    def _see_through(self, group: Group) -> None:
        """Close the group once nobody waits to join it, and commit."""
        eventlet.sleep(0)
        while self._group is group:
            if not self._turn.acquire(timeout=PATIENCE):
                self._hurry(group)
                continue
            if self._group is group and self._turn.balance == 0:
                self._group = None
            self._turn.release()
            eventlet.sleep(0)
        began = time.monotonic()
        self._finish(group)
        self._worth.learn(group.bodies, group.busy, time.monotonic() - began)
        if not self._worth.sharing:
            self._apart_until = time.monotonic() + APART
            self._worth = Worth()

    def _hurry(self, group: Group) -> None:
        """Send a body that keeps others waiting away; of a slow statement the server does."""
        running = self._running
        if running is None or time.monotonic() - self._since < PATIENCE:
            return
        self._apart_until = time.monotonic() + APART
        connection = group.connection
        if group.members and not connection.closed and not connection.isexecuting():
            get_hub().schedule_call_global(0, self._send_away, running)

    def _send_away(self, running: Any) -> None:
        if self._running is running:
            running.throw(Alone())

    def _finish(self, group: Group) -> None:
        failed = True
        try:
            if group.failed or not group.members:
                self.database.roll_back(group.connection, altering=False)
            else:
                with Transaction(self.database, keeper=_Rest(self.database, group)) as database:
                    if not self._settle(database, group.members):
                        raise Alone
                failed = False
        except (Alone, Exception):  # noqa: BLE001 – each body begins anew, and meets what is wrong by itself
            """Nothing was kept."""
        finally:
            group.end(failed)


class Body:
    """One transaction that is a part of a shared one, if others are near, and else one of its own.

    It stands where the database stands for other transactions.
    """

    __slots__ = ("_group", "_member", "_sharing")

    def __init__(self, sharing: Sharing, member: Any) -> None:
        self._sharing = sharing
        self._member = member
        self._group: Group | None = None

    @property
    def joined(self) -> bool:
        """Whether it is a part: what makes it count is then written at the end, for all."""
        return self._group is not None

    def begin(self, altering: bool) -> Any:
        self._group = self._sharing.enter()
        if self._group is not None:
            return self._group.connection
        return self._sharing.database.begin(altering)

    def commit(self, connection: Any, altering: bool) -> None:
        if self._group is None:
            self._sharing.database.commit(connection, altering)
            return
        self._group.connection = connection
        try:
            self._sharing.database.refuse_spoilt(connection)
        except BaseException:
            self._sharing.give_up(self._group)
            raise
        self._sharing.leave(self._group, self._member)
        self._group.wait()

    def roll_back(self, connection: Any, altering: bool) -> None:
        if self._group is None:
            self._sharing.database.roll_back(connection, altering)
            return
        self._group.connection = connection
        self._sharing.give_up(self._group)


class _Rest:
    """What is left of a group's transaction once its bodies are done."""

    def __init__(self, database: "PostgresSchema", group: Group) -> None:
        self._connection = group.connection
        self.commit = database.commit
        self.roll_back = database.roll_back

    def begin(self, altering: bool) -> Any:
        return self._connection
