"""The codes with which bulk edits refuse."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.bulk_edit_not_found",
        404,
        "There is no such bulk edit.",
        "List them: it may have been discarded.",
    ),
    ErrorCode(
        "library.nothing_to_change",
        422,
        "The bulk edit says no change, or is about no record.",
        "Choose records, and say what changes.",
    ),
    ErrorCode(
        "library.too_many_records",
        429,
        "The search finds more records than one bulk edit takes.",
        "Narrow it, and edit part after part.",
    ),
    ErrorCode(
        "library.not_now",
        409,
        "The bulk edit is not in the state for this: it is under way, or was undone.",
        "Read it, and see how far it is.",
    ),
    ErrorCode(
        "library.undo_over",
        409,
        "The time in which the bulk edit could be undone is over.",
        "Take earlier versions up again, record by record.",
    ),
]
