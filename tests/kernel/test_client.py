"""azora.client as scripts use it, in a process that never loads Eventlet; and stock Nameko's client."""

import json
import subprocess
import sys
import textwrap

import pytest
from nameko.exceptions import RemoteError
from nameko.standalone.rpc import ClusterRpcProxy


@pytest.fixture(scope="module")
def campus(new_module_campus, rabbitmq, postgresql):
    broker = rabbitmq.new_vhost()
    campus = new_module_campus(
        options=("--processes", "--broker", broker, "--database", postgresql.new_database())
    )
    campus.broker = broker
    return campus


@pytest.fixture
def script(campus):
    """Runs lines of Python that use the client; what they print, as JSON."""

    def run(body, **given):
        head = "import json, sys\nfrom azora import errors\nfrom azora.client import Client\n"
        values = {"BROKER": campus.broker, **given}
        head += "".join(f"{name} = {value!r}\n" for name, value in values.items())
        text = head + textwrap.dedent(body)
        command = [sys.executable, "-c", text]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_public_operation_is_called_without_eventlet(campus, script):
    campus.call("library.add_resource", title="Kgale", type="BOOK")
    answer = script("""
        with Client(BROKER) as campus:
            items = campus.library.search(query="kgale")["items"]
        print(json.dumps([[item["title"] for item in items], "eventlet" in sys.modules]))
    """)
    assert answer == [["Kgale"], False]


def test_errors_are_those_of_the_callee(script):
    answer = script("""
        found = []
        with Client(BROKER) as campus:
            for call in (
                lambda: campus.library.read_resource(id="01a20720-b921-7e1e-8c8c-13c44790b280"),
                lambda: campus.library.search(limit=100000),
                lambda: campus.library.add_resource(title="No", type="BOOK"),
                lambda: campus.library.no_such_thing(),
                lambda: campus.nobody.at_all(),
            ):
                try:
                    call()
                except errors.AzoraError as error:
                    found.append([type(error).__name__, error.status])
        print(json.dumps(found))
    """)
    assert answer == [
        ["NotFound", 404],
        ["Invalid", 422],
        ["NotAuthenticated", 401],
        ["NotFound", 404],
        ["Unavailable", 503],
    ]


def test_an_api_token_calls_as_its_owner(campus, script):
    client = campus.sign_in()
    made = client.post(
        "/api/identity/tokens", json={"name": "script", "scopes": ["library.manage"]}
    )
    assert made.ok, made.text
    answer = script(
        """
        with Client(BROKER, api_token=TOKEN) as campus:
            print(json.dumps(campus.library.add_resource(title="By token", type="BOOK")["title"]))
        """,
        TOKEN=made.json()["secret"],
    )
    assert answer == "By token"


def test_a_group_reads_each_event_once_and_keeps_its_place(campus, script):
    read = """
        with Client(BROKER) as campus:
            events = campus.events("library.resource_added", group="readers", seconds=SECONDS)
            print(json.dumps([[event.type, event.data["id"]] for event in events]))
    """
    assert script(read, SECONDS=0.5) == []
    added = [
        campus.call("library.add_resource", title=f"Told {n}", type="BOOK")["id"] for n in range(3)
    ]
    assert script(read, SECONDS=3) == [["library.resource_added", each] for each in added]
    assert script(read, SECONDS=0.5) == []


def test_a_broker_that_is_not_there_is_unavailable(script):
    answer = script("""
        try:
            Client("amqp://guest:guest@127.0.0.1:1/%2F?connection_attempts=1&retry_delay=0")
        except errors.Unavailable as error:
            print(json.dumps(error.sent))
    """)
    assert answer == "not_sent"


def test_a_stock_nameko_client_calls_the_library_for_all_and_with_a_token_for_its_owner(campus):
    made = campus.sign_in().post(
        "/api/identity/tokens", json={"name": "stock", "scopes": ["library.manage"]}
    )
    config = {"AMQP_URI": campus.broker}
    token = {"api_token": made.json()["secret"]}
    with ClusterRpcProxy(config, timeout=20) as services:
        assert "items" in services.library.search(query="anything")
        with pytest.raises(RemoteError, match="NotAuthenticated"):
            services.library.add_resource(title="Nobody's", type="BOOK")
    with ClusterRpcProxy(config, timeout=20, context_data=token) as services:
        added = services.library.add_resource(title="By a stock client", type="BOOK")
    assert campus.call("library.read_resource", id=added["id"])["title"] == "By a stock client"
