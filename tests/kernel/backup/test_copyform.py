"""Rows keep what they say on the way between SQLite and PostgreSQL's COPY form."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora.backup.copyform import from_copy, to_copy

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))
COLUMNS = {
    "text": TEXT,
    "character varying(40)": TEXT,
    "bytea": st.binary(),
    "boolean": st.sampled_from([0, 1]),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "double precision": st.floats(allow_nan=False),
}
ROWS = st.lists(st.tuples(*(st.none() | values for values in COLUMNS.values())), max_size=5)


@given(ROWS)
def test_rows_come_back_as_they_went(rows):
    types = list(COLUMNS)
    lines = io.StringIO("".join(to_copy(rows, types)), newline="\n")
    assert list(from_copy(lines, types)) == rows


@pytest.mark.parametrize(
    ("written", "kind", "read"),
    [
        (r"a\tb\\c\nd\\N", "text", "a\tb\\c\nd\\N"),
        (r"\N", "text", None),
        (r"\\x00ff", "bytea", b"\x00\xff"),
        ("2026-11-23 09:00:00.12", "timestamp without time zone", "2026-11-23 09:00:00.120000"),
        ("2026-11-23 09:00:00", "timestamp without time zone", "2026-11-23 09:00:00.000000"),
        ("t", "boolean", 1),
    ],
)
def test_what_postgresql_writes_is_read(written, kind, read):
    assert list(from_copy(io.StringIO(f"{written}\n", newline="\n"), [kind])) == [(read,)]
