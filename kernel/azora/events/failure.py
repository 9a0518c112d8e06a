"""What went wrong in an attempt, in words that may be stored: no personal value, nothing a database refuses."""

import traceback
from collections.abc import Iterable

from azora.events.inbox_row import Failure
from azora.observe.masking import STARS


def failure_of(error: BaseException, hidden: Iterable[str]) -> Failure:
    """The error and its stack, to be called while it is handled; `hidden` is starred."""
    return Failure(
        _storable(starred(f"{type(error).__name__}: {error}", hidden)[:2000]),
        _storable(starred(traceback.format_exc(limit=-20), hidden)[-8000:]),
    )


def starred(words: str, hidden: Iterable[str]) -> str:
    """The words without the personal values of the event, which are to be found nowhere in clear."""
    for value in hidden:
        words = words.replace(value, STARS)
    return words


def _storable(words: str) -> str:
    """The words without what a database takes in no text: NUL, and halves of characters."""
    return words.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
