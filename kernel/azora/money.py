"""Money: whole minor units of an ISO 4217 currency, never a float.

The number of decimals is ISO 4217's, as Unicode CLDR carries it in Babel: none for yen, three for
dinar. Sums are exact; sharing out loses and makes no cent.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Self

from babel.numbers import format_currency, get_currency_precision, list_currencies
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from azora.errors import Invalid


def _known(code: str) -> str:
    if code not in list_currencies():
        raise ValueError(f"{code} is not a currency of ISO 4217")
    return code


Currency = Annotated[str, Field(pattern="^[A-Z]{3}$"), AfterValidator(_known)]
"""An ISO 4217 code."""


class Money(BaseModel):
    """An amount: `minor` counts cents (or whatever the currency's smallest unit is)."""

    model_config = ConfigDict(frozen=True)

    minor: int
    currency: Currency

    @classmethod
    def parse(cls, amount: str, currency: str) -> Self:
        """`parse("12.50", "ZAR")`. Raises Invalid for more decimals than the currency has."""
        try:
            scaled = Decimal(amount).scaleb(get_currency_precision(currency))
            minor = int(scaled)
        except (InvalidOperation, ValueError, OverflowError):
            raise Invalid(f"{amount!r} is not an amount", code="money.not_an_amount") from None
        if minor != scaled:
            raise Invalid(
                f"{amount} has more decimals than {currency} has", code="money.too_precise"
            )
        return cls(minor=minor, currency=currency)

    @property
    def major(self) -> Decimal:
        """The amount in whole units, exactly."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def format(self, locale: str = "en") -> str:
        """As people of that locale write it: `R12,50`."""
        return str(format_currency(self.major, self.currency, locale=locale))

    def __add__(self, other: "Money") -> "Money":
        return Money(minor=self.minor + self._same(other), currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(minor=self.minor - self._same(other), currency=self.currency)

    def __neg__(self) -> "Money":
        return Money(minor=-self.minor, currency=self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(minor=self.minor * times, currency=self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def share(self, weights: Sequence[int]) -> list["Money"]:
        """Share out by weight; the parts sum to the whole, and differ from fair by less than one unit.

        Raises ValueError where no weight is positive, or one is negative.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must not be negative, and one must be positive")
        parts, given, seen = [], 0, 0
        for weight in weights:
            seen += weight
            upto = self.minor * seen // total
            parts.append(Money(minor=upto - given, currency=self.currency))
            given = upto
        return parts

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up without a rate")
        return other.minor
