"""`azora doctor`: what it finds in a campus that is well, and in one that is not."""

import socket
from pathlib import Path
from typing import Any

import pytest

from azora.doctor import Finding, findings, healthy
from azora.loader import load_registry
from azora.registry import Registry
from azora.settings import load_campus_settings


@pytest.fixture
def registry() -> Registry:
    return load_registry(installed=False)


def examine(registry: Registry, folder: Path, **given: Any) -> dict[tuple[str, str], Finding]:
    settings = load_campus_settings(data_dir=folder / "data", **given)
    return {(found.area, found.name): found for found in findings(settings, registry)}


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_fresh_campus_is_healthy(registry: Registry, tmp_path: Path) -> None:
    found = examine(registry, tmp_path)
    assert healthy(list(found.values()))
    assert found["data", str(tmp_path / "data")].detail == "can be written"


def test_each_setting_is_listed_with_its_source_and_without_secrets(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZORA_SENTRY_DSN", "https://hunter2@sentry.example/1")
    found = examine(registry, tmp_path)
    secret = found["settings of campus", "AZORA_SENTRY_DSN"]
    assert (secret.detail, secret.source) == ("***", "environment AZORA_SENTRY_DSN")
    assert found["settings of http", "AZORA_HTTP_RATE_LIMIT"].source == "default"
    assert "hunter2" not in str(found)


def test_what_cannot_be_reached_is_a_problem_with_advice_and_without_password(
    registry: Registry, tmp_path: Path
) -> None:
    port = closed_port()
    found = examine(
        registry,
        tmp_path,
        broker_url=f"amqp://azora:hunter2@127.0.0.1:{port}//",
        redis_url=f"redis://:hunter2@127.0.0.1:{port}/0",
        otlp_endpoint=f"http://127.0.0.1:{port}",
    )
    problems = {area for (area, _), one in found.items() if one.severity == "problem"}
    assert problems == {"broker", "redis", "traces"}
    assert all(one.advice for one in found.values() if one.severity == "problem")
    assert "hunter2" not in str(found)


def test_a_folder_that_cannot_be_written_is_a_problem(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")
    found = examine(registry, tmp_path)
    assert found["data", str(tmp_path / "data")].severity == "problem"


def test_too_little_disk_is_a_problem(registry: Registry, tmp_path: Path) -> None:
    found = examine(registry, tmp_path, min_free_disk=10**18)
    assert found["data", "disk"].severity == "problem"


def test_production_needs_an_https_address(registry: Registry, tmp_path: Path) -> None:
    found = examine(registry, tmp_path, profile="production")
    assert found["profile", "public_url"].severity == "problem"
    assert found["profile", "sentry_dsn"].severity == "warning"


def test_a_refused_plugin_is_a_problem_with_the_reason(registry: Registry, tmp_path: Path) -> None:
    registry.refused["weather"] = "it raises at import"
    found = examine(registry, tmp_path)
    assert found["plugins", "weather"].detail == "refused: it raises at import"


def test_servers_that_answer_are_named_with_their_version(
    registry: Registry, tmp_path: Path, rabbitmq: Any, postgresql: Any
) -> None:
    url = postgresql.new_database()
    found = examine(registry, tmp_path, broker_url=rabbitmq.new_vhost())
    broker = next(one for (area, _), one in found.items() if area == "broker")
    assert broker.severity == "ok" and broker.detail.startswith("RabbitMQ 3.")
    from azora.reachability import clock_of

    assert "PostgreSQL" in clock_of(url)
