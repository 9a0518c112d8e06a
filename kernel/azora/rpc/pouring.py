"""Moves a log that was a table into the stream: after a restore, and when a campus gets its first broker."""

from typing import TYPE_CHECKING

import eventlet

from azora.data.leases import Lease
from azora.errors import ServiceError
from azora.events.log import TableLog
from azora.rpc.events import BrokerCourier
from azora.rpc.log import StreamLog
from azora.rpc.streams import stream_of

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

LEASE = 60.0
PAUSE = 1.0


class Pouring:
    """Events of the table that the stream has not, in their order, past the exchanges: nobody is told again.

    Whatever breaks it off, it goes on at the next start; an event may then be in the stream twice, which
    readers know by its id.
    """

    def __init__(self, hosted: "HostedPlugin", courier: BrokerCourier, log: StreamLog) -> None:
        self._database = hosted.database
        self._name = hosted.name
        self._log = hosted.log
        self._courier = courier
        self._stream = log
        self._lease = Lease(hosted.database, "log into stream", LEASE)

    def run(self) -> None:
        """Return once the table is empty."""
        while self._any_left():
            try:
                if self._lease.take():
                    self._pour()
            except ServiceError as error:
                self._log.info("the table of the log waits for the broker", reason=str(error))
            eventlet.sleep(PAUSE)

    def _any_left(self) -> bool:
        return bool(self._database.execute("SELECT 1 FROM azora_log LIMIT 1"))

    def _pour(self) -> None:
        there = self._stream.ids()
        moved = 0
        with TableLog(self._database).reader(0) as reader:
            while self._lease.take() and (found := reader.take(self._courier.at_once)):
                missing = [one.envelope for one in found if one.envelope.id not in there]
                self._courier.publish_into(stream_of(self._name), missing)
                with self._database.transaction():
                    self._database.execute("DELETE FROM azora_log WHERE seq <= ?", found[-1].offset)
                moved += len(missing)
        self._lease.release()
        self._log.info("the table of the log went into the stream", events=moved)
