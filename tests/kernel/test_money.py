"""Money is exact: parsing, adding, sharing and formatting lose nothing."""

from decimal import Decimal

import pytest
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from azora.errors import Invalid
from azora.money import Money

amounts = st.integers(-(10**12), 10**12)
currencies = st.sampled_from(sorted(list_currencies()))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.50", "ZAR", 1250), ("1250", "JPY", 1250), ("1.250", "KWD", 1250), ("-0.01", "USD", -1)],
)
def test_an_amount_is_counted_in_the_currencys_smallest_unit(text, currency, minor):
    assert Money.parse(text, currency).minor == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("12.505", "ZAR", "money.too_precise"),
        ("0.5", "JPY", "money.too_precise"),
        ("twelve", "ZAR", "money.not_an_amount"),
        ("NaN", "ZAR", "money.not_an_amount"),
        ("Infinity", "ZAR", "money.not_an_amount"),
        ("", "ZAR", "money.not_an_amount"),
    ],
)
def test_what_is_no_amount_is_refused(text, currency, code):
    with pytest.raises(Invalid) as refusal:
        Money.parse(text, currency)
    assert refusal.value.code == code


def test_every_currency_of_iso_4217_is_known_and_no_other():
    assert {"ZAR", "USD", "EUR", "JPY", "KWD", "BHD", "CLP", "XAU"} <= list_currencies()
    with pytest.raises(ValidationError, match="not a currency"):
        Money(minor=1, currency="AZR")


def test_currencies_do_not_mix():
    with pytest.raises(ValueError, match="without a rate"):
        Money(minor=1, currency="ZAR") + Money(minor=1, currency="USD")


def test_an_amount_is_written_as_the_readers_locale_writes_it():
    assert Money(minor=123450, currency="ZAR").format("en_ZA") == "R1\xa0234,50"
    assert Money(minor=1250, currency="JPY").format("en") == "¥1,250"
    assert Money(minor=1250, currency="KWD").format("en") == "KWD1.250"


@given(amounts, currencies)
def test_an_amount_survives_being_written_and_read(minor, currency):
    money = Money(minor=minor, currency=currency)
    assert Money.parse(str(money.major), currency) == money
    assert Money.model_validate_json(money.model_dump_json()) == money


@given(amounts, amounts, currencies)
def test_what_is_added_can_be_taken_away(first, second, currency):
    one, two = Money(minor=first, currency=currency), Money(minor=second, currency=currency)
    assert one + two - two == one
    assert (one + -one).minor == 0


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any), currencies)
def test_shares_sum_to_the_whole_and_each_is_fair_to_a_unit(minor, weights, currency):
    money = Money(minor=minor, currency=currency)
    parts = money.share(weights)
    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Decimal(part.minor) - Decimal(minor) * weight / sum(weights)) < 1
