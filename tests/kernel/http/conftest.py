"""A gateway on a real socket, with a small plugin that has one operation of every kind."""

import pytest
from tests.kernel.hosting import running
from tests.kernel.http.gateway_plugin import notes_plugin
from tests.kernel.http.identity_plugin import TOKENS, identity_plugin
from tests.kernel.http.wire import Wire

from azora.http import Gateway


@pytest.fixture
def start(tmp_path):
    """Starts a campus with these settings; returns its gateway and a client on its socket."""
    opened = []

    def begin(**settings):
        settings.setdefault("http", {"rate_limit": 0, "rate_limit_signed_in": 0})
        campus = running(tmp_path, notes_plugin(), identity_plugin(), **settings)
        runtime = campus.__enter__()
        gateway = Gateway(runtime)
        server = gateway.listen("127.0.0.1:0")
        opened.append((campus, gateway))
        return Wire(gateway, server.address)

    yield begin
    for campus, gateway in reversed(opened):
        gateway.stop(grace=1.0)
        campus.__exit__(None, None, None)


@pytest.fixture
def http(start):
    """A client of a campus with the default settings, without rate limits."""
    return start()


@pytest.fixture
def author():
    """The bearer header of somebody who may write notes."""
    return {"Authorization": f"Bearer {TOKENS['author']}"}


@pytest.fixture
def reader():
    """The bearer header of somebody who may read notes only."""
    return {"Authorization": f"Bearer {TOKENS['reader']}"}
