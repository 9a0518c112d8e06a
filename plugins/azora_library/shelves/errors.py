"""The codes with which shelves refuse."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.shelf_not_found",
        404,
        "There is no such shelf, or it is private.",
        "Ask its owner to share it.",
    ),
    ErrorCode(
        "library.not_on_shelf", 404, "The resource does not stand there.", "Read the shelf again."
    ),
    ErrorCode(
        "library.shelf_full", 409, "A shelf holds a thousand resources.", "Begin a second one."
    ),
    ErrorCode(
        "library.no_list_named",
        422,
        "Neither a reading list nor a title for a new one was given.",
        "Choose a list, or name a new one.",
    ),
]
