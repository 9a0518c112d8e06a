"""Of a person who was erased nothing readable is left where nexus keeps, shows and sends events."""

import secrets

import pytest
from tests.plugins.nexus.conftest import event_of


@pytest.fixture
def folders(request, campus):
    """Where anything of the campus may rest: its own folder, the broker's and the database's."""
    servers = ("rabbitmq", "postgresql") if campus.body == "distributed" else ()
    return [campus.directory, *(request.getfixturevalue(name).directory for name in servers)]


def holding(folders, words):
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    ]


def parked_of(campus, person):
    items = campus.call("nexus.list_parked", plugin="school")["items"]
    return next((one for one in items if one["key"] == person), None)


def test_who_is_erased_is_readable_nowhere(campus, receiver, subscribe, folders):
    person, name = secrets.token_hex(8), f"Nokuthula {secrets.token_hex(8)}"
    receiver.answers = [500, 500]
    webhook = subscribe(type="school.joined")
    campus.call("school.join", person=person, name=name)
    event = event_of(campus, person, "school.joined")
    parked = campus.eventually(lambda: parked_of(campus, person))

    def failed():
        return campus.call("nexus.read_subscription", id=webhook["id"])["parked"]

    campus.eventually(failed)
    assert campus.call("school.erase_subject", subject=person)["sealed"]
    assert campus.call("nexus.resend", id=webhook["id"])["count"] == 1
    campus.eventually(lambda: receiver.taken)
    body, _, sent = receiver.taken[0]
    assert (body["data"]["person"], body["data"]["name"]) == (person, None)
    assert person.encode() in sent and name.encode() not in sent
    reader = campus.as_account("nexus.read", "nexus.repair")
    for page in (f"/nexus/events/{event['id']}", f"/nexus/parked/school/greet/{parked['id']}"):
        assert person in (shown := reader.get(page).text) and name not in shown
    assert holding(folders, person)
    assert holding(folders, name) == []


def test_a_parked_event_cannot_be_made_to_tell_a_name_in_clear(campus):
    person = secrets.token_hex(8)
    campus.call("school.join", person=person, name="Sipho")
    parked = campus.eventually(lambda: parked_of(campus, person))
    keeper = campus.as_account("nexus.read", "nexus.repair")
    edit = f"/api/nexus/parked/school/greet/{parked['id']}/edit"
    clear = f'{{"person": "{person}", "name": "Sipho"}}'
    refused = keeper.post(edit, json={"data": clear})
    assert (refused.status_code, refused.json()["code"]) == (422, "events.personal_in_clear")
    empty = clear.replace('"Sipho"', "null")
    assert keeper.post(edit, json={"data": empty}).json()["count"] == 1
