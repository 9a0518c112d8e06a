"""Events of a type that is kept for no time: shown to nobody, given to nobody, and forgotten."""

import secrets

from tests.plugins.nexus.conftest import add_told, event_of


def ring_unseen(campus):
    """Ring a bell, which is kept for no time; who joined behind it, once that is in the index."""
    person = secrets.token_hex(6)
    campus.call("school.ring", bell=person)
    campus.call("school.join", person=person, name="Sipho")
    return event_of(campus, person, "school.joined")


def test_what_is_kept_for_no_time_is_in_no_stretch_and_no_list(campus):
    _, before = add_told(campus)
    ring_unseen(campus)
    page = campus.call("nexus.read_log", offset=before["offset"], limit=100)
    types = {one["type"] for one in page["items"]}
    assert "school.joined" in types and "school.rang" not in types
    assert campus.call("nexus.list_events", type="school.rang")["items"] == []


def test_it_is_sent_to_no_webhook_and_no_reader(campus, receiver, subscribe):
    _, before = add_told(campus)
    asked = {"type": "school.*", "offset": before["offset"]}
    subscribe(**asked)
    reader = subscribe(kind="reader", **asked)
    joined = ring_unseen(campus)
    campus.eventually(lambda: joined["id"] in receiver.events())
    fetched = campus.call("nexus.fetch_events", id=reader["id"])["items"]
    types = {one["type"] for one in fetched} | {body["type"] for body, _, _ in receiver.taken}
    assert types == {"school.joined"}


def test_the_nightly_job_forgets_it(campus):
    ring_unseen(campus)
    add_told(campus)
    assert campus.call("nexus.forget_events")["count"] >= 1
