"""File names: harmless on every system, and still what people wrote."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora.files.names import MAX_BYTES, safe_media_type, safe_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("isifundo sokuqala.pdf", "isifundo sokuqala.pdf"),
        ("研究 – résumé (2).docx", "研究 – résumé (2).docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Thandi\\notes.txt", "notes.txt"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("CON", "_CON"),
        ("com1.txt", "_com1.txt"),
        ("what?<is>|this*.md", "what__is__this_.md"),
        ("...", "file"),
        ("", "file"),
        (" .hidden. ", "hidden"),
        ("\ud800.txt", "txt"),
    ],
)
def test_a_name_is_cleaned(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("ö" * 300 + ".pdf")
    assert len(name.encode()) <= MAX_BYTES
    assert name.endswith("ö.pdf")


@given(st.text(max_size=400))
def test_any_name_becomes_a_name(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name.encode()) <= MAX_BYTES
    assert not set(name) & set('/\\<>:"|?*\x00')
    assert name not in (".", "..")
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name)
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("given_type", "kept"),
    [
        ("application/pdf", "application/pdf"),
        (" Text/HTML; charset=utf-8 ", "text/html; charset=utf-8"),
        ("image/svg+xml", "image/svg+xml"),
        ("nonsense", "application/octet-stream"),
        ("text/html\r\nX: 1", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_a_media_type_is_one_or_becomes_bytes(given_type: str, kept: str) -> None:
    assert safe_media_type(given_type) == kept
