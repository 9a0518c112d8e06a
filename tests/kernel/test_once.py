"""A handler that is tried again repeats its calls; each takes effect once."""

import time

import eventlet
import peewee
import pytest
from tests.kernel.hosting import make_plugin, running

from azora import Conflict, Event, Reply, Request, Service, ServiceError, Table, on_event, operation
from azora.context import Context


class Post(Request):
    text: str


class Posted(Reply):
    number: int


class Ordered(Event):
    text: str


class Entry(Table):
    text = peewee.TextField()

    class Meta:
        personal = ()
        retention = "for the length of a test"


class Mark(Table):
    number = peewee.IntegerField()

    class Meta:
        personal = ()
        retention = "for the length of a test"


class Ledger(Service):
    calls: list = []

    @operation("POST /entries", public=True)
    def post(self, request: Post) -> Posted:
        self.calls.append(request.text)
        with self.transaction():
            entry = Entry.create(text=request.text)
        if request.text == "fail after commit" and len(self.calls) == 1:
            raise RuntimeError("after the commit")
        return Posted(number=entry.id)

    @operation("POST /twice", public=True)
    def post_twice(self, request: Post) -> Posted:
        self.call("ledger.post", request, Posted)
        return self.call("ledger.post", request, Posted)


class Shop(Service):
    failures = 0
    target = "ledger.post"

    @operation("POST /orders", public=True)
    def order(self, request: Post) -> None:
        self.emit(Ordered(text=request.text))

    @on_event("shop.ordered")
    def book(self, event: Ordered) -> None:
        first = self.call(Shop.target, Post(text=event.text), Posted)
        if Shop.failures:
            Shop.failures -= 1
            raise RuntimeError("the handler fails between its call and its transaction")
        with self.transaction():
            Mark.create(number=first.number)


@pytest.fixture
def campus(tmp_path):
    Ledger.calls.clear()
    Shop.failures, Shop.target = 0, "ledger.post"
    ledger = make_plugin("ledger", services=[Ledger], tables=[Entry])
    shop = make_plugin(
        "shop", services=[Shop], tables=[Mark], events=[Ordered], calls=["ledger.post*"]
    )
    with running(tmp_path, ledger, shop) as runtime:
        for name, table in (("ledger", Entry), ("shop", Mark)):
            database = runtime.hosted[name].database
            with database.altering():
                database.peewee.create_tables([table])
        yield runtime


def handled(campus):
    end = time.monotonic() + 15
    while not Mark.select().count():
        assert time.monotonic() < end, "the event was not handled in time"
        eventlet.sleep(0.02)
    return [entry.text for entry in Entry.select()]


def test_a_repeated_call_is_answered_as_before_and_takes_effect_once(campus):
    Shop.failures = 2
    campus.call("shop.order", Post(text="a"))
    assert handled(campus) == ["a"]
    assert Ledger.calls == ["a"]
    assert Mark.get().number == Entry.get().id


def test_different_events_make_different_calls(campus):
    campus.call("shop.order", Post(text="a"))
    handled(campus)
    campus.call("shop.order", Post(text="a"))
    end = time.monotonic() + 10
    while Mark.select().count() < 2 and time.monotonic() < end:
        eventlet.sleep(0.02)
    assert Entry.select().count() == 2


def test_a_keyed_call_may_make_the_same_call_twice_and_both_count(campus):
    Shop.failures, Shop.target = 1, "ledger.post_twice"
    campus.call("shop.order", Post(text="b"))
    assert handled(campus) == ["b", "b"]


def test_a_call_without_a_key_is_never_taken_for_another(campus):
    for _ in range(2):
        campus.call("ledger.post", Post(text="c"))
    assert Entry.select().count() == 2


def test_a_keyed_call_whose_answer_was_lost_is_not_made_again(campus):
    for failure, code in ((ServiceError, "internal"), (Conflict, "call_already_done")):
        context = Context(campus)
        context.key = "the-same-key"
        with pytest.raises(failure) as raised:
            campus.invoke(campus.operations["ledger.post"], Post(text="fail after commit"), context)
        assert raised.value.code == code
    assert Entry.select().count() == 1


class Till(Service):
    refused: list = []

    @on_event("shop.ordered", batch=10)
    def book_all(self, events: list[Ordered]) -> None:
        try:
            for event in events:
                self.call("ledger.post", Post(text=event.text), Posted)
        except Conflict as error:
            self.refused.append(error.code)
            raise


class Maker(Service):
    """Tells of orders, and hears of none."""


def test_a_batch_cannot_make_calls_of_which_none_knows_whose_they_are(tmp_path):
    """They are made for each event alone, and count once."""
    Ledger.calls.clear()
    ledger = make_plugin("ledger", services=[Ledger], tables=[Entry])
    shop = make_plugin("shop", services=[Maker], events=[Ordered])
    till = make_plugin("till", services=[Till], calls=["ledger.post"])
    with running(tmp_path, ledger, shop, till) as runtime:
        database = runtime.hosted["ledger"].database
        with database.altering():
            database.peewee.create_tables([Entry])
        runtime.hosted["shop"].emit_many([Ordered(text=text) for text in "abc"])
        end = time.monotonic() + 15
        while Entry.select().count() < 3:
            assert time.monotonic() < end, "the events were not handled in time"
            eventlet.sleep(0.02)
        assert sorted(entry.text for entry in Entry.select()) == ["a", "b", "c"]
    assert set(Till.refused) == {"call_in_batch"}
