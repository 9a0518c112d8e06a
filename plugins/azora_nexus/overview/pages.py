"""The front page of nexus, and the forms with which somebody acts on what it shows."""

from azora import Form, Page, Part
from azora_nexus.handlers.contracts import MANAGE
from azora_nexus.journal.contracts import READ

PAGES = (
    Page(
        "/nexus",
        "Events of the campus",
        "overview.html",
        parts={
            "flow": Part("read_flow"),
            "standing": Part("list_handlers"),
            "replays": Part("list_replays", {"limit": 5}),
        },
        forms={
            "stop": Form("stop_handler", then="/nexus?notice=changed"),
            "resume": Form("resume_handler", then="/nexus?notice=changed"),
        },
        permission=READ,
        nav=80,
        summary="How events flow, what waits, and what failed",
    ),
    Page(
        "/nexus/replays",
        "Replays",
        "replays.html",
        parts={"replays": Part("list_replays")},
        forms={
            "pause": Form("pause_replay", then="/nexus/replays?notice=changed"),
            "resume": Form("resume_replay", then="/nexus/replays?notice=changed"),
            "cancel": Form("cancel_replay", then="/nexus/replays?notice=changed"),
        },
        permission=READ,
    ),
    Page(
        "/nexus/replays/start",
        "Start a replay",
        "start_replay.html",
        parts={"standing": Part("list_handlers")},
        forms={"start": Form("start_replay", then="/nexus/replays?notice=added")},
        permission=MANAGE,
    ),
)
