"""Small hosts of real databases, outboxes, relays and consumers, without the rest of a runtime."""

import eventlet
import pytest
from tests.kernel.events.hosts import Hosts, StallWatch


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """None for SQLite files, or the URL of an empty PostgreSQL database."""
    if request.param == "sqlite":
        return None
    return request.getfixturevalue("postgresql").new_database()


@pytest.fixture
def hosts(tmp_path, url):
    hosts = Hosts(tmp_path, url)
    yield hosts
    hosts.close()


@pytest.fixture
def shared(tmp_path, postgresql):
    """Hosts on PostgreSQL, where several processes share a database."""
    hosts = Hosts(tmp_path, postgresql.new_database())
    yield hosts
    hosts.close()


@pytest.fixture
def stalls():
    """How long this test's greenlets could not run: `stalls.longest`, in seconds."""
    watch = StallWatch()
    greenlet = eventlet.spawn(watch.run)
    eventlet.sleep(0)
    yield watch
    greenlet.kill()
