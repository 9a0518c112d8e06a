"""What replays bring to nexus."""

from azora import ErrorCode, Job
from azora.room import Room
from azora_nexus.replays.models import TABLES
from azora_nexus.replays.service import Replays

ROOM = Room(
    services=[Replays],
    errors=[
        ErrorCode(
            "nexus.replay_not_found",
            404,
            "There is no such replay; those that ended are forgotten after ninety days.",
            "List the replays.",
        ),
        ErrorCode(
            "nexus.replay_ended",
            409,
            "The replay is done or cancelled, and cannot go on.",
            "Start another one.",
        ),
    ],
    tables=TABLES,
    jobs=[Job("forget_replays", "41 2 * * *")],
)
