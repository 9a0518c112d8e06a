"""Every error code that the library answers with: why it comes, and what to do."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.already_answered",
        409,
        "Another librarian has answered this request.",
        "Read it again; you may let the person in, or take that back.",
    ),
    ErrorCode(
        "library.already_open",
        409,
        "The file is open to you: there is nothing to ask for.",
        "Download it.",
    ),
    ErrorCode(
        "library.unpacks_too_far",
        422,
        "An EPUB that would unpack into far more than it is, as a ZIP bomb does.",
        "Pack the book anew; an administrator may raise `unpacked_limit` and `unpacked_ratio`.",
    ),
    ErrorCode("library.encoding", 422, "The file is not in UTF-8.", "Save it as UTF-8."),
    ErrorCode(
        "library.file_closed",
        403,
        "You may see the record and not open its file.",
        "Wait for the end of the embargo, or ask for access.",
    ),
    ErrorCode(
        "library.file_not_found", 404, "The resource has no file.", "Upload one, or open its link."
    ),
    ErrorCode(
        "library.link_not_found",
        404,
        "The resource has no such secret link.",
        "List its links: it may have been revoked.",
    ),
    ErrorCode(
        "library.nobody_found",
        422,
        "Nobody, or more than one, fits the name.",
        "Write the e-mail address, or the name of a role.",
    ),
    ErrorCode(
        "library.request_not_found",
        404,
        "There is no such request for access.",
        "List them: it may have been taken back.",
    ),
    ErrorCode(
        "library.resource_changed",
        409,
        "Somebody changed the resource since you read it.",
        "Read it again, then repeat your change.",
    ),
    ErrorCode(
        "library.resource_not_found",
        404,
        "The library has no resource with this id.",
        "Search for it: it may have been removed.",
    ),
    ErrorCode(
        "library.unknown_format",
        422,
        "The file is in none of the formats that the library reads.",
        "Name its format, or convert it.",
    ),
    ErrorCode(
        "library.unknown_type",
        422,
        "The library has no such type of resource.",
        "Take one that /api/library/types lists, or add it.",
    ),
]
