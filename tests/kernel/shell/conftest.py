"""A campus with a small garden, whose pages are drawn on a real runtime, and a browser for it."""

import sys
from pathlib import Path

import pytest
from tests.kernel.hosting import make_plugin, running
from tests.kernel.shell.browsing import Browser, Campus

sys.path.insert(0, str(Path(__file__).parent))
import garden

from azora import Form, Page, Reply, Service, operation
from azora import Request as Asked


class Door(Service):
    @operation("POST /sessions", public=True)
    def sign_in(self, request: Asked) -> Reply:
        return Reply()


SIGN_IN = Page(
    "/sign-in", "Sign in", "shell/error.html", forms={"sign_in": Form("sign_in", then="/")}
)


@pytest.fixture
def browser(tmp_path):
    garden.ADDED.clear()
    door = make_plugin("door", services=[Door], pages=[SIGN_IN])
    with running(tmp_path, ("garden", garden), door) as runtime:
        assert not runtime.registry.refused
        yield Browser(Campus(runtime))
