"""The codes with which declared fields refuse."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.field_not_found",
        404,
        "This campus declares no such field.",
        "List the fields: it may have been removed.",
    ),
    ErrorCode(
        "library.field_exists",
        409,
        "A field of this name is declared already.",
        "Take another name, or change that field.",
    ),
    ErrorCode(
        "library.field_in_use",
        409,
        "Resources have values of this field.",
        "Retire it, so that they stay readable, or remove it with its values.",
    ),
    ErrorCode(
        "library.field_unfit",
        422,
        "What is said of a field does not go together.",
        "Read what is wrong beside each part.",
    ),
]
