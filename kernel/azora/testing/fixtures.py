"""The pytest fixtures: private servers, a campus in both bodies, and campuses that a test may break."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azora.testing.campus import BODIES, CampusProcess, start_campus
from azora.testing.postgresql import PostgreSQL
from azora.testing.rabbitmq import RabbitMQ
from azora.testing.redis import Redis

_LOG_LINES = 60


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """A private RabbitMQ; take `rabbitmq.new_vhost()`."""
    server = RabbitMQ().start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A private PostgreSQL; take `postgresql.new_database()`."""
    server = PostgreSQL().start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """A private Redis at `redis.url`."""
    server = Redis().start()
    yield server
    server.close()


@pytest.fixture(scope="session", params=BODIES)
def campus(request: pytest.FixtureRequest) -> Iterator[CampusProcess]:
    """A running campus, once in each body; tests share it, so each brings its own data."""
    process = _start(request, request.param)
    yield process
    process.close()


@pytest.fixture(scope="session")
def embedded_campus(request: pytest.FixtureRequest) -> Iterator[CampusProcess]:
    """A running campus in one process, for what does not differ between the bodies."""
    process = _start(request, "embedded")
    yield process
    process.close()


def _factory(request: pytest.FixtureRequest) -> Iterator[Callable[..., CampusProcess]]:
    started: list[CampusProcess] = []

    def start(body: Any = "embedded", **given: Any) -> CampusProcess:
        started.append(_start(request, body, **given))
        return started[-1]

    yield start
    for process in started:
        process.close()


@pytest.fixture
def new_campus(request: pytest.FixtureRequest) -> Iterator[Callable[..., CampusProcess]]:
    """`new_campus(body="embedded", environment={…}, options=(…))`: a campus of the test's own."""
    yield from _factory(request)


@pytest.fixture(scope="module")
def new_module_campus(request: pytest.FixtureRequest) -> Iterator[Callable[..., CampusProcess]]:
    """The same for a whole module."""
    yield from _factory(request)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """A failed test shows the end of its campuses' logs."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, CampusProcess) and value.log.exists():
                lines = value.log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
                report.sections.append((f"log of {name}", "\n".join(lines)))
    return report


def _start(request: pytest.FixtureRequest, body: Any, **given: Any) -> CampusProcess:
    return start_campus(
        body,
        lambda: request.getfixturevalue("rabbitmq"),
        lambda: request.getfixturevalue("postgresql"),
        **{"forked": True} | given,
    )
