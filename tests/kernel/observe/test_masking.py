"""Masking: what is starred, what is left readable, and that it takes no time on any text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr
from tests.kernel.observe.corpus import Leak, corpus
from tests.pace import quickest

from azora.observe.masking import STARS, is_sensitive, mask, mask_text, mask_url
from azora.settings import Settings

surroundings = st.text(
    alphabet=st.characters(codec="utf-8", categories=["L", "Zs", "P"]), max_size=30
)


class Account(BaseModel):
    email: str
    password: str
    card: SecretStr
    city: str


@pytest.mark.parametrize("leak", corpus(5), ids=lambda leak: leak.kind)
def test_the_shape_gives_it_away(leak: Leak) -> None:
    assert leak.core not in mask_text(leak.text)


@given(st.sampled_from(corpus()), surroundings, surroundings)
def test_whatever_stands_around_it(leak: Leak, before: str, after: str) -> None:
    assert leak.core not in mask_text(f"{before} {leak.text} {after}")


@pytest.mark.parametrize(
    "text",
    [
        "library.resource_added",
        "GET /api/library/resources?limit=20 200",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "2026-11-23T06:15:56.123456+00:00",
        "took 0.123456789 s",
        "1700000000000",
        "sha256 b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        "127.0.0.1:5672",
        "ISBN 978-0-306-40615-7",
        "version 2.14.1, 25,603 hits",
    ],
)
def test_what_is_harmless_stays_readable(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    "key",
    ["password", "userPassword", "api_key", "apikey", "X-Api-Key", "access_token", "Set-Cookie",
     "e_mail", "email_address", "phoneNumber", "id_number", "csrf-token", "client_secret", "surname"],
)  # fmt: skip
def test_a_name_that_tells_hides_its_value(key: str) -> None:
    assert is_sensitive(key)
    assert mask("Ndlovu", key) == STARS


@pytest.mark.parametrize(
    "key", ["title", "compass", "tokenizer", "shipping", "author", "passed", "keyword"]
)
def test_a_name_that_only_resembles_one_hides_nothing(key: str) -> None:
    assert mask("value", key) == "value"


def test_counts_of_tokens_stay_readable() -> None:
    assert mask({"tokens": 312, "session_seconds": 60}) == {"tokens": 312, "session_seconds": 60}


def test_models_and_nested_values_are_masked_field_by_field() -> None:
    account = Account(email="a@b.co", password="hunter2", card=SecretStr("4111"), city="Soweto")
    masked = mask({"account": account, "past": [{"pin": 1234}, "call 082 123 4567"]})
    assert masked == {
        "account": {"email": STARS, "password": STARS, "card": STARS, "city": "Soweto"},
        "past": [{"pin": STARS}, f"call {STARS}"],
    }


def test_numbers_that_are_personal_are_masked_as_numbers_too() -> None:
    assert mask([8001015009087, 4111111111111111, 27821234567]) == [STARS] * 3
    assert mask([0, -5, 12.5, 1_700_000_000, True, None]) == [
        0,
        -5,
        12.5,
        1_700_000_000,
        True,
        None,
    ]


def test_settings_show_no_secret() -> None:
    class Till(Settings):
        api_key: SecretStr = SecretStr("hunter2")

    assert "hunter2" not in str(mask({"settings": Till()}))


def test_an_object_that_cannot_be_said_is_named() -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    assert mask(Broken()) == "<Broken: RuntimeError in str()>"


def test_what_is_deep_or_long_is_cut() -> None:
    deep: list[object] = []
    for _ in range(1000):
        deep = [deep]
    assert "…" in str(mask(deep))
    assert len(mask("x" * 1_000_000)) < 20_000
    assert len(mask(list(range(100_000)))) <= 100


def test_an_address_loses_only_its_password() -> None:
    assert mask_url("amqp://azora:p@ss@host/v") == "amqp://azora:***@host/v"
    assert mask_url("postgresql://host/db") == "postgresql://host/db"


@pytest.mark.parametrize(
    "piece", ["a", "1", "a.", "eyJ", "+1 ", "(0", "'password': '", "1-", "a@", "x:", "%40"]
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert quickest(lambda: mask_text(text), 0.5, time.thread_time) <= 0.5
