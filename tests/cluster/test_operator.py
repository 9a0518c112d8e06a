"""The operator end to end: what is applied with kubectl runs, answers calls, and is kept as it was asked."""

import re

import pytest
import requests
from tests.cluster.campus import outside, platform, plugin, secret

from azora.client import Client

pytestmark = pytest.mark.needs("rabbitmq", "postgresql")


def within_cluster(url, host):
    """The URL of a server of this machine, as pods reach it by its Service's name."""
    return url.replace("127.0.0.1", host).replace("localhost", host)


def port_of(url):
    return int(re.search(r":(\d+)/", url)[1])


@pytest.fixture
def library(cluster, kubectl, operator, rabbitmq, postgresql):
    """The broker's URL of a campus whose library was applied and is Ready."""
    broker, database = rabbitmq.new_vhost(), postgresql.new_database()
    kubectl.apply(
        *outside(cluster, "rabbitmq", port_of(broker)),
        *outside(cluster, "postgresql", port_of(database)),
        secret("broker", url=within_cluster(broker, "rabbitmq")),
        secret("database", url=within_cluster(database, "postgresql")),
        platform(database={"secret": "database"}),
        plugin(migration={"command": ["azora", "migrate", "library"]}),
    )
    kubectl.wait("condition=Ready", "azoraplugin/library", seconds=60)
    return broker


def test_an_applied_plugin_is_ready_and_answers_over_rabbitmq_and_http(kubectl, library):
    with Client(library) as campus:
        assert campus.call("library.search", query="mhudi")["items"] == []
    address = kubectl.get("service", "library")["spec"]["clusterIP"]
    assert requests.get(f"http://{address}/api/library/resources", timeout=10).ok
    kubectl.wait("condition=Ready", "azoraplatform/campus")
