"""One visit to a page: the request, who reads, and what the shell remembers of the browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from azora.context import Context
from azora.contract import Page
from azora.http import csrf
from azora.shell.i18n import Reader, reading

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.registry import LoadedPlugin

SESSION_COOKIE = "azora_session"
LANGUAGE_COOKIE = "azora_language"
LANGUAGE_FIELD = "lang"
"""Of an address: the language of the page itself; `language` is what a search may narrow by."""

THEME_COOKIE = "azora_theme"
THEMES = ("light", "dark", "contrast")


@dataclass(frozen=True)
class Match:
    """A page whose path fits, with the values of its path."""

    loaded: "LoadedPlugin"
    page: Page
    params: dict[str, str]


@dataclass
class Visit:
    """Everything that one answer of the shell is made of. `match` is None on an error page."""

    request: Request
    context: Context
    actor: "Actor | None"
    reader: Reader
    match: Match | None = None
    new_nonce: str = ""
    _secret: str = field(default="", repr=False)

    @property
    def path(self) -> str:
        return self.request.path

    @property
    def address(self) -> str:
        """The path with its query: where a reader comes back to."""
        query = self.request.query_string.decode("latin-1")
        return f"{self.request.path}?{query}" if query else self.request.path

    @property
    def query(self) -> "MultiDict[str, str]":
        return self.request.args

    @property
    def params(self) -> dict[str, str]:
        return self.match.params if self.match else {}

    @property
    def trace_id(self) -> str:
        return self.context.trace_id

    @property
    def language(self) -> str:
        return self.reader.tag

    @property
    def direction(self) -> str:
        return self.reader.locale.text_direction

    @property
    def theme(self) -> str:
        """The theme chosen, or "" for the one that the device prefers."""
        chosen = self.request.cookies.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def fragment(self) -> str | None:
        """The one part that is asked for, or None for the whole page."""
        return self.request.args.get("part") if self.request.method in ("GET", "HEAD") else None

    @property
    def secret(self) -> str:
        """What form tokens are derived from: the session, or the nonce of a browser without one."""
        if not self._secret:
            cookies = self.request.cookies
            self._secret = cookies.get(SESSION_COOKIE) or cookies.get(csrf.COOKIE, "")
        if not self._secret:
            self._secret = self.new_nonce = csrf.new_nonce()
        return self._secret

    def address_with(self, changes: dict[str, Any]) -> str:
        """This address with some query fields changed: to a value or several; None takes one out."""
        query = {key: texts for key, texts in self.query.lists() if key not in {*changes, "part"}}
        query |= {key: _texts(value) for key, value in changes.items()}
        written = urlencode(query, doseq=True)
        return f"{self.path}?{written}" if written else self.path

    def form_token(self) -> str:
        return csrf.issue_token(self.secret)

    def token_fits(self, token: str) -> bool:
        return csrf.verify(token, self.secret)


def _texts(value: Any) -> list[str]:
    """What stands in a query for a value, for several, or for none."""
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


_visit: ContextVar[Visit] = ContextVar("azora_visit")


def current_visit() -> Visit:
    """The visit that is being answered."""
    return _visit.get()


@contextmanager
def visiting(visit: Visit) -> Iterator[None]:
    """Answer this visit inside the block, in its reader's language."""
    token = _visit.set(visit)
    try:
        with reading(visit.reader):
            yield
    finally:
        _visit.reset(token)
