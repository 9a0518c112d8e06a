"""Reading a classification that others made: CSV, or SKOS as Turtle, RDF/XML or JSON-LD.

Dewey, UDC and school schemes come as tables of numbers and names, or as SKOS concepts with
`broader`. Both become one list, those above before those below.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from azora.errors import Invalid

MOST = 50_000
LONGEST = 100
_DEWEY = re.compile(r"\d{3}(\.\d+)?")
_LABEL = re.compile(r"name_([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)")


class Node(NamedTuple):
    """A category of the file; `key` and `above` tie it to others of the file."""

    key: str
    name: str
    notation: str
    above: str | None
    labels: dict[str, str]


def read(content: bytes, language: str) -> list[Node]:
    """The categories of a file, those above first. Raises Invalid that says what is wrong."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable("The file is not in UTF-8.") from None
    start = text.lstrip()[:1]
    if start in ("{", "["):
        _no_remote_context(text)
        nodes = _skos(text, "json-ld", language)
    elif start == "<" and not text.lstrip().startswith("<http"):
        nodes = _skos(text, "xml", language)
    elif start in ("@", "<") or re.match(r"\s*(#|prefix\s)", text, re.I):
        nodes = _skos(text, "turtle", language)
    else:
        nodes = list(_table(text))
    if not nodes:
        raise unreadable("The file holds no category.")
    if len(nodes) > MOST:
        raise unreadable(f"The file holds more than {MOST:,} categories.")
    return _above_first(nodes)


def unreadable(words: str) -> Invalid:
    return Invalid(words, code="library.classification_unreadable")


def _table(text: str) -> Iterator[Node]:
    """`notation,name,parent`; without the last, a number stands below the longest that begins it."""
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:4000], ",;\t")
    except csv.Error:
        dialect = "excel"
    rows = csv.DictReader(io.StringIO(text), dialect=dialect)
    heads = [str(head or "").strip().lower() for head in rows.fieldnames or ()]
    rows.fieldnames = heads
    if "name" not in heads:
        raise unreadable("The first line names the columns: notation, name, parent.")
    try:
        found = [_cells(row) for row in rows]
    except csv.Error as error:
        raise unreadable(f"Line {rows.line_num} cannot be read: {error}.") from None
    by_key = {key: row for row in found for key in (row.get("name"), row.get("notation")) if key}
    stems = {_stem(row["notation"]): row for row in found if row.get("notation")}
    for row in found:
        if not row.get("name"):
            continue
        if "parent" in heads:
            above = by_key.get(row.get("parent", ""))
            if row.get("parent") and above is None:
                raise unreadable(f"{row['name']} stands below {row['parent']}, which is not there.")
        else:
            above = _beginning(row.get("notation", ""), stems)
        labels = {
            match[1]: row[head][:LONGEST]
            for head in heads
            if (match := _LABEL.fullmatch(head)) and row.get(head)
        }
        yield Node(
            _key(row),
            row["name"][:LONGEST],
            row.get("notation", ""),
            _key(above) if above else None,
            labels,
        )


def _cells(row: Mapping[str | None, str | list[str] | None]) -> dict[str, str]:
    return {
        name: " ".join(value.split())
        for name, value in row.items()
        if name and isinstance(value, str)
    }


def _key(row: Mapping[str, str]) -> str:
    return row.get("notation") or row["name"]


def _stem(notation: str) -> str:
    """A number without what only fills it up: Dewey's 820 stands above 822 as 82 does."""
    if not _DEWEY.fullmatch(notation):
        return notation
    return notation.rstrip("0").rstrip(".") or "0"


def _beginning(notation: str, stems: Mapping[str, dict[str, str]]) -> dict[str, str] | None:
    stem = _stem(notation)
    shorter = (stem[:length] for length in range(len(stem) - 1, 0, -1))
    return next((stems[one] for one in shorter if one in stems), None)


def _skos(text: str, form: str, language: str) -> list[Node]:
    """The concepts of a SKOS file."""
    from rdflib import Graph
    from rdflib.namespace import SKOS

    graph = Graph()
    try:
        graph.parse(data=text, format=form)
    except Exception as error:  # noqa: BLE001 – the parsers raise whatever they meet
        raise unreadable(f"The file is not {form}: {str(error)[:200]}") from None
    above = {str(one): str(other) for one, other in graph.subject_objects(SKOS.broader)}
    above |= {str(one): str(other) for other, one in graph.subject_objects(SKOS.narrower)}
    nodes = []
    for concept in sorted(set(graph.subjects(SKOS.prefLabel)), key=str):
        labels = {
            _tag_of(label) or language: " ".join(str(label).split())[:LONGEST]
            for label in graph.objects(concept, SKOS.prefLabel)
        }
        labels = {tag: words for tag, words in labels.items() if words}
        if not labels:
            continue
        name = labels.pop(language, "") or labels[min(labels)]
        notation = min(map(str, graph.objects(concept, SKOS.notation)), default="")[:60]
        nodes.append(Node(str(concept), name, notation, above.get(str(concept)), labels))
    known = {node.key for node in nodes}
    return [node._replace(above=node.above if node.above in known else None) for node in nodes]


def _tag_of(label: object) -> str:
    """The language of a label, without its region."""
    return str(getattr(label, "language", "") or "").lower().partition("-")[0]


def _no_remote_context(text: str) -> None:
    """Raise Invalid for JSON-LD that would have us fetch what its words mean."""
    try:
        open_parts = [json.loads(text)]
    except (ValueError, RecursionError):
        raise unreadable("The file is not JSON.") from None
    while open_parts:
        part = open_parts.pop()
        if isinstance(part, dict):
            context = part.get("@context", {})
            contexts = context if isinstance(context, list) else [context]
            if any(isinstance(one, str) for one in contexts) or "@import" in part:
                raise unreadable(
                    "The file leans on a context elsewhere, which is not fetched. Save it with its context in it."
                )
        if isinstance(part, dict | list):
            open_parts += part.values() if isinstance(part, dict) else part


def _above_first(nodes: Iterable[Node]) -> list[Node]:
    """The nodes in an order in which each follows the one above it. Raises Invalid for a circle."""
    left = {node.key: node for node in nodes}
    ordered: dict[str, Node] = {}
    for start in list(left.values()):
        way: list[Node] = []
        node: Node | None = start
        while node and node.key not in ordered:
            if node in way:
                raise unreadable(f"{node.name} stands below itself.")
            way.append(node)
            node = left.get(node.above) if node.above else None
        for one in reversed(way):
            ordered[one.key] = one
    return list(ordered.values())
