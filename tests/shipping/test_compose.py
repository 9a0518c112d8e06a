"""The compose files are read by the loader that `docker compose` has, and say what the guide promises of them."""

import json
import re

import pytest
from tests.shipping.programs import ROOT, RefusedError, built, run

import azora

TRIAL, PRODUCTION = "compose.yaml", "compose.production.yaml"
ASKED = {"AZORA_VERSION": "1.2.3", "CAMPUS_NAMES": "campus.example", "CAMPUS_BACKUPS": "/backups"}
KNOWN = (ROOT / "docs" / "settings.md").read_text()


def read(file, **given):
    """The whole model, with everything filled in."""
    return json.loads(run([built("compose"), file], **given))


@pytest.fixture(scope="module")
def trial():
    return read(TRIAL)["services"]


@pytest.fixture(scope="module")
def production():
    return read(PRODUCTION, **ASKED)["services"]


def test_trial_runs_the_image_of_this_version_built_with_the_plugins_asked_for():
    assert read(TRIAL)["services"]["campus"]["image"].endswith(f":{azora.__version__}")
    campus = read(TRIAL, PLUGINS="azora-weather")["services"]["campus"]
    assert campus["build"]["args"] == {"PLUGINS": "azora-weather"}


def test_trial_is_reached_from_this_machine_alone(trial):
    published = {
        name: [port.get("host_ip") for port in service.get("ports", [])]
        for name, service in trial.items()
    }
    assert published == {"campus": ["127.0.0.1"], "rabbitmq": [], "postgresql": []}


@pytest.mark.parametrize("missing", ASKED)
def test_production_asks_for_what_it_cannot_know(missing):
    given = {name: value for name, value in ASKED.items() if name != missing}
    with pytest.raises(RefusedError, match=missing):
        read(PRODUCTION, **given)


def test_campus_waits_for_servers_that_answer(trial, production):
    for services in (trial, production):
        waits = services["campus"]["depends_on"]
        assert {name: each["condition"] for name, each in waits.items()} == {
            "rabbitmq": "service_healthy",
            "postgresql": "service_healthy",
        }
        assert all(services[name]["healthcheck"]["test"][0] == "CMD" for name in waits)


def test_campus_may_write_into_its_volumes_and_nowhere_else(trial, production):
    for services in (trial, production):
        campus = services["campus"]
        assert (campus["read_only"], campus["cap_drop"]) == (True, ["ALL"])
        assert campus["security_opt"] == ["no-new-privileges"]


def test_everything_in_production_comes_back_has_limits_and_is_looked_after(production):
    for service in production.values():
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]
        assert {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys()
        assert service["logging"]["options"]["max-size"]


def test_no_password_in_production_is_in_the_environment(production):
    for service in production.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search(r"PASS(WORD)?$|_URL$", name), name
            assert "://" not in value


def test_every_setting_is_one_that_the_campus_knows(trial, production):
    for services in (trial, production):
        for name in services["campus"]["environment"]:
            assert name == "AZORA_SECRETS_DIR" or f"`{name}`" in KNOWN
    for secret in production["campus"]["secrets"]:
        assert f"`AZORA_{secret['source'].upper()}`" in KNOWN
