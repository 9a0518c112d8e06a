"""What an image that is really built holds, and that a campus starts from it: `make image`, some minutes.

`make test` does not collect this file: a build as root stands beside the suite, in a CI job of its own.
"""

import json
import os
from pathlib import Path

import pytest
import requests
from tests.shipping.image import Image
from tests.shipping.programs import ROOT

from azora.testing.servers import free_port, wait_until

OUTSIDE = "./tests/thirdparty/azora_hello"
PLUGINS = {path.name.removeprefix("azora_") for path in (ROOT / "plugins").glob("azora_*")}
ASK_OF_ITSELF = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:{}/healthz').status)"


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Azora with a plugin of somebody else's."""
    # Overlay file systems do not nest: not in a folder of the tests, which may lie on one.
    built = Image(Path("/var/tmp") / f"azora-image-{os.getpid()}").build(PLUGINS=OUTSIDE)
    yield built
    built.close()


def test_it_has_the_plugins_of_this_release_and_those_that_were_asked_for(image):
    found = json.loads(image.run("azora", "plugins", "--json"))
    assert {each["name"] for each in found["plugins"]} == PLUGINS | {"hello"}
    assert found["refused"] == {}


def test_it_has_the_operator_and_every_driver(image):
    assert "run" in image.run("azora-operator", "--help")
    image.run("python", "-c", "import boto3, brotli, opentelemetry.sdk, pika, psycopg2, redis")


def test_it_runs_as_nobody_in_particular_with_a_check_of_its_health(image):
    told = image.inspect()
    assert told["User"] == "10001:10001"
    assert told["Healthcheck"]["Test"][0] == "CMD"
    assert (
        image.run("python", "-c", "import os; print(os.getuid(), os.getgid())") == "10001 10001\n"
    )


def test_it_has_neither_a_shell_nor_a_package_manager(image):
    programs = {path.rpartition("/")[2] for path in image.files() if "/bin/" in f"/{path}"}
    assert programs & {"sh", "bash", "dash", "busybox", "apt", "dpkg", "pip", "perl"} == set()
    assert {"azora", "azora-operator", "python3.11"} <= programs


def test_it_says_what_it_is_made_of(image):
    listed = "import importlib.metadata as m; print(*{d.name.lower() for d in m.distributions()})"
    installed = set(image.run("python", "-c", listed).split())
    bill = image.run("python", "-c", "print(open('/opt/azora/sbom.cdx.json').read())")
    components = json.loads(bill)["components"]
    assert {each["name"].lower() for each in components} == installed
    noted = {path for path in image.files() if path.startswith("var/lib/dpkg/status.d/")}
    assert "var/lib/dpkg/status.d/libssl3" in noted


def test_it_trusts_the_authorities_of_debian(image):
    ask = "import ssl; print(ssl.create_default_context().cert_store_stats()['x509_ca'])"
    assert int(image.run("python", "-c", ask)) > 100


def test_a_campus_starts_from_it(image):
    port = free_port()
    with image.running("azora", "up", AZORA_PORT=str(port)) as container:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{url}/readyz"), 90)
        assert "Mhudi" in requests.get(f"{url}/library?query=mhudi", timeout=10).text
        assert image.run_in(container, "python", "-c", ASK_OF_ITSELF.format(port)) == "200\n"


@pytest.mark.needs("rabbitmq", "postgresql")
def test_it_runs_as_compose_runs_it_with_secrets_from_files(image, rabbitmq, postgresql, tmp_path):
    (tmp_path / "broker_url").write_text(rabbitmq.new_vhost())
    (tmp_path / "database_url").write_text(postgresql.new_database())
    tmp_path.chmod(0o755)
    port = free_port()
    given = {"AZORA_PORT": str(port), "AZORA_SECRETS_DIR": "/run/secrets"}
    command = ("azora", "up", "--processes", "--empty")
    with image.running(*command, secrets=tmp_path, **given):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 120)


def answers(url):
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False
