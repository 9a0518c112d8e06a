"""Numbers, money, sizes and times as the reader's language writes them: filters of the templates."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from babel import dates, numbers, units

from azora.shell.i18n import PSEUDO, reader

_SIZES = ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte")


def number(value: float) -> str:
    return numbers.format_decimal(value, locale=reader().locale)


def money(minor: int, currency: str) -> str:
    """`money(129950, "ZAR")` → `R 1 299,50`: the amount is in minor units."""
    amount = minor / 10 ** numbers.get_currency_precision(currency)
    return numbers.format_currency(amount, currency, locale=reader().locale)


def file_size(size: int) -> str:
    """`1 536` → `1.5 kB` of 1,000 bytes."""
    amount, unit = float(size), 0
    while amount >= 1000 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1000, unit + 1
    return units.format_unit(
        round(amount, 1 if unit else 0), f"digital-{_SIZES[unit]}", "short", locale=reader().locale
    )


def language_name(code: str | None) -> str:
    """`zu` → `isiZulu`, or as the reader calls it; an unknown code is its own name."""
    return reader().locale.languages.get(code or "", code or "")


def day(value: Any) -> str:
    """`23 November 2026`; takes a date, a time, an ISO 8601 text or seconds since 1970."""
    return dates.format_date(_moment(value), "long", locale=reader().locale)


def moment(value: Any) -> str:
    """The day and the time of day, in UTC."""
    return dates.format_datetime(_moment(value), "medium", tzinfo=UTC, locale=reader().locale)


def ago(value: Any) -> str:
    """`3 days ago`, of a time that has passed or is to come."""
    return dates.format_timedelta(
        _moment(value) - datetime.now(UTC), add_direction=True, locale=reader().locale
    )


def machine_time(value: Any) -> str:
    """ISO 8601, for `<time datetime>`."""
    return _moment(value).isoformat()


def _moment(value: Any) -> datetime:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _marked(write: Callable[..., str]) -> Callable[..., str]:
    """In the made-up language, what was written in the reader's manner says so: it is translated."""

    @wraps(write)
    def written(*values: Any) -> str:
        text = write(*values)
        return f"⟦{text}⟧" if text and reader().tag == PSEUDO else text

    return written


FILTERS: dict[str, Callable[..., str]] = {
    **{
        write.__name__: _marked(write)
        for write in (number, language_name, money, file_size, day, moment, ago)
    },
    "machine_time": machine_time,
}
