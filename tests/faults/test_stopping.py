"""SIGTERM while calls are being worked on: each of them is still answered, and nothing is lost."""

import signal
import threading

import pytest
from tests.faults.load import counted_in, titles_in

from azora.testing.campus import BODIES

CALLERS = 4
RECORDS = {"embedded": 500, "distributed": 200}
"""In each call: together they take a second or two, well within the grace at shutdown."""


class Imports:
    """Long calls, each in a thread and with a category of its own; `answers` holds what they got."""

    def __init__(self, client, records):
        self._client = client
        self._records = records
        self.answers = {}
        self._threads = [
            threading.Thread(target=self._ask, args=(f"Import {n}",), daemon=True)
            for n in range(CALLERS)
        ]
        for thread in self._threads:
            thread.start()

    def _ask(self, mark):
        records = [
            {"key": str(n), "title": f"{mark} {n}", "type": "BOOK", "category": mark}
            for n in range(self._records)
        ]
        given = {"source": mark.replace(" ", "-"), "records": records}
        try:
            answer = self._client.post("/api/library/imports", json=given, timeout=60)
            self.answers[mark] = answer.status_code
        except OSError as error:
            self.answers[mark] = repr(error)

    def wait(self):
        for thread in self._threads:
            thread.join(60)


@pytest.mark.parametrize("body", BODIES)
def test_calls_in_flight_at_sigterm_are_all_answered(new_campus, body):
    campus = new_campus(body)
    client = campus.sign_in()
    marks = [f"Import {n}" for n in range(CALLERS)]
    records = RECORDS[body]
    imports = Imports(client, records)
    campus.eventually(lambda: any(begun(client, mark) for mark in marks), 20)
    assert len(imports.answers) < CALLERS, "the calls were over before the signal came"
    campus.process.send_signal(signal.SIGTERM)
    imports.wait()
    assert imports.answers == dict.fromkeys(marks, 201)
    campus.process.wait(30)
    assert campus.process.returncode == 0
    campus.start()
    for mark in marks:
        assert len(titles_in(campus, mark)) == records
        campus.eventually(lambda mark=mark: counted_in(campus, mark) == records, 15)


def begun(client, mark):
    """Whether the first records of an import are stored."""
    return client.get("/api/library/resources", params={"category": mark, "limit": 1}).json()[
        "items"
    ]
