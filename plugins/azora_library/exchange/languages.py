"""ISO 639 codes in the lengths that formats ask for."""

from functools import cache

from babel.core import get_global


def marc_code(code: str | None) -> str:
    """Three letters for a language, as MARC writes them: `en` is `eng`, `de` is `ger`."""
    if not code or len(code) == 3:
        return code or ""
    return _three_letters().get(code, "")


@cache
def _three_letters() -> dict[str, str]:
    """By two letters: of several codes for one language Babel names the bibliographic one last, which is
    MARC's, but for two that mean a part of the language."""
    aliases = get_global("language_aliases").items()
    return {
        short: long
        for long, short in aliases
        if len(long) == 3 and len(short) == 2 and long not in ("twi", "prp")
    }
