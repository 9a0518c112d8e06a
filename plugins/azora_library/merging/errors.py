"""The codes with which merging refuses."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.draft_unfinished",
        422,
        "What the draft holds could not be saved as it is.",
        "Go on with the draft, and put right what is marked.",
    ),
]
