"""The codes with which history refuses."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.version_not_found",
        404,
        "The resource has no such version.",
        "List its versions.",
    ),
]
