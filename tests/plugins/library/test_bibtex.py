"""BibTeX entries become ours, and broken ones cost only themselves."""

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azora_library.exchange.bibtex import LARGEST, read_bibtex, resolve
from azora_library.exchange.bibtex_details import people
from azora_library.exchange.latex import plain
from azora_library.exchange.records import Read, Refused

NAMES = st.text(
    st.characters(codec="utf-8", categories=["Lu", "Ll"]), min_size=1, max_size=12
).filter(lambda name: name.lower() not in ("and", "others"))


def read(text: str, encoding: str = "utf-8") -> list[Read | Refused]:
    return list(read_bibtex(io.BytesIO(text.encode(encoding)), None))


def only(text: str) -> Read:
    [found] = read(text)
    assert isinstance(found, Read)
    return found


def test_every_field_that_we_keep_is_read() -> None:
    found = only(
        r"""
        @inproceedings{mqhayi1914,
          title     = {The Lawsuit of the {Twins}},
          subtitle  = "A Xhosa court",
          author    = {Mqhayi, S. E. K. and {World Bank} and Johannes van der Merwe and others},
          abstract  = {Which is the elder? 50% say {\'e}t{\'e}.},
          keywords  = {Law, Novels; isiXhosa},
          year      = 1914,
          publisher = lovedale # { \& Sons},
          isbn      = {0-385-47454-7},
          doi       = {https://doi.org/10.1000/Twins},
          url       = {\url{https://example.org/a\_b}},
          langid    = {english},
        }""".replace("@inp", "@string{lovedale = {Lovedale}}\n@inp")
    )
    assert found.key == "mqhayi1914"
    assert found.record.model_dump(exclude={"key", "category", "issn", "details", "custom"}) == {
        "title": "The Lawsuit of the Twins: A Xhosa court",
        "type": "ARTICLE",
        "content": "Which is the elder? 50% say été.",
        "authors": ["S. E. K. Mqhayi", "World Bank", "Johannes van der Merwe"],
        "tags": ["Law", "Novels", "isiXhosa"],
        "language": "en",
        "year": 1914,
        "publisher": "Lovedale & Sons",
        "isbn": ["9780385474542"],
        "doi": "10.1000/twins",
        "link": "https://example.org/a_b",
    }


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"Katzfu{\ss} and Herm{\`e}s", "Katzfuß and Hermès"),
        (r"{\'E}cole", "École"),
        ("353--368", "353–368"),
        ("``Quoted''", "“Quoted”"),
        (r"$\alpha$-decay", "α-decay"),
        ("a~b\n   c", "a b c"),
    ],
)
def test_latex_is_printed(latex: str, text: str) -> None:
    assert plain(latex) == text


@given(st.text())
def test_printing_latex_never_fails_and_gives_one_line(text: str) -> None:
    assert "\n" not in plain(text)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=4))
def test_names_in_either_order_are_the_same_people(pairs: list[tuple[str, str]]) -> None:
    spoken = " and ".join(f"{{{given}}} {{{family}}}" for given, family in pairs)
    filed = " and ".join(f"{{{family}}}, {{{given}}}" for given, family in pairs)
    assert people(spoken) == people(filed)


def test_abbreviations_and_joined_strings_are_resolved() -> None:
    assert resolve('jan # " " # {2001}', {"jan": "January"}) == "January 2001"
    assert resolve('{a # b} # "c {"} d"', {}) == 'a # bc {"} d'


def test_abbreviations_cannot_grow_without_bound() -> None:
    with pytest.raises(ValueError, match="too large"):
        resolve("long # long", {"long": "x" * (LARGEST - 1)})
    doubled = "".join(f"@string{{s{n + 1} = s{n} # s{n}}}\n" for n in range(60))
    [found] = read("@string{s0 = {aaaaaaaaaa}}\n" + doubled + "@book{k, title = s12}\n")
    assert isinstance(found, Refused)


def test_a_broken_entry_costs_only_itself() -> None:
    found = read(
        "@book{a, title={A}}\n@book{b, title={B\n@book{c, title={C}}\n@book{d, year 1}\n@book{e, title={E}}\n"
    )
    assert [one.key for one in found] == ["a", "b", "c", "d", "e"]
    assert [type(one) for one in found] == [Read, Refused, Read, Refused, Read]
    assert "line 2" in found[1].reason  # type: ignore[union-attr]


def test_a_truncated_file_gives_its_whole_entries_and_names_the_last() -> None:
    whole, cut = read("@book{a, title={A}}\n@book{b, title={B")
    assert isinstance(whole, Read)
    assert isinstance(cut, Refused) and cut.key == "b"


@settings(max_examples=300)
@given(st.binary(max_size=300).map(lambda noise: b"@book{k, title={" + noise))
def test_noise_is_refused_and_never_raises(noise: bytes) -> None:
    list(read_bibtex(io.BytesIO(noise)))


@pytest.mark.parametrize(
    "value",
    [
        "{" * 5000 + "}" * 5000,
        "{" + r"\begin{a}" * 5000 + "}",
        "{" + r"\sqrt" * 5000 + "}",
        "{" + "$" * 5001 + "}",
        "{" + r"\input{/etc/passwd}" + "}",
    ],
)
def test_text_made_to_hurt_the_parser_does_not(value: str) -> None:
    for found in read(f"@book{{k, title={value}}}"):
        assert isinstance(found, Refused)


def test_an_entry_in_another_encoding_is_refused_with_the_way_out() -> None:
    text = "@book{a, title={Caf\xe9}}\n@book{b, title={B}}\n"
    refused, found = read(text, "latin-1")
    assert isinstance(refused, Refused) and refused.key == "a" and "--encoding" in refused.reason
    assert isinstance(found, Read)
    first, _ = read_bibtex(io.BytesIO(text.encode("latin-1")), "latin-1")
    assert isinstance(first, Read) and first.record.title == "Café"


def test_comments_and_preambles_are_no_entries() -> None:
    assert (
        only('junk\n@comment{x}\n@preamble{"\\newcommand"}\n% note\n@book(k, title={K})').key == "k"
    )


class Endless(io.RawIOBase):
    """A file of so many lines, made as it is read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines

    def readline(self, size: int | None = -1) -> bytes:
        return next(self._lines, b"")


def test_an_entry_of_200_megabytes_is_refused_in_bounded_memory() -> None:
    def lines() -> Iterator[bytes]:
        yield b"@book{huge, title = {\n"
        for _ in range(3200):
            yield b"x" * 65_535 + b"\n"
        yield b"}}\n"
        yield b"@book{small, title = {Small}}\n"

    tracemalloc.start()
    refused, found = read_bibtex(Endless(lines()))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(refused, Refused) and f"{LARGEST:,}" in refused.reason
    assert isinstance(found, Read)
    assert peak < 20_000_000
