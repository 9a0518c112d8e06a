"""SIGTERM while calls are being worked on: each of them is still answered, and nothing is lost."""

import http.client
import json
import signal
import socket

import pytest
import requests
from tests.faults.load import counted_in, titles_in

from azora.testing.campus import BODIES

CALLERS = 4
RECORDS = 200
"""In each call: together they take a second or two, well within the grace at shutdown."""


class LongCall:
    """An import that the campus has begun to read: what it said to Expect shows that it has it in hand."""

    def __init__(self, client, mark):
        records = [
            {"key": str(n), "title": f"{mark} {n}", "type": "BOOK", "category": mark}
            for n in range(RECORDS)
        ]
        self._body = json.dumps({"source": mark.replace(" ", "-"), "records": records}).encode()
        address = client.url.removeprefix("http://")
        host, port = address.split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=60)
        headers = {
            "Host": address,
            "Origin": client.url,
            "Cookie": requests.cookies.get_cookie_header(client.cookies, _request(client.url)),
            "Content-Type": "application/json",
            "Content-Length": len(self._body),
            "Expect": "100-continue",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._socket.sendall(f"POST /api/library/imports HTTP/1.1\r\n{lines}\r\n".encode())
        assert self._socket.recv(1000).startswith(b"HTTP/1.1 100 ")

    def go_on(self):
        """Send the rest, after which the campus works on it."""
        self._socket.sendall(self._body)

    def answer(self):
        response = http.client.HTTPResponse(self._socket)
        response.begin()
        response.read()
        return response.status


@pytest.mark.parametrize("body", BODIES)
def test_calls_in_flight_at_sigterm_are_all_answered(new_campus, body):
    campus = new_campus(body)
    client = campus.sign_in()
    marks = [f"Import {n}" for n in range(CALLERS)]
    calls = [LongCall(client, mark) for mark in marks]
    for call in calls:
        call.go_on()
    campus.process.send_signal(signal.SIGTERM)
    assert [call.answer() for call in calls] == [201] * CALLERS
    campus.process.wait(30)
    assert campus.process.returncode == 0
    campus.start()
    for mark in marks:
        assert len(titles_in(campus, mark)) == RECORDS
        campus.eventually(lambda mark=mark: counted_in(campus, mark) == RECORDS, 15)


def _request(url):
    return requests.Request("POST", url).prepare()
