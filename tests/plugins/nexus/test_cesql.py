"""CESQL 1.0: vectors written after its specification, and properties of everything that can be written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora.errors import Invalid
from azora.events.envelope import Envelope
from azora_nexus.filters.cesql import DEEPEST, LONGEST, Filter, filter_of

EVENT = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "library",
    "type": "library.resource_added",
    "hop": "5",
    "ttl": "10",
    "flag": True,
    "count": 7,
}
VALUES = [
    ("TRUE", True), ("fAlSe", False), ("0", 0), ("17", 17), ("'abc'", "abc"), ('"aBc"', "aBc"),
    (r"'a\'b'", "a'b"), (r'"a\"b"', 'a"b'), ("'it is \"so\"'", 'it is "so"'), ("''", ""),
    ("type", "library.resource_added"), ("TYPE", "library.resource_added"), ("-2147483648", -2147483648), ("flag", True), ("count", 7),
    ("-10", -10), ("--10", 10), ("-'10'", -10), ("-TRUE", -1), ("NOT TRUE", False), ("NOT 'false'", True),
    ("NOT 0", True), ("4 * 2 + 4 / 2", 10), ("4 * (2 + 4) / 2", 12), ("7 / 2", 3), ("-7 / 2", -3),
    ("7 % -2", 1), ("-7 % 2", -1), ("10 - 3 - 2", 5), ("'5' + '3'", 8), ("5 + TRUE", 6),
    ("TRUE = FALSE", False), ("2 = 2", True), ("'a' = 'a'", True), ("'a' <> 'b'", True), ("1 != 1", False),
    ("true = 'TRUE'", False), ("'TRUE' = true", True), ("hop = 5", True), ("'5' = hop", True),
    ("hop < ttl", True), ("int(hop) >= INT(ttl)", False), ("2 <= 2", True), ("3 > 4", False),
    ("FALSE AND FALSE", False), ("TRUE AND TRUE", True), ("TRUE XOR TRUE", False), ("FALSE OR TRUE", True),
    ("TRUE OR TRUE AND FALSE", True), ("TRUE XOR FALSE AND FALSE", True), ("(TRUE OR TRUE) AND FALSE", False),
    ("false AND (1 = 1 / 0)", False), ("true OR (1 = 1 / 0)", True),
    ("'abc' LIKE 'a%'", True), ("'abc' LIKE '_b_'", True), ("'abc' LIKE 'a_b_c'", False),
    ("'azzbzzc' LIKE 'a%b%c'", True), ("'ab' LIKE 'ab%ab'", False), ("'a%c' LIKE 'a\\%c'", True),
    ("'abc' LIKE 'a\\%c'", False), ("'a_c' LIKE 'a\\_c'", True), ("'abc' LIKE 'a\\_c'", False),
    ("'abc' NOT LIKE 'b%'", True), ("'a.b' LIKE 'a_b'", True), ("'a\\b' LIKE 'a\\b'", True), ("'' LIKE '%'", True),
    ("2344 LIKE '23%'", True), ("TRUE LIKE 'tr%'", True), ("type LIKE 'library.%'", True),
    ("EXISTS type", True), ("EXISTS nothing", False), ("NOT EXISTS nothing", True), ("EXISTS SOURCE", True),
    ("1 IN (3, 2, 1)", True), ("1 NOT IN (3, 2, 1)", False), ("source IN (id, 'library')", True),
    ("'1' IN (1, 2)", True), ("TRUE IN ('true')", True), ("'TRUE' IN (TRUE)", False), ("1 IN ('1')", True),
    ("INT('-1')", -1), ("INT(FALSE)", 0), ("BOOL('TRUE')", True), ("BOOL(-50)", True), ("BOOL(0)", False),
    ("STRING(TRUE)", "true"), ("STRING(-1)", "-1"), ("IS_INT('-1')", True), ("IS_INT(TRUE)", False),
    ("IS_INT('1a')", False), ("IS_BOOL('FALSE')", True), ("IS_BOOL(1)", False), ("ABS(-3)", 3),
    ("LENGTH('abc')", 3), ("LENGTH(TRUE)", 4), ("CONCAT()", ""), ("CONCAT('a', 1, TRUE)", "a1true"),
    ("CONCAT_WS('-', 'a', 'b')", "a-b"), ("CONCAT_WS('-')", ""), ("LOWER('AbC')", "abc"), ("UPPER('a')", "A"),
    ("TRIM('  a b ')", "a b"), ("LEFT('abc', 2)", "ab"), ("LEFT('abc', 9)", "abc"), ("RIGHT('abc', 2)", "bc"),
    ("RIGHT('', 0)", ""), ("SUBSTRING('abcdef', 2)", "bcdef"), ("SUBSTRING('Sakila', -3)", "ila"),
    ("SUBSTRING('abcdef', 2, 4)", "bcde"), ("SUBSTRING('Sakila', -5, 3)", "aki"), ("SUBSTRING('abc', 0)", ""),
    ("SUBSTRING('abc', 2, 99)", "bc"),
]  # fmt: skip
WRONG = [
    ("nothing = 2", False, "missingAttribute"), ("nothing != 2", False, "missingAttribute"),
    ("nothing <= 2", False, "missingAttribute"), ("nothing / 0", 0, "missingAttribute"),
    ("nothing LIKE 'a%'", False, "missingAttribute"), ("nothing", False, "missingAttribute"),
    ("nothing IN (1)", False, "missingAttribute"), ("NOT nothing", False, "missingAttribute"),
    ("5 / 0", 0, "math"), ("5 % 0", 0, "math"), ("2147483647 + 1", 0, "math"), ("true AND (1 != 1 / 0)", False, "math"), ("0 <= 1 / 0", False, "math"),
    ("ABS(-2147483648)", 2147483647, "math"), ("-(-2147483648)", 0, "math"),
    ("INT('ABC')", 0, "cast"), ("BOOL('ABC')", False, "cast"), ("'a' + 10", 10, "cast"), ("-'a'", 0, "cast"),
    ("INT('99999999999')", 0, "cast"), ("IS_STRING('a')", False, "missingFunction"),
    ("CONCAT_WS()", False, "missingFunction"), ("LEFT('abc')", False, "missingFunction"),
    ("LEFT('abc', -2)", "abc", "functionEvaluation"), ("RIGHT('abc', -2)", "abc", "functionEvaluation"),
    ("SUBSTRING('abc', 9)", "", "functionEvaluation"), ("SUBSTRING('abc', -9, 1)", "", "functionEvaluation"),
    ("SUBSTRING('abc', 1, -1)", "", "functionEvaluation"),
]  # fmt: skip
UNREADABLE = [
    "ABC(", "(1 = 1", "1 = 1)", "1 +", "= 1", "a LIKE b", "a LIKE", "1 IN ()", "1 IN", "EXISTS", "EXISTS 'a'",
    "a b", "'open", '"open', "a & b", "NOT", "99999999999", "f(1,)", "AND", "a = = b", "a; b", "-",
]  # fmt: skip


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_an_expression_has_its_value(expression, value):
    found, errors = Filter(expression).evaluate(EVENT)
    assert (found, type(found), errors) == (value, type(value), [])


@pytest.mark.parametrize(("expression", "value", "error"), WRONG)
def test_what_goes_wrong_is_told_beside_a_value(expression, value, error):
    found, errors = Filter(expression).evaluate(EVENT)
    assert (found, errors) == (value, [error])


@pytest.mark.parametrize("expression", UNREADABLE)
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(Invalid, match="no filter"):
        Filter(expression)


def test_an_expression_is_neither_too_long_nor_too_deep():
    Filter("(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1))
    for expression in ("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), "1" + " + 1" * LONGEST):
        with pytest.raises(Invalid, match="no filter"):
            Filter(expression)


def envelope(type_="library.resource_added", key="k"):
    return Envelope("e-1", "library", type_, 1, time.time(), key, b"{}")


def test_a_filter_wants_an_event_of_which_it_is_true_without_an_error():
    assert Filter("type LIKE 'library.%' AND partitionkey = 'k'").wants(envelope())
    assert not Filter("partitionkey = 'other'").wants(envelope())
    assert not Filter("NOT (nothing = 'x')").wants(envelope())
    assert filter_of("  ") is None


SIGNS = ["AND", "OR", "XOR", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"]
LITERALS = st.one_of(
    st.integers(0, 2**31 - 1).map(str), st.sampled_from(["TRUE", "FALSE", "type", "hop", "count", "nothing"]),
    st.text("ab%_' .", max_size=6).map(lambda text: "'" + text.replace("'", r"\'") + "'"),
)  # fmt: skip
EXPRESSIONS = st.recursive(
    LITERALS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(SIGNS), inner).map(lambda pieces: f"({' '.join(pieces)})"),
        inner.map(lambda piece: f"(NOT {piece})"),
        inner.map(lambda piece: f"(- {piece})"),
        st.tuples(inner, inner).map(lambda pieces: f"({pieces[0]} IN ({pieces[1]}, 1))"),
        st.tuples(inner, inner).map(lambda pieces: f"SUBSTRING({pieces[0]}, {pieces[1]})"),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_every_expression_has_a_value_in_bounds(expression):
    value, _ = Filter(expression).evaluate(EVENT)
    assert isinstance(value, str) or -(2**31) <= value < 2**31


@given(EXPRESSIONS, EXPRESSIONS)
def test_not_of_both_is_not_of_one_or_of_the_other(left, right):
    whole = Filter(f"NOT ({left} AND {right})").evaluate(EVENT)
    pieces = Filter(f"(NOT {left}) OR (NOT {right})").evaluate(EVENT)
    if not whole[1] and not pieces[1]:
        assert whole == pieces


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_is_refused(text):
    try:
        Filter(text or " ").evaluate(EVENT)
    except Invalid as refused:
        assert refused.code == "nexus.filter_unreadable"


@given(st.text("ab%_\\", max_size=12), st.text("ab%_\\", max_size=8))
def test_like_is_what_a_search_of_every_way_to_read_the_pattern_finds(text, pattern):
    text, pattern = text.rstrip("\\"), pattern.rstrip("\\")  # a quote behind it would be escaped
    quoted = [piece.replace("'", r"\'") for piece in (text, pattern)]
    value, _ = Filter(f"'{quoted[0]}' LIKE '{quoted[1]}'").evaluate({})
    assert value == naive_like(text, pattern)


def naive_like(text, pattern):
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(naive_like(text[n:], pattern[1:]) for n in range(len(text) + 1))
    if pattern[:2] in ("\\%", "\\_"):
        return text[:1] == pattern[1] and naive_like(text[1:], pattern[2:])
    return bool(text) and pattern[0] in ("_", text[0]) and naive_like(text[1:], pattern[1:])
