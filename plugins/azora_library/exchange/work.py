"""A resource as writers of formats ask for it: its people by role, its dates, where it appeared."""

import re
from collections.abc import Mapping
from typing import Any

from azora_library.catalogue.details import AUTHOR

_DATE = re.compile(r"(-?\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class Work:
    """The values of a Description with stored details, and `id`, `created`, `updated` where known."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.details: Mapping[str, Any] = values.get("details") or {}

    def get(self, name: str) -> Any:
        """What the description says."""
        return self._values.get(name)

    def all(self, name: str) -> list[dict[str, Any]]:
        """A list of the details."""
        return list(self.details.get(name) or ())

    @property
    def container(self) -> dict[str, Any]:
        return dict(self.details.get("container") or {})

    @property
    def title(self) -> str:
        """The title without its subtitle."""
        whole = str(self.get("title"))
        return whole.removesuffix(f": {self.subtitle}") if self.subtitle else whole

    @property
    def subtitle(self) -> str:
        """The subtitle, where the title still ends with it."""
        for one in self.all("titles"):
            if one.get("kind") == "Subtitle" and str(self.get("title")).endswith(
                f": {one['text']}"
            ):
                return str(one["text"])
        return ""

    @property
    def authors(self) -> list[dict[str, Any]]:
        """The authors in their order, with what the details say of each."""
        known = {one["name"]: one for one in self.all("contributors")}
        return [
            said
            for name in self.get("authors") or ()
            if (said := known.get(name, {"name": name})).get("role", AUTHOR) == AUTHOR
        ]

    def people(self, role: str) -> list[dict[str, Any]]:
        return [one for one in self.others if one["role"] == role]

    @property
    def others(self) -> list[dict[str, Any]]:
        """Those who contributed otherwise than as authors."""
        return [one for one in self.all("contributors") if one.get("role", AUTHOR) != AUTHOR]

    @property
    def issued(self) -> str:
        """The date of publication, as exactly as it is known; the year that people edited wins."""
        year = self.get("year")
        for one in self.all("dates"):
            if one.get("kind", "Issued") == "Issued" and (
                year is None or date_parts(one["value"])[:1] == [year]
            ):
                return str(one["value"])
        return "" if year is None else f"{year:04d}"

    def date(self, kind: str) -> str:
        return next((one["value"] for one in self.all("dates") if one.get("kind") == kind), "")

    def identifier(self, scheme: str) -> str:
        for one in self.all("identifiers"):
            if (one.get("scheme") or "").casefold() == scheme.casefold():
                return str(one["value"])
        return ""

    @property
    def pages(self) -> tuple[str, str]:
        """First and last page."""
        first, _, last = re.sub(r"\s*[-–—]+\s*", "–", self.container.get("pages") or "").partition(
            "–"
        )
        return first, last


def date_parts(value: str) -> list[int]:
    """Year, month and day of a date, as far as it says them; a span counts by its beginning."""
    found = _DATE.match(value)
    return [int(part) for part in found.groups() if part] if found else []


def iso_date(*numbers: int | str | None) -> str:
    """`2001-05` of 2001, 5 and nothing; whatever is no date is an empty string."""
    try:
        year, month, day = ([int(part) if part else 0 for part in numbers] + [0, 0])[:3]
    except ValueError:
        return ""
    if not 0 < year < 10_000:
        return ""
    if not 0 < month < 13:
        return f"{year:04d}"
    return f"{year:04d}-{month:02d}" + (f"-{day:02d}" if 0 < day < 32 else "")
