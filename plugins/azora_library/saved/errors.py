"""The codes with which saved searches refuse."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.search_not_found",
        404,
        "You have no such saved search, or its feed was revoked.",
        "List your saved searches.",
    ),
    ErrorCode(
        "library.search_name_taken",
        409,
        "You have a saved search of this name.",
        "Take another name.",
    ),
    ErrorCode(
        "library.too_many_searches",
        409,
        "One person keeps fifty searches.",
        "Remove one that you need no more.",
    ),
]
