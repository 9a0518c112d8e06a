"""A webhook that took nothing for days is switched off with notice, and goes on once somebody says so."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from tests.plugins.nexus.conftest import add, event_of

FAR_MORE_THAN_IT_TAKES = 100
_SET = (
    "UPDATE {table} SET failing_since = '{moment}' WHERE id = '{id}' AND failing_since IS NOT NULL"
)


@pytest.fixture
def failing_for(campus):
    """`failing_for(webhook, days)`: as though the webhook, which fails, had failed for so long."""

    def failing_for(webhook, days):
        moment = datetime.now(UTC) - timedelta(days=days)
        facts = {"moment": f"{moment:%Y-%m-%d %H:%M:%S.%f}", "id": webhook["id"]}
        if campus.body == "embedded":
            path = campus.data_dir / "db" / "nexus.db"
            with closing(sqlite3.connect(path, timeout=10)) as database, database:
                done = database.execute(_SET.format(table="nexus_subscription", **facts))
                assert done.rowcount == 1
            return
        with closing(psycopg2.connect(campus.database)) as database, database:
            cursor = database.cursor()
            cursor.execute(_SET.format(table="nexus.nexus_subscription", **facts))
            assert cursor.rowcount == 1

    return failing_for


@pytest.fixture
def webhook(subscribe):
    return subscribe(type="library.resource_added")


def shown(campus, webhook):
    return campus.call("nexus.read_subscription", id=webhook["id"])


def fail_once_more(campus, webhook, receiver):
    """Add a book whose event is not taken, however often it is tried; the subscription afterwards."""
    receiver.answers = [503] * FAR_MORE_THAN_IT_TAKES
    before, parked = receiver.refused, shown(campus, webhook)["parked"]
    add(campus)

    def settled():
        now = shown(campus, webhook)
        over = now["parked"] > parked or now["state"] == "disabled"
        return receiver.refused > before and over and now

    return campus.eventually(settled)


def test_after_five_days_without_success_it_is_switched_off_and_says_so(
    campus, receiver, webhook, failing_for
):
    assert fail_once_more(campus, webhook, receiver)["state"] == "active"
    failing_for(webhook, 4.9)
    assert fail_once_more(campus, webhook, receiver)["state"] == "active"
    failing_for(webhook, 5.1)
    off = fail_once_more(campus, webhook, receiver)
    assert off["state"] == "disabled" and off["reason"].endswith(" UTC: 503")
    notice = event_of(campus, webhook["id"], "nexus.webhook_disabled")
    told = campus.call("nexus.read_event", id=notice["id"])["data"]
    assert (told["subscription"], told["reason"]) == (webhook["id"], off["reason"])
    keeper = campus.as_account("nexus.read")
    assert "Nothing was taken since" in keeper.get(f"/nexus/subscriptions/{webhook['id']}").text


def test_one_success_begins_the_days_anew(campus, receiver, webhook, failing_for):
    fail_once_more(campus, webhook, receiver)
    failing_for(webhook, 30)
    receiver.answers = []
    taken = add(campus)["id"]
    campus.eventually(lambda: taken in [body["partitionkey"] for body, _, _ in receiver.taken])
    assert fail_once_more(campus, webhook, receiver)["state"] == "active"


def test_switched_on_again_it_is_sent_what_came_meanwhile(campus, receiver, webhook, failing_for):
    fail_once_more(campus, webhook, receiver)
    failing_for(webhook, 6)
    assert fail_once_more(campus, webhook, receiver)["state"] == "disabled"
    meanwhile, refused = add(campus)["id"], receiver.refused
    event_of(campus, meanwhile)
    receiver.answers = []
    assert (receiver.refused, receiver.taken) == (refused, [])
    resumed = campus.call("nexus.resume_subscription", id=webhook["id"])
    assert (resumed["state"], resumed["reason"]) == ("active", "")
    campus.eventually(lambda: meanwhile in [body["partitionkey"] for body, _, _ in receiver.taken])
