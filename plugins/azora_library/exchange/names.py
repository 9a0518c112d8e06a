"""Names of people and bodies: as they are spoken, and in the parts that formats ask for."""

from functools import lru_cache
from typing import Any

from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

from azora_library.catalogue.details import AUTHOR


@lru_cache(maxsize=4096)
def parts(name: str) -> tuple[str, str]:
    """Given and family name of a name as it is spoken: `Ngũgĩ wa Thiong'o` is (`Ngũgĩ`, `wa Thiong'o`)."""
    if any(mark in name for mark in "{}\\"):
        return "", name
    try:
        found = parse_single_name_into_parts(name, strict=False)
    except InvalidNameError:
        return "", name
    return " ".join(found.first), " ".join([*found.von, *found.last, *found.jr])


def spoken(name: str) -> str:
    """`Plaatje, Sol T.` as `Sol T. Plaatje`; a name without a comma is spoken already."""
    family, _, given = (piece.strip() for piece in name.partition(","))
    return f"{given} {family}".strip()


def person(given: str, family: str, **more: Any) -> dict[str, Any]:
    """A contributor from the parts of a name."""
    said = {"name": f"{given} {family}".strip(), "given": given, "family": family, **more}
    return {name: value for name, value in said.items() if value}


def inverted(contributor: dict[str, Any]) -> str:
    """`Plaatje, Sol T.`, as lists are sorted; a body keeps its name."""
    if contributor.get("organisation"):
        return str(contributor["name"])
    given, family = in_parts(contributor)
    return f"{family}, {given}" if given else family


def in_parts(contributor: dict[str, Any]) -> tuple[str, str]:
    """Given and family name: as they are known, else as the name reads."""
    if contributor.get("family"):
        return contributor.get("given") or "", contributor["family"]
    return parts(contributor["name"])


def described_people(contributors: list[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """The names for `authors`, and the contributors who say more than their name and place do.

    Where nobody is the author, whoever contributed stands there, as on a title page.
    """
    authors = [one for one in contributors if one.get("role", AUTHOR) == AUTHOR]
    telling = [one for one in contributors if _tells(one)]
    return [one["name"] for one in authors or contributors], telling


def _tells(contributor: dict[str, Any]) -> bool:
    """Whether the name alone would not lead to the same."""
    said = {name for name, value in contributor.items() if value}
    if said - {"name", "given", "family", "role"} or contributor.get("role", AUTHOR) != AUTHOR:
        return True
    known = (contributor.get("given") or "", contributor.get("family") or "")
    return known != ("", "") and known != parts(contributor["name"])
