"""Searching as people type: exactly first, and where nothing is found, what is one edit away.

What was typed exactly is never mixed with what it may have meant, so exact results keep their order
and cost nothing more.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import peewee

from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import CARD, listed
from azora_library.discovery import facets, search, text, vocabulary
from azora_library.discovery.contracts import SearchResources
from azora_library.discovery.selection import Subject

FEW = 3
"""Results up to which it is worth asking whether something else was meant."""

TIMES = 5
"""How much more the other spelling must find to be worth proposing."""

EXCERPTED = 20_000
"""Characters of a text in which an excerpt is looked for."""

SHOWN = (
    *CARD,
    ResourceRow.tags,
    ResourceRow.publisher,
    peewee.fn.substr(ResourceRow.content, 1, EXCERPTED).alias("content"),
)
"""The columns of what is found that results, and what may have been meant, are made of."""

Variants = Mapping[str, tuple[str, ...]]


class Outcome(NamedTuple):
    """What a search came to; `subject` is what was looked for in the end."""

    subject: Subject
    counts: facets.Counts
    page: search.Page
    rows: Sequence[ResourceRow]
    close: bool = False
    did_you_mean: str | None = None


def find(subject: Subject, request: SearchResources, bound: int) -> Outcome:
    """What is exactly there; where nothing is, what comes close."""
    counts = facets.count(subject, bound)
    if (counts.total <= FEW and request.cursor is None) or counts.total == 0:
        variants = vocabulary.variants(subject.database, subject.query)
        if variants:
            return _close(subject, request, bound, counts, variants)
    return _outcome(subject, request, counts)


def _close(
    subject: Subject,
    request: SearchResources,
    bound: int,
    counts: facets.Counts,
    variants: Variants,
) -> Outcome:
    near = subject._replace(query=subject.query.with_variants(variants))
    near_counts = facets.count(near, bound)
    if near_counts.total <= counts.total:
        return _outcome(subject, request, counts)
    if counts.total == 0:
        found = _outcome(near, request, near_counts)
        meant = _meant(request.query, variants, found.rows)
        return found._replace(close=True, did_you_mean=meant)
    found = _outcome(subject, request, counts)
    if near_counts.total < TIMES * counts.total:
        return found
    others = listed(search.page(near, request, broad=not near_counts.exact).numbers, SHOWN)
    return found._replace(did_you_mean=_meant(request.query, variants, others))


def _outcome(subject: Subject, request: SearchResources, counts: facets.Counts) -> Outcome:
    page = search.page(subject, request, broad=not counts.exact)
    return Outcome(subject, counts, page, listed(page.numbers, SHOWN))


def _meant(typed: str, variants: Variants, rows: Sequence[ResourceRow]) -> str | None:
    """What was typed, with each word as these resources have it most often."""
    said = Counter(word for row in rows for word in text.words(_named(row)))
    best = {}
    for word, others in variants.items():
        likely = max(others, key=lambda other: (said[other], other))
        if said[likely] > said[word]:
            best[word] = likely
    meant = re.sub(r"\w+", lambda run: best.get(text.fold(run[0]), run[0]), typed)
    return meant if meant != typed else None


def _named(row: ResourceRow) -> str:
    return " ".join([row.title, *row.authors, *row.tags, row.category or "", row.publisher or ""])
