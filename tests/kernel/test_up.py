"""Starting, stopping and killing a whole campus in one process."""

import json
import signal
import socket
import time

import pytest

from azora.testing.servers import free_port


@pytest.fixture(scope="module")
def own(new_module_campus):
    return new_module_campus()


def started(campus):
    """What `azora up --json` says once it is ready."""
    decoder = json.JSONDecoder()
    text = campus.log.read_text()
    return decoder.raw_decode(text[text.rindex('{\n  "url"') :])[0]


def test_it_says_where_it_is_and_what_it_runs(own):
    said = started(own)
    assert said["url"] == own.url
    assert said["refused"] == {}
    assert {"identity", "library", "web"} <= set(said["plugins"])


def test_it_is_ready_within_three_seconds_when_started_again(own):
    def again():
        own.restart()
        return started(own)["ready_seconds"]

    assert any(again() <= 3.0 for _ in range(3))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_an_idle_campus_within_a_second(own, number):
    def stopped():
        began = time.monotonic()
        own.process.send_signal(number)
        assert own.process.wait(10) == 0
        took = time.monotonic() - began
        assert not (own.data_dir / "control.sock").exists()
        own.start()
        return took

    assert any(stopped() <= 1.0 for _ in range(3))


def test_a_killed_campus_starts_again_on_what_it_left(own):
    added = own.call("library.add_resource", title="Kept", type="BOOK")
    own.kill()
    assert (own.data_dir / "control.sock").exists()
    own.start()
    assert own.call("library.read_resource", id=added["id"])["title"] == "Kept"


def test_a_second_owner_of_the_same_data_is_refused(own):
    done = own.azora("up", "--port", str(free_port()))
    assert done.code == 1
    assert str(own.process.pid) in done.err and "Traceback" not in done.err


def test_an_address_that_is_taken_is_told_in_a_line(own, tmp_path):
    done = own.azora("up", "--port", str(own.port), "--data", str(tmp_path))
    assert done.code == 1
    assert str(own.port) in done.err and "Traceback" not in done.err


def test_only_the_owner_may_open_the_control_socket(own):
    assert (own.data_dir / "control.sock").stat().st_mode & 0o077 == 0
    assert own.data_dir.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "line",
    [
        b'{"do":"call","target":"identity.list_accounts","arguments":{},"token":"forged.x.y"}',
        b'{"do":"call","target":"identity.list_accounts","arguments":{}}',
        b'{"do":"explode","token":"x"}',
        b"not json",
        b"[]",
    ],
)
def test_the_control_socket_refuses_who_brings_no_signed_operator(own, line):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(own.data_dir / "control.sock"))
        peer.sendall(line + b"\n")
        answer = json.loads(peer.makefile().readline())
    assert answer["error"]["exc_type"] in ("NotAuthenticated", "RequestError", "NotFound")


def test_commands_reach_the_running_campus(own):
    done = own.azora("call", "library.add_resource", "title=From outside", "type=BOOK", "--json")
    assert done.code == 0, done.err
    assert (
        own.call("library.read_resource", id=json.loads(done.out)["id"])["title"] == "From outside"
    )


def test_an_empty_campus_holds_no_demonstration(new_campus):
    campus = new_campus(options=("--empty",))
    assert campus.call("library.list_resources")["items"] == []


def test_a_pod_lives_and_stays_unready_until_somebody_migrates(new_campus, postgresql):
    database = {"AZORA_DATABASE_URL": postgresql.new_database()}
    pod = new_campus(command=("run", "library"), probe="/healthz", environment=database)
    pod.eventually(lambda: "m0001" in pod.http.get("/readyz").text)
    assert pod.http.get("/readyz").status_code == 503
    assert pod.http.get("/api/library/resources").status_code == 503
    assert pod.azora("migrate", "library").code == 0
    pod.eventually(lambda: pod.http.get("/readyz").ok)
    assert pod.http.get("/api/library/resources").ok
