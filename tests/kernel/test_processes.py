"""A process per plugin behind one front, over RabbitMQ and PostgreSQL."""

import os
import signal
import threading
from pathlib import Path

import pytest
import requests

from azora.testing.campus import Client


@pytest.fixture(scope="module")
def campus(new_module_campus):
    return new_module_campus("distributed")


def processes(campus):
    """The pids of a campus's children by name."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(
                line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line
            )
        except OSError:
            continue
        if facts["PPid"] == str(campus.process.pid):
            found[facts["Name"].removeprefix("azora:")] = int(facts["Pid"])
    return found


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_each_plugin_and_the_front_have_a_process_of_their_own(campus):
    assert {"identity", "library", "web", "front"} <= processes(campus).keys()


@pytest.mark.parametrize("name", ["library", "front"])
def test_a_killed_process_starts_again(campus, name):
    before = processes(campus)[name]
    os.kill(before, signal.SIGKILL)
    campus.eventually(lambda: processes(campus).get(name, before) != before)
    campus.eventually(campus.answers)
    answer = campus.http.get("/api/library/resources")
    assert answer.ok, answer.text


def test_a_request_waits_for_a_process_that_is_being_restarted(campus):
    os.kill(processes(campus)["library"], signal.SIGKILL)
    answer = campus.http.get("/api/library/resources")
    assert answer.ok, answer.text


def test_one_address_serves_every_plugin_its_pages_and_its_files(campus):
    client = campus.sign_in()
    for path in ("/api/library/resources", "/api/identity/me", "/", "/static/shell/shell.css"):
        assert client.get(path).ok, path


def test_an_address_that_nobody_owns_is_not_found(campus):
    assert campus.http.get("/api/nobody/nothing").status_code == 404
    assert campus.http.get("/nowhere").status_code == 404


def test_openapi_is_of_all_plugins(campus):
    paths = campus.http.get("/api/openapi.json").json()["paths"]
    assert "/api/library/resources" in paths and "/api/identity/me" in paths
    assert campus.http.get("/api/docs").ok


def test_a_batch_goes_to_several_processes_as_one_actor(campus):
    asked = [{"path": "/api/identity/me"}, {"path": "/api/library/resources?limit=1"}]
    answer = campus.sign_in().post("/api/batch", json={"requests": asked})
    assert [each["status"] for each in answer.json()["responses"]] == [200, 200]
    assert answer.json()["responses"][0]["body"]["name"] == "Administrator"


def test_readiness_names_the_process_that_does_not_answer(campus):
    web = processes(campus)["web"]
    os.kill(web, signal.SIGSTOP)
    try:
        unready = campus.http.get("/readyz")
    finally:
        os.kill(web, signal.SIGCONT)
    assert (unready.status_code, list(unready.json()["awaits"])) == (503, ["web"])
    campus.eventually(campus.answers)


def test_a_client_cannot_say_who_it_is_with_forwarded_headers(campus):
    forged = {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https"}
    answer = campus.http.get("/", headers=forged)
    assert "Strict-Transport-Security" not in answer.headers


def test_a_large_upload_and_its_download_pass_through_unchanged(campus):
    client = campus.sign_in()
    content = os.urandom(3_000_000)
    made = client.post(
        "/api/library/resources", json={"title": "Recording", "type": "VIDEO"}
    ).json()
    sent = client.post(
        f"/api/library/resources/{made['id']}/file", files={"file": ("talk.webm", content)}
    )
    assert sent.ok, sent.text
    assert client.get(f"/api/library/resources/{made['id']}/file").content == content


def test_a_call_crosses_processes_and_an_event_comes_home(campus):
    category = f"Crossing {os.getpid()}"
    campus.call("library.add_resource", title="Crossing", type="BOOK", category=category)
    campus.eventually(lambda: category in campus.http.get("/api/library/categories").text)


def test_stopping_answers_what_is_running_and_leaves_no_process(new_campus):
    campus = new_campus("distributed")
    children = processes(campus)
    failed, going = [], threading.Event()

    def ask():
        with Client(campus.url) as client:
            while not going.is_set():
                try:
                    if client.get("/api/library/resources").status_code >= 500:
                        failed.append("refused")
                except requests.ConnectionError:
                    return

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    campus.stop()
    going.set()
    for asker in askers:
        asker.join()
    assert campus.process.returncode == 0
    assert failed == []
    assert all(is_gone(pid) for pid in children.values())


def test_children_end_with_a_supervisor_that_is_killed(new_campus):
    campus = new_campus("distributed")
    children = processes(campus)
    os.kill(campus.process.pid, signal.SIGKILL)
    campus.process.wait()
    campus.eventually(lambda: all(is_gone(pid) for pid in children.values()), 15)


def test_without_its_broker_a_campus_says_what_it_awaits(new_campus, postgresql):
    database = postgresql.new_database()
    options = (
        "--processes",
        "--broker",
        "amqp://guest:guest@127.0.0.1:1//",
        "--database",
        database,
    )
    campus = new_campus(options=options, probe="/healthz")
    campus.eventually(lambda: "the broker cannot be reached" in campus.http.get("/readyz").text)
    assert campus.http.get("/readyz").status_code == 503


def test_an_address_that_is_taken_ends_all_of_it_with_one_line(campus, tmp_path):
    broker = "amqp://guest:guest@127.0.0.1:1//"
    taken = ("--port", str(campus.port), "--data", str(tmp_path))
    done = campus.azora("up", "--processes", "--broker", broker, *taken)
    assert done.code == 1
    assert str(campus.port) in done.err and "Traceback" not in done.err
