"""A browser for pages that are drawn on a real runtime, without a socket in between."""

from tests.kernel.hosting import acting_as
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from azora.context import Context
from azora.errors import NotFound
from azora.shell.pages import PageRenderer


class Campus:
    """Answers requests as the gateway does; `permissions` are those of who is signed in, if anybody."""

    def __init__(self, runtime):
        self.runtime = runtime
        self.renderer = PageRenderer(runtime)
        self.permissions = None

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
