"""The rules of a catalogue: its vocabulary, its identifiers and what makes two records the same."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

BOOK, ARTICLE, VIDEO = "BOOK", "ARTICLE", "VIDEO"
DOCUMENT, PRESENTATION = "DOCUMENT", "PRESENTATION"

TYPES = {
    BOOK: "Book",
    ARTICLE: "Article",
    VIDEO: "Video",
    DOCUMENT: "Document",
    PRESENTATION: "Presentation",
}
"""The types that every campus has; plugins and people register more through `library.add_type`."""

_DOI = re.compile(r"(?:doi:|(?:https?://)?(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.I)
_SORTED = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2}|2100)(?!\d)")


def isbn13(text: str) -> str | None:
    """The ISBN in its 13 digits, or None where the text holds none that is sound."""
    match = re.match(r"\s*(?:isbn[:\s]*)?([0-9][0-9\- ]{7,16}[0-9xX])", text, re.I | re.A)
    digits = re.sub(r"[\- ]", "", match.group(1)).upper() if match else ""
    if len(digits) == 10 and digits[:9].isdigit() and _checks_as_isbn10(digits):
        body = "978" + digits[:9]
        return body + _isbn13_check(body)
    if len(digits) == 13 and digits.isdigit() and digits[:3] in ("978", "979"):
        return digits if _isbn13_check(digits[:12]) == digits[12] else None
    return None


def _checks_as_isbn10(digits: str) -> bool:
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return (
        sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11
        == 0
    )


def _isbn13_check(body: str) -> str:
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(body))
    return str(-total % 10)


def issn(text: str) -> str | None:
    """The ISSN as `1234-567X`, or None where the text is not one or its check digit is wrong."""
    digits = re.sub(r"^issn[:\s]*|[\s\-]", "", text.strip(), flags=re.I).upper()
    if not re.fullmatch(r"[0-9]{7}[0-9X]", digits):
        return None
    values = [10 if digit == "X" else int(digit) for digit in digits]
    if sum(weight * value for weight, value in zip(range(8, 0, -1), values, strict=True)) % 11:
        return None
    return f"{digits[:4]}-{digits[4:]}"


def doi(text: str) -> str | None:
    """The bare DOI in lower case, as DOIs compare, or None: `https://doi.org/10.1/X` is `10.1/x`."""
    match = _DOI.fullmatch(text.strip().rstrip("."))
    return match.group(1).lower() if match else None


def orcid(text: str) -> str | None:
    """The ORCID iD as `0000-0002-1825-0097`, or None where its check digit is wrong (ISO 7064)."""
    digits = re.sub(
        r"^(?:https?://)?(?:www\.)?orcid\.org/|[\s\-]", "", text.strip(), flags=re.I
    ).upper()
    if not re.fullmatch(r"[0-9]{15}[0-9X]", digits):
        return None
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    if "0123456789X"[(12 - total % 11) % 11] != digits[15]:
        return None
    return "-".join(digits[at : at + 4] for at in range(0, 16, 4))


def year_in(text: str) -> int | None:
    """The first year that a date says, however it is dressed: `[c1958]` is 1958."""
    match = _YEAR.search(text)
    return int(match.group(1)) if match else None


def distinct(values: Iterable[str]) -> list[str]:
    """The values in their order, each once however it is written; blanks fall out."""
    seen: dict[str, str] = {}
    for value in values:
        tidy = " ".join(value.split())
        if tidy:
            seen.setdefault(tidy.casefold(), tidy)
    return list(seen.values())


def digest(record: Mapping[str, Any]) -> str:
    """The same for two records that say the same: tells an import what has changed at its source."""
    return hashlib.sha256(_SORTED.encode(record).encode()).hexdigest()
