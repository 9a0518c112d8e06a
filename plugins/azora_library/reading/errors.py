"""The codes with which reading refuses."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.not_readable",
        404,
        "The file is neither PDF nor EPUB, or has no such picture.",
        "Download it.",
    ),
    ErrorCode(
        "library.unreadable_file",
        422,
        "The file is damaged, protected, or not what its name says.",
        "Download it, or upload a sound one.",
    ),
    ErrorCode(
        "library.link_expired",
        404,
        "The link's time is over, or the file was replaced.",
        "Make a new one from the resource's page.",
    ),
    ErrorCode(
        "library.no_captions", 404, "There are none in this language.", "List the languages."
    ),
    ErrorCode(
        "library.not_captions",
        422,
        "The file is neither WebVTT nor SubRip.",
        "Save it as one of them, in UTF-8.",
    ),
]
