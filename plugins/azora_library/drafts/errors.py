"""The codes with which drafts refuse."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.draft_not_found",
        404,
        "You have no such draft: it was saved, discarded, or kept too long.",
        "List your drafts.",
    ),
    ErrorCode(
        "library.too_many_drafts",
        429,
        "You keep as many drafts as the library takes.",
        "Save or discard some of them.",
    ),
]
