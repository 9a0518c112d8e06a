"""A campus with a small garden, whose pages are drawn on a real runtime, and a browser for it."""

import sys
from pathlib import Path

import pytest
from tests.kernel.hosting import acting_as, make_plugin, running
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from azora.context import Context
from azora.errors import NotFound
from azora.shell.pages import PageRenderer

sys.path.insert(0, str(Path(__file__).parent))
import garden

from azora import Form, Page, Reply, Service, operation
from azora import Request as Asked


class Door(Service):
    @operation("POST /sessions", public=True)
    def sign_in(self, request: Asked) -> Reply:
        return Reply()


SIGN_IN = Page("/sign-in", "Sign in", "shell/error.html", forms={"sign_in": Form("sign_in", then="/")})


class Campus:
    """Answers requests as the gateway does; `campus.actor` is who is signed in."""

    def __init__(self, runtime):
        self.runtime = runtime
        self.renderer = PageRenderer(runtime)
        self.permissions = None
        self.locale = None

    def __call__(self, environ, start_response):
        request = Request(environ)
        context = Context(self.runtime)
        if self.permissions is not None:
            context = acting_as(self.runtime, "user:thandi", *self.permissions)
        match = self.renderer.handles(request.path)
        if match:
            answer: Response = self.renderer.respond(match, request, context)
        else:
            answer = self.renderer.error(NotFound(), request, context)
        return answer(environ, start_response)


class Browser(Client):
    """A client that keeps cookies, signs in, and fills the token into forms."""

    def sign_in(self, *permissions):
        self.application.permissions = permissions
        return self

    def sign_out(self):
        self.application.permissions = None

    def send(self, path, **fields):
        """Open the page, then send its form with these fields."""
        if "csrf_token" not in fields:
            fields["csrf_token"] = token_in(self.get(path).text)
        return self.post(path, data=fields)


def token_in(page):
    """The token of a page's forms."""
    found = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert found, "the page has no form token"
    return found


@pytest.fixture
def browser(tmp_path):
    garden.ADDED.clear()
    door = make_plugin("door", services=[Door], pages=[SIGN_IN])
    with running(tmp_path, ("garden", garden), door) as runtime:
        assert not runtime.registry.refused
        yield Browser(Campus(runtime))
