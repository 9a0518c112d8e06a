"""The warning before the disk is full: in the log, the metrics, the probes and the doctor."""

import json
import shutil
from types import SimpleNamespace

import pytest
from tests.kernel.hosting import make_plugin, running

from azora.doctor import findings
from azora.http import Gateway
from azora.http.exchange import HttpRequest
from azora.loader import load_registry
from azora.nodes import this_node
from azora.rpc.presence import Presence

GB = 1_000_000_000
SPACE = {"enough": 5 * GB, "low": GB // 2, "full": GB // 100}


@pytest.fixture
def disk(monkeypatch):
    """Sets how many bytes are free."""

    def free(room):
        usage = SimpleNamespace(total=50 * GB, used=50 * GB - SPACE[room], free=SPACE[room])
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    free("enough")
    return free


def told(capfd, event):
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    return [line["attributes"]["space"] for line in lines if line["body"] == event]


def test_a_disk_that_fills_up_is_told_once_and_again_when_it_is_worse(tmp_path, disk, capfd):
    with running(tmp_path, make_plugin("shop")) as runtime:
        runtime.condition.look()
        assert runtime.condition.notices == {}
        disk("low")
        for _ in range(3):
            runtime.condition.look()
        assert told(capfd, "disk_nearly_full") == ["0.5 GB of 50 GB are free"]
        disk("full")
        runtime.condition.look()
        assert told(capfd, "disk_full") == ["0.0 GB of 50 GB are free"]
        disk("enough")
        runtime.condition.look()
        assert told(capfd, "disk_has_room") == ["5.0 GB of 50 GB are free"]
        assert runtime.condition.notices == {}


def test_a_probe_is_ready_and_says_what_keepers_should_see_to(tmp_path, disk):
    with running(tmp_path, make_plugin("shop")) as runtime:
        disk("low")
        runtime.condition.look()
        answer = Gateway(runtime).respond(HttpRequest("GET", "/readyz"))
        assert answer.status == 200
        assert json.loads(answer.body)["notices"] == {"disk": "0.5 GB of 50 GB are free"}
        assert runtime.nodes()[0].notices == {"disk": "0.5 GB of 50 GB are free"}
        assert b"azora_disk_free_bytes 5e+08" in runtime.metrics.render()


@pytest.mark.parametrize(
    ("room", "severity"), [("enough", "ok"), ("low", "warning"), ("full", "problem")]
)
def test_the_doctor_judges_the_disk_by_the_settings(tmp_path, disk, room, severity):
    disk(room)
    with running(tmp_path, make_plugin("shop")) as runtime:
        found = findings(runtime.settings, load_registry([], installed=False))
    assert [one.severity for one in found if (one.area, one.name) == ("data", "disk")] == [severity]


def test_a_newer_process_that_says_more_of_itself_is_still_heard_of():
    presence = Presence(SimpleNamespace(add_step=lambda step: None), {})
    about = this_node({"shop": "2"}).to_dict() | {"mood": "sunny", "troubles": {"shop": "is shut"}}
    presence._on_said(SimpleNamespace(body=json.dumps(about)))
    assert presence.nodes()[0].troubles == {"shop": "is shut"}
    presence._on_said(SimpleNamespace(body="[]"))
    assert len(presence.nodes()) == 1
