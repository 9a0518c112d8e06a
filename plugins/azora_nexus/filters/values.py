"""The values of CESQL (strings, 32-bit integers, booleans), casts between them, and its functions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | bool
Kind = Literal["cast", "math", "missingAttribute", "missingFunction", "functionEvaluation"]
LEAST, MOST = -(2**31), 2**31 - 1
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")


@dataclass
class Scope:
    """One event's attributes while an expression is evaluated, and what went wrong meanwhile."""

    attributes: Mapping[str, Value]
    errors: list[Kind] = field(default_factory=list)

    def wrong(self, kind: Kind, instead: Value) -> Value:
        """Note an error and go on with a value: an expression always has one."""
        self.errors.append(kind)
        return instead


def as_integer(value: Value, scope: Scope) -> int:
    if isinstance(value, str):
        number = int(value) if _INTEGER.fullmatch(value) else MOST + 1
        return number if LEAST <= number <= MOST else int(scope.wrong("cast", 0))
    return int(value)


def as_boolean(value: Value, scope: Scope) -> bool:
    if isinstance(value, str):
        known = {"true": True, "false": False}.get(value.lower())
        return bool(scope.wrong("cast", False)) if known is None else known
    return bool(value)


def as_string(value: Value, _scope: Scope) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_kind_of(example: Value, value: Value, scope: Scope) -> Value:
    """The value as the type that the example has."""
    if isinstance(example, bool):
        return as_boolean(value, scope)
    return as_integer(value, scope) if isinstance(example, int) else as_string(value, scope)


def bounded(number: int, scope: Scope, instead: int = 0) -> Value:
    """A result of arithmetic; one that 32 bits do not hold is an error, and `instead`."""
    return number if LEAST <= number <= MOST else scope.wrong("math", instead)


def _left(scope: Scope, text: str, count: int) -> Value:
    return scope.wrong("functionEvaluation", text) if count < 0 else text[:count]


def _right(scope: Scope, text: str, count: int) -> Value:
    if count < 0:
        return scope.wrong("functionEvaluation", text)
    return text[max(0, len(text) - count) :]


def _substring(scope: Scope, text: str, start: int, count: int = MOST) -> Value:
    if abs(start) > len(text) or count < 0:
        return scope.wrong("functionEvaluation", "")
    first = start - 1 if start > 0 else len(text) + start
    return text[first : first + count] if start else ""


Cast = Callable[[Value, Scope], Value]


@dataclass(frozen=True)
class Function:
    """How arguments are cast, one by one; `more` casts any number beyond them."""

    apply: Callable[..., Value]
    casts: tuple[Cast, ...]
    more: Cast | None = None

    def takes(self, count: int) -> bool:
        return count == len(self.casts) or (self.more is not None and count > len(self.casts))


_S, _I, _B = as_string, as_integer, as_boolean
FUNCTIONS: Mapping[str, tuple[Function, ...]] = {
    "INT": (Function(lambda _, x: x, (_I,)),),
    "BOOL": (Function(lambda _, x: x, (_B,)),),
    "STRING": (Function(lambda _, x: x, (_S,)),),
    "IS_INT": (
        Function(
            lambda _, x: not isinstance(x, bool) and bool(_INTEGER.fullmatch(str(x))),
            (lambda x, _: x,),
        ),
    ),
    "IS_BOOL": (Function(lambda _, x: str(x).lower() in ("true", "false"), (lambda x, _: x,)),),
    "ABS": (Function(lambda scope, x: bounded(abs(x), scope, MOST), (_I,)),),
    "LENGTH": (Function(lambda _, x: len(x), (_S,)),),
    "CONCAT": (Function(lambda _, *xs: "".join(xs), (), _S),),
    "CONCAT_WS": (Function(lambda _, with_, *xs: with_.join(xs), (_S,), _S),),
    "LOWER": (Function(lambda _, x: x.lower(), (_S,)),),
    "UPPER": (Function(lambda _, x: x.upper(), (_S,)),),
    "TRIM": (Function(lambda _, x: x.strip(), (_S,)),),
    "LEFT": (Function(_left, (_S, _I)),),
    "RIGHT": (Function(_right, (_S, _I)),),
    "SUBSTRING": (Function(_substring, (_S, _I)), Function(_substring, (_S, _I, _I))),
}
