"""Patterns of event types, such as `library.*, identity.account_created`."""

import fnmatch
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import peewee


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a type is among those that a pattern names; all are where it names none."""
    wanted = _pieces(pattern)
    if not wanted:
        return lambda _: True
    return lambda type_: any(fnmatch.fnmatchcase(type_, one) for one in wanted)


def condition(column: peewee.Field, pattern: str) -> Any:
    """The same as a condition of a query; None where all types are wanted."""
    wanted = _pieces(pattern)
    return reduce(operator.or_, [_one(column, piece) for piece in wanted]) if wanted else None


def _one(column: peewee.Field, piece: str) -> Any:
    if "*" not in piece:
        return column == piece
    like = piece.replace("_", "!_").replace("*", "%")
    return peewee.NodeList(
        (column, peewee.SQL("LIKE"), peewee.Value(like), peewee.SQL("ESCAPE '!'"))
    )


def _pieces(pattern: str) -> list[str]:
    return [piece.strip() for piece in pattern.split(",") if piece.strip()]
