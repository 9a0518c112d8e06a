"""Webhooks and readers: signed, tried again, switched off with notice, rewound, sent once more."""

import pytest
from standardwebhooks.webhooks import WebhookVerificationError
from tests.plugins.nexus.conftest import add, event_of

from azora_nexus.subscriptions.signing import new_secret, without_sealed


def read(campus, made):
    return campus.call("nexus.read_subscription", id=made["id"])


def deliveries(campus, made):
    return campus.call("nexus.list_deliveries", id=made["id"])["items"]


def keys(receiver):
    return [body["partitionkey"] for body, _, _ in receiver.taken]


def test_an_event_is_sent_as_a_signed_cloudevent(campus, receiver, subscribe):
    made = subscribe(type="library.resource_added")
    id_ = add(campus, "Sent")["id"]
    campus.eventually(lambda: receiver.taken)
    body, headers, _ = receiver.taken[0]
    assert (body["specversion"], body["type"]) == ("1.0", "library.resource_added")
    assert (body["partitionkey"], body["data"]["title"]) == (id_, "Sent")
    assert headers["webhook-id"] == body["id"]
    assert headers["Content-Type"] == "application/cloudevents+json"
    assert receiver.verified(0, made["secret"])["id"] == body["id"]
    with pytest.raises(WebhookVerificationError):
        receiver.verified(0, new_secret())
    (sent,) = campus.eventually(
        lambda: [one for one in deliveries(campus, made) if one["state"] == "sent"]
    )
    assert (sent["event"], sent["status"], sent["attempts"]) == (body["id"], 204, 1)


def test_a_filter_decides_on_the_server_what_is_sent(campus, receiver, subscribe):
    wanted = add(campus, "Before")["id"]
    start = event_of(campus, wanted)["offset"]
    subscribe(filter=f"type LIKE 'library.%' AND partitionkey = '{wanted}'", offset=start)
    add(campus, "Unwanted")
    campus.call("library.remove_resource", id=wanted)
    campus.eventually(lambda: len(receiver.taken) == 2)
    assert keys(receiver) == [wanted, wanted]


def test_after_a_rotation_both_secrets_hold_for_a_while(campus, receiver, subscribe):
    made = subscribe(type="library.resource_added")
    newer = campus.call("nexus.rotate_secret", id=made["id"])
    add(campus)
    campus.eventually(lambda: receiver.taken)
    assert newer["secret"] != made["secret"]
    assert receiver.verified(0, newer["secret"]) == receiver.verified(0, made["secret"])


def test_a_failure_is_tried_again_then_parked_then_sent_once_more(campus, receiver, subscribe):
    receiver.answers = [500, 204, 503, 503]
    made = subscribe(type="library.resource_added")
    first = add(campus)["id"]
    campus.eventually(lambda: keys(receiver) == [first])
    second = add(campus)["id"]
    campus.eventually(lambda: read(campus, made)["parked"] == 1)
    assert receiver.refused == 3 and keys(receiver) == [first]
    parked = deliveries(campus, made)[0]
    assert (parked["state"], parked["status"], parked["attempts"]) == ("parked", 503, 2)
    assert campus.call("nexus.resend", id=made["id"])["count"] == 1
    campus.eventually(lambda: keys(receiver) == [first, second])


def test_an_address_that_is_gone_is_switched_off_with_notice(campus, receiver, subscribe):
    receiver.answers = [410]
    made = subscribe(type="library.resource_added")
    add(campus)
    found = campus.eventually(lambda: (row := read(campus, made))["state"] == "disabled" and row)
    assert "410" in found["reason"]
    notice = {"type": "nexus.webhook_disabled", "key": made["id"]}
    campus.eventually(lambda: campus.call("nexus.list_events", **notice)["items"])
    campus.call("nexus.resume_subscription", id=made["id"])
    campus.eventually(lambda: receiver.taken)


def test_a_paused_webhook_gets_what_came_meanwhile_and_a_rewound_one_all_of_it_again(
    campus, receiver, subscribe
):
    made = subscribe(type="library.resource_added")
    campus.call("nexus.pause_subscription", id=made["id"])
    start = read(campus, made)["offset"]
    ids = [add(campus)["id"], add(campus)["id"]]
    assert receiver.taken == []
    campus.call("nexus.resume_subscription", id=made["id"])
    campus.eventually(lambda: sorted(keys(receiver)) == sorted(ids))
    campus.eventually(lambda: read(campus, made)["waiting"] == 0)
    campus.call("nexus.rewind_subscription", id=made["id"], offset=start)
    campus.eventually(lambda: sorted(keys(receiver)) == sorted(ids * 2))
    assert len(set(receiver.events())) == 2


def test_a_reader_fetches_from_where_it_confirmed(campus, subscribe):
    made = subscribe(kind="reader", type="library.resource_added")
    assert made["secret"] == ""
    ids = [add(campus)["id"], add(campus)["id"]]

    def fetched(**asked):
        return campus.call("nexus.fetch_events", id=made["id"], **asked)

    campus.eventually(lambda: len(fetched()["items"]) == 2)
    one = fetched(limit=1)
    assert [event["key"] for event in one["items"]] == ids[:1]
    campus.call("nexus.confirm_events", id=made["id"], offset=one["next"])
    assert [event["key"] for event in fetched()["items"]] == ids[1:]


def test_an_address_inside_is_refused_where_nobody_allows_it(campus, subscribe):
    made = subscribe(type="library.resource_added", address="http://169.254.169.254/latest")
    add(campus)
    found = campus.eventually(lambda: [one for one in deliveries(campus, made) if one["answer"]])
    assert "inside this network" in found[0]["answer"] and found[0]["status"] is None


def test_a_secret_is_in_no_file_of_the_campus(campus, subscribe):
    made = subscribe()
    pure = made["secret"].removeprefix("whsec_").encode()
    files = [path for path in campus.data_dir.rglob("*") if path.is_file()]
    assert files and not [path for path in files if pure in path.read_bytes()]


def test_what_is_sealed_is_left_empty():
    assert without_sealed({"name": {"$sealed": "v1.k.x"}, "n": 1}) == {"name": None, "n": 1}


def test_pages_show_subscriptions_and_a_secret_once(campus, subscribe):
    made = subscribe(type="library.resource_removed")
    keeper = campus.as_account("nexus.read", "nexus.manage")
    assert f"/nexus/subscriptions/{made['id']}" in keeper.get("/nexus/subscriptions").text
    shown = keeper.get(f"/nexus/subscriptions/{made['id']}").text
    assert "library.resource_removed" in shown and made["secret"] not in shown
