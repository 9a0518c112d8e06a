"""LaTeX markup in bibliographies as plain text."""

import re
from functools import cache
from typing import TYPE_CHECKING

from azora_library.exchange.records import clean

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text

_LIGATURES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("~", " "))


def plain(text: str) -> str:
    """The text as it would be printed, in one line. A lone `%` is a per cent sign here."""
    if re.search(r"[\\$]", text):
        text = _printed(re.sub(r"(?<!\\)%", r"\\%", text))
    for markup, printed in _LIGATURES:
        text = text.replace(markup, printed)
    return clean(text.replace("{", "").replace("}", ""))


def unbraced(text: str) -> str:
    """An address or identifier without the markup that protects it."""
    return re.sub(r"\\url\b|\\(?=[_%&#~$])|[{}]", "", text).strip()


def _printed(text: str) -> str:
    try:
        return _printer().latex_to_text(text, tolerant_parsing=True)
    except (RecursionError, KeyError, IndexError):
        # It descends into each environment and argument, and trips over arguments that are missing.
        return re.sub(r"\\[a-zA-Z]+|[\\$]", " ", text)


@cache
def _printer() -> "LatexNodes2Text":
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", keep_comments=False)
