"""What the pieces of an expression do: each becomes a function of one event's attributes."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

from azora_nexus.filters.values import (
    FUNCTIONS,
    Scope,
    Value,
    as_boolean,
    as_integer,
    as_kind_of,
    as_string,
    bounded,
)

Node = Callable[[Scope], Value]


class Missing(Exception):
    """An attribute that the event has not: whatever operator reads it is at once at its end."""


def literal(value: Value) -> Node:
    return lambda _: value


def attribute(name: str) -> Node:
    def read(scope: Scope) -> Value:
        if name not in scope.attributes:
            raise Missing
        return scope.attributes[name]

    return read


def exists(name: str) -> Node:
    return lambda scope: name in scope.attributes


def total(node: Node, instead: Value) -> Node:
    """The node with a value even where an attribute is missing."""

    def evaluate(scope: Scope) -> Value:
        try:
            return node(scope)
        except Missing:
            return scope.wrong("missingAttribute", instead)

    return evaluate


def negative(node: Node) -> Node:
    return total(lambda scope: bounded(-as_integer(node(scope), scope), scope), 0)


def opposite(node: Node) -> Node:
    return total(lambda scope: not as_boolean(node(scope), scope), False)


def logical(sign: str, left: Node, right: Node) -> Node:
    def evaluate(scope: Scope) -> Value:
        first = as_boolean(left(scope), scope)
        if (sign == "AND" and not first) or (sign == "OR" and first):
            return first
        second = as_boolean(right(scope), scope)
        return first != second if sign == "XOR" else second

    return total(evaluate, False)


def equal(left: Node, right: Node, *, negated: bool) -> Node:
    """The right side says as what the left is read."""
    return _compared(
        left,
        right,
        lambda first, second, scope: (as_kind_of(second, first, scope) == second) != negated,
    )


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def ordered(sign: str, left: Node, right: Node) -> Node:
    order = _ORDERS[sign]
    return _compared(
        left,
        right,
        lambda first, second, scope: order(as_integer(first, scope), as_integer(second, scope)),
    )


def _compared(left: Node, right: Node, holds: Callable[[Value, Value, Scope], bool]) -> Node:
    """Whether something holds of two sides; of one that could not be evaluated nothing does."""

    def evaluate(scope: Scope) -> Value:
        before = len(scope.errors)
        first, second = left(scope), right(scope)
        return len(scope.errors) == before and holds(first, second, scope)

    return total(evaluate, False)


def arithmetic(sign: str, left: Node, right: Node) -> Node:
    def evaluate(scope: Scope) -> Value:
        first, second = as_integer(left(scope), scope), as_integer(right(scope), scope)
        if sign in "/%" and second == 0:
            return scope.wrong("math", 0)
        return bounded(_calculated(sign, first, second), scope)

    return total(evaluate, 0)


def _calculated(sign: str, first: int, second: int) -> int:
    """Division is cut towards zero, and a remainder has the sign of what is divided."""
    if sign in "/%":
        quotient = abs(first) // abs(second) * (1 if (first < 0) == (second < 0) else -1)
        return quotient if sign == "/" else first - quotient * second
    return {"+": first + second, "-": first - second, "*": first * second}[sign]


def like(node: Node, pattern: str, *, negated: bool) -> Node:
    pieces = _pieces(pattern)
    return total(lambda scope: _is_like(as_string(node(scope), scope), pieces) != negated, False)


Piece = Sequence[str | None]
"""What stands between two percent signs: characters, and None for any one."""


def _pieces(pattern: str) -> list[Piece]:
    found: list[list[str | None]] = [[]]
    for sign in re.findall(r"\\[%_]|.", pattern, re.DOTALL):
        if sign == "%":
            found.append([])
        else:
            found[-1].append(None if sign == "_" else sign[-1])
    return list(found)


def _is_like(text: str, pieces: Sequence[Piece]) -> bool:
    """Each piece at the first place where it fits behind the one before; the outer ones at the edges."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return len(text) == len(first) and _fits(text, 0, first)
    place = len(first)
    if not _fits(text, 0, first):
        return False
    for piece in pieces[1:-1]:
        starts = range(place, len(text) - len(piece) + 1)
        found = next((start for start in starts if _fits(text, start, piece)), None)
        if found is None:
            return False
        place = found + len(piece)
    return len(text) - len(last) >= place and _fits(text, len(text) - len(last), last)


def _fits(text: str, start: int, piece: Piece) -> bool:
    """Whether a piece stands at this place; the text may end before it."""
    there = text[start : start + len(piece)]
    return len(there) == len(piece) and all(
        wanted in (None, sign) for sign, wanted in zip(there, piece, strict=True)
    )


def within(node: Node, choices: Sequence[Node], *, negated: bool) -> Node:
    """The left side says as what the choices are read."""

    def evaluate(scope: Scope) -> Value:
        value = node(scope)
        found = any(as_kind_of(value, choice(scope), scope) == value for choice in choices)
        return found != negated

    return total(evaluate, False)


def called(name: str, arguments: Sequence[Node]) -> Node:
    function = next(
        (one for one in FUNCTIONS.get(name.upper(), ()) if one.takes(len(arguments))), None
    )
    if function is None:
        return lambda scope: scope.wrong("missingFunction", False)
    casts = [*function.casts, *[function.more] * (len(arguments) - len(function.casts))]

    def evaluate(scope: Scope) -> Value:
        given = [
            cast(argument(scope), scope)
            for cast, argument in zip(casts, arguments, strict=True)
            if cast is not None
        ]
        return function.apply(scope, *given)

    return total(evaluate, False)
