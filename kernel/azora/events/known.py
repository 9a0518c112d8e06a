"""Whether events were delivered before: greenlets that ask at about the same time share one look."""

import eventlet
from eventlet.event import Event

from azora.errors import Unavailable
from azora.events.inbox import Inbox


class KnownEvents:
    """The events of one inbox.

    A queue brings events in bursts; of those that ask the first waits until all of the burst have
    asked, and looks for them all.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._burst: set[tuple[str, str]] = set()
        self._answer = Event()

    def knows(self, event: str, handler: str) -> bool:
        """Whether this event is here for this handler, in whatever state."""
        burst, answer = self._burst, self._answer
        first = not burst
        burst.add((event, handler))
        if not first:
            return (event, handler) in answer.wait()
        found: set[tuple[str, str]] | None = None
        try:
            eventlet.sleep(0)
            self._burst, self._answer = set(), Event()
            found = self._inbox.known(burst)
            return (event, handler) in found
        except Exception as error:
            answer.send_exception(error)
            raise
        finally:
            if self._burst is burst:
                self._burst, self._answer = set(), Event()
            if not answer.ready():
                self._tell(answer, found)

    def _tell(self, answer: Event, found: set[tuple[str, str]] | None) -> None:
        """Answer those that wait, also where who looked for them was interrupted."""
        if found is None:
            answer.send_exception(Unavailable("the look into the inbox was interrupted"))
        else:
            answer.send(found)
