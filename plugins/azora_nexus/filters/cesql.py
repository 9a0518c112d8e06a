"""Reads a CESQL expression and says which events it wants.

`type LIKE 'library.%' AND partitionkey IN ('a', 'b')`. AND binds before XOR, and XOR before OR; what
the specification leaves to implementations is so as in SQL.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from azora import Invalid
from azora.events.envelope import CONTENT_TYPE, SPEC_VERSION, Envelope
from azora_nexus.filters import nodes
from azora_nexus.filters.nodes import Node
from azora_nexus.filters.values import LEAST, MOST, Kind, Scope, Value, as_boolean

LONGEST, DEEPEST = 2000, 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:\\'|[^'])*'|"(?:\\"|[^"])*")
    |(?P<word>[A-Za-z0-9]+(?:_[A-Za-z0-9_]*)?)|(?P<sign><=|>=|!=|<>|[=<>+\-*/%(),]))""",
    re.VERBOSE,
)
_KEYWORDS = {"AND", "OR", "XOR", "NOT", "LIKE", "IN", "EXISTS", "TRUE", "FALSE"}
_LEVELS = (("OR",), ("XOR",), ("AND",), ("=", "!=", "<>", "<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"))  # fmt: skip
Token = tuple[str, str]


class Filter:
    """A compiled expression."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._node = nodes.total(_Parser(expression).whole(), False)

    def evaluate(self, attributes: Mapping[str, Value]) -> tuple[Value, list[Kind]]:
        """The value of the expression for one event, and what went wrong on the way to it."""
        scope = Scope(attributes)
        return self._node(scope), scope.errors

    def wants(self, envelope: Envelope) -> bool:
        """Whether the expression is true of an event, and without an error."""
        value, errors = self.evaluate(attributes_of(envelope))
        return not errors and as_boolean(value, Scope({}))


@lru_cache(maxsize=256)
def filter_of(expression: str) -> Filter | None:
    """The filter, or None where nothing is filtered. Raises Invalid, saying where it cannot be read."""
    return Filter(expression) if expression.strip() else None


def attributes_of(envelope: Envelope) -> dict[str, Value]:
    """The CloudEvents attributes of an event, all of them strings."""
    from datetime import UTC, datetime

    found = {
        "specversion": SPEC_VERSION,
        "id": envelope.id,
        "source": envelope.source,
        "type": envelope.type,
        "time": datetime.fromtimestamp(envelope.time, UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": CONTENT_TYPE,
        "dataversion": str(envelope.version),
        "partitionkey": envelope.key,
        "traceparent": envelope.traceparent,
        "cause": envelope.cause,
    }
    return {name: value for name, value in found.items() if value is not None}


class _Parser:
    """Descends one level of precedence after the other."""

    def __init__(self, expression: str) -> None:
        if len(expression) > LONGEST:
            raise _unreadable(f"it is longer than {LONGEST} characters")
        self._tokens = list(_tokens(expression))
        self._place = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._level(0)
        if self._place < len(self._tokens):
            raise _unreadable(f"{self._tokens[self._place][1]!r} is too much")
        return node

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._matched()
        node = self._level(level + 1)
        while sign := self._take(*_LEVELS[level]):
            node = _binary(sign, node, self._level(level + 1))
        return node

    def _matched(self) -> Node:
        """A value, and what LIKE or IN asks of it."""
        node = self._unary()
        while True:
            negated = self._peek() == "NOT" and self._peek(1) in ("LIKE", "IN")
            if negated:
                self._take("NOT")
            if self._take("LIKE"):
                node = nodes.like(node, self._string(), negated=negated)
            elif self._take("IN"):
                self._expect("(")
                node = nodes.within(node, self._list(), negated=negated)
            else:
                return node

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _unreadable(f"it is nested more than {DEEPEST} deep")
        try:
            if self._take("NOT"):
                return nodes.opposite(self._unary())
            if self._take("-"):
                if self._take(str(-LEAST)):
                    return nodes.literal(LEAST)
                return nodes.negative(self._unary())
            return self._value()
        finally:
            self._depth -= 1

    def _value(self) -> Node:
        if self._take("("):
            node = self._level(0)
            self._expect(")")
            return node
        if self._take("EXISTS"):
            return nodes.exists(self._word().lower())
        if truth := self._take("TRUE", "FALSE"):
            return nodes.literal(truth == "TRUE")
        if self._kind() == "string":
            return nodes.literal(self._string())
        word = self._word()
        if self._take("("):
            return nodes.called(word, [] if self._take(")") else self._list())
        if word.isdigit():
            if int(word) > MOST:
                raise _unreadable(f"{word} is too large a number")
            return nodes.literal(int(word))
        return nodes.attribute(word.lower())

    def _list(self) -> list[Node]:
        """Expressions with commas between them, up to the closing parenthesis."""
        found = [self._level(0)]
        while self._take(","):
            found.append(self._level(0))
        self._expect(")")
        return found

    def _string(self) -> str:
        if self._kind() != "string":
            raise _unreadable("a text in quotes is missing")
        raw = self._tokens[self._place][1]
        self._place += 1
        return raw[1:-1].replace(f"\\{raw[0]}", raw[0])

    def _word(self) -> str:
        if self._kind() != "word" or (self._peek() in _KEYWORDS):
            raise _unreadable(f"a name is missing before {self._peek() or 'its end'!r}")
        word = self._tokens[self._place][1]
        self._place += 1
        return word

    def _kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _peek(self, ahead: int = 0) -> str:
        """The token as a sign or keyword; a text in quotes is neither."""
        if self._place + ahead >= len(self._tokens):
            return ""
        kind, text = self._tokens[self._place + ahead]
        return text.upper() if kind != "string" else ""

    def _take(self, *signs: str) -> str:
        found = self._peek()
        if found not in signs or not found:
            return ""
        self._place += 1
        return found

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise _unreadable(f"{sign!r} is missing before {self._peek() or 'its end'!r}")


def _binary(sign: str, left: Node, right: Node) -> Node:
    if sign in ("AND", "OR", "XOR"):
        return nodes.logical(sign, left, right)
    if sign in ("=", "!=", "<>"):
        return nodes.equal(left, right, negated=sign != "=")
    return (nodes.arithmetic if sign in "+-*/%" else nodes.ordered)(sign, left, right)


def _tokens(expression: str) -> "list[Token]":
    found, place, text = [], 0, expression.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _unreadable(f"{text[place:].strip()[:20]!r} cannot be read")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        place = match.end()
    return found


def _unreadable(why: str) -> Invalid:
    return Invalid(f"This is no filter: {why}.", code="nexus.filter_unreadable")
