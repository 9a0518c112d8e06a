"""The codes with which harvests refuse."""

from azora import ErrorCode

ERRORS = [
    ErrorCode("library.harvest_not_found", 404, "There is no such harvest.", "List the harvests."),
    ErrorCode(
        "library.harvest_state",
        409,
        "The harvest runs already, or does not run.",
        "Read it, and stop or start it.",
    ),
]
