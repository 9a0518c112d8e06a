"""What systemd hears of a campus in either body: ready, alive, stopping."""

import socket

import pytest

from azora.processes.notify import ServiceManager
from azora.testing.campus import BODIES


class Manager:
    """systemd's end of the socket."""

    def __init__(self, address):
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))
        self._socket.settimeout(20)

    def hears(self):
        return dict(line.split("=", 1) for line in self._socket.recv(4096).decode().splitlines())

    def hears_until(self, fact):
        """What was heard before, and the message that says `fact`."""
        heard = []
        while fact not in (message := self.hears()):
            heard.append(message)
        return heard, message

    def close(self):
        self._socket.close()


@pytest.fixture
def manager(tmp_path):
    made = Manager(str(tmp_path / "notify"))
    yield made
    made.close()


@pytest.mark.parametrize("body", BODIES)
def test_systemd_hears_when_it_is_ready_that_it_lives_and_when_it_stops(new_campus, manager, body):
    environment = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "300000"}
    campus = new_campus(body, environment=environment)
    heard, ready = manager.hears_until("READY")
    assert heard == []
    assert ready["STATUS"] == f"Serving {campus.url}"
    for _ in range(3):
        assert manager.hears() == {"WATCHDOG": "1"}
    campus.process.terminate()
    heard, _ = manager.hears_until("STOPPING")
    assert all(message == {"WATCHDOG": "1"} for message in heard)
    campus.stop()


def test_an_abstract_socket_serves_as_well(monkeypatch):
    manager = Manager("@azora-notify-of-a-test")
    monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
    ServiceManager().say("READY=1")
    assert manager.hears() == {"READY": "1"}
    manager.close()


@pytest.mark.parametrize("address", [None, "/nowhere/at/all"])
def test_where_nobody_listens_nothing_is_said(monkeypatch, address):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    ServiceManager().ready("http://127.0.0.1:8000")
