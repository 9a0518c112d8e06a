"""Every message of a package, as Babel extracts them from its templates and its code."""

from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

ERRORS = ("Conflict", "Invalid", "LimitReached", "NotAllowed", "NotAuthenticated", "NotFound")
KEYWORDS = (
    DEFAULT_KEYWORDS
    | {"N_": None, "NN_": (1, 2), "Page": (2,), "Panel": (2,), "Plugin": (2,)}
    | dict.fromkeys(ERRORS)
)
METHODS = [
    ("**/testing/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**", "jinja2"),
]


def messages_of(folder: Path) -> dict[str | tuple[str, ...], str]:
    """Each message (with its plural: a pair) and where it stands first."""
    found: dict[str | tuple[str, ...], str] = {}
    options = {
        "**/templates/**": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
    }
    for file, line, message, _, _ in extract_from_dir(
        folder, METHODS, options_map=options, keywords=KEYWORDS
    ):
        if message:
            found.setdefault(message, f"{file}:{line}")
    return found
