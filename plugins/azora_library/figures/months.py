"""Months as figures are told by."""

from collections.abc import Iterator
from datetime import UTC, datetime

from azora.errors import FieldError, Invalid
from azora_library.figures.contracts import Period

YEARS = 10


def months_of(period: Period) -> list[str]:
    """Every month of a period, at most ten years. Raises Invalid for one that ends before it begins."""
    until = period.until or datetime.now(UTC).strftime("%Y-%m")
    since = period.since or _shifted(until, -11)
    found = list(_between(since, until))
    if found:
        return found
    words = f"The period ends before it begins, or is longer than {YEARS} years."
    problem = FieldError(field="until", code="library.no_period", detail=words)
    raise Invalid(words, code="library.no_period", fields=[problem])


def _between(since: str, until: str) -> Iterator[str]:
    if _number(until) - _number(since) >= YEARS * 12:
        return
    for number in range(_number(since), _number(until) + 1):
        yield f"{number // 12:04d}-{number % 12 + 1:02d}"


def _shifted(month: str, by: int) -> str:
    number = max(0, _number(month) + by)
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1
