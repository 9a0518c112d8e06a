"""The codes with which imports refuse."""

from azora import ErrorCode

ERRORS = [
    ErrorCode("library.import_not_found", 404, "There is no such import.", "List the imports."),
    ErrorCode(
        "library.import_state",
        409,
        "The import is at another step: it runs, is over, or was taken back.",
        "Read it again and do what its state allows.",
    ),
    ErrorCode(
        "library.unknown_field",
        422,
        "A column was said to hold what no record has.",
        "Choose one of the fields that the answer names.",
    ),
]
