"""The codes with which categories and tags refuse."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "library.category_not_found",
        404,
        "There is no such category.",
        "Browse the categories: it may have been merged or removed.",
    ),
    ErrorCode(
        "library.category_exists",
        409,
        "Another category has this name.",
        "Take a name that tells them apart, such as History (Africa), or merge the two.",
    ),
    ErrorCode(
        "library.category_cycle",
        409,
        "A category cannot stand below itself.",
        "Move the lower one out first.",
    ),
    ErrorCode(
        "library.term_is_moving",
        409,
        "The resources of this category or tag are being moved.",
        "Wait until that is done; /library/categories shows how far it is.",
    ),
    ErrorCode(
        "library.classification_unreadable",
        422,
        "The file holds no tree of categories that can be read.",
        "Give CSV with the columns notation, name and parent, or SKOS.",
    ),
]
