"""Calls between plugins of one process: the same rules as over a broker, without one."""

import time

import eventlet
import peewee
import pytest
from pydantic import Field
from tests.kernel.hosting import acting_as, make_plugin, running
from tests.pace import quickest

from azora import (
    Conflict,
    DeadlineExceeded,
    Invalid,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Permission,
    Reply,
    Request,
    Service,
    ServiceError,
    Table,
    Unavailable,
    needs,
    operation,
)
from azora.errors import AzoraError


class Ask(Request):
    text: str = Field("", max_length=20)
    seconds: float = 0.0
    tags: list[str] = []


class Answer(Reply):
    text: str
    tags: list[str] = []


class Kept(Table):
    text = peewee.TextField()

    class Meta:
        personal = ()
        retention = "for the length of a test"


class Strange(NotFound):
    """A plugin's own error class, which must reach a caller as what it stands for."""


class Echo(Service):
    attempts = {"flaky": 0, "broken": 0}
    seen = []

    @operation("POST /echo", public=True)
    def echo(self, request: Ask) -> Answer:
        self.seen.append(request)
        return Answer(text=request.text, tags=request.tags)

    @operation("POST /whoami", permission="echo.use")
    def whoami(self, request: Ask) -> Answer:
        return Answer(text=self.actor.id)

    @operation("POST /nap", public=True, timeout=0.3)
    def nap(self, request: Ask) -> Answer:
        eventlet.sleep(request.seconds)
        return Answer(text="rested")

    @operation("POST /spin", public=True, timeout=0.1)
    def spin(self, request: Ask) -> Answer:
        end = time.monotonic() + request.seconds
        while time.monotonic() < end:
            pass
        return Answer(text="dizzy")

    @operation("GET /flaky", public=True)
    def flaky(self, request: Ask) -> Answer:
        self.attempts["flaky"] += 1
        if self.attempts["flaky"] < 3:
            raise Unavailable("not yet")
        return Answer(text="third time")

    @operation("POST /broken", public=True)
    def broken(self, request: Ask) -> Answer:
        self.attempts["broken"] += 1
        raise Unavailable("never")

    @operation("POST /crash", public=True)
    def crash(self, request: Ask) -> Answer:
        raise ZeroDivisionError("a secret in a message")

    @operation("POST /strange", public=True)
    def strange(self, request: Ask) -> Answer:
        raise Strange("nobody", code="echo.nobody")

    @operation("POST /narrow", public=True, concurrency=2, timeout=5)
    def narrow(self, request: Ask) -> Answer:
        eventlet.sleep(0.02)
        return Answer(text="through")


@needs("echo")
class EchoClient:
    def echo(self, request: Ask) -> Answer: ...

    def nap(self, request: Ask) -> Answer: ...

    def whoami(self, request: Ask) -> Answer: ...


class Relay(Service):
    echo = EchoClient()

    @operation("POST /forward", public=True)
    def forward(self, request: Ask) -> Answer:
        return self.echo.echo(request)

    @operation("POST /forward-who", public=True)
    def forward_who(self, request: Ask) -> Answer:
        return self.echo.whoami(request)

    @operation("POST /beyond", public=True)
    def beyond(self, request: Ask) -> Answer:
        return self.call("echo.flaky", request, Answer)

    @operation("POST /inside", public=True)
    def inside(self, request: Ask) -> Answer:
        with self.transaction():
            Kept.create(text="never kept")
            return self.echo.echo(request)

    @operation("POST /timed-out", public=True, timeout=0.1)
    def timed_out(self, request: Ask) -> Answer:
        with self.transaction():
            Kept.create(text="rolled back")
            eventlet.sleep(5)
        return Answer(text="never")

    @operation("POST /count", public=True)
    def count(self, request: Ask) -> Answer:
        return Answer(text=str(Kept.select().count()))

    @operation("POST /there", public=True, concurrency=2, timeout=5)
    def there(self, request: Ask) -> Answer:
        eventlet.sleep(0.001)
        return self.call("echo.back", request, Answer)

    @operation("POST /again", public=True, concurrency=2)
    def again(self, request: Ask) -> Answer:
        return Answer(text="and again")


class Back(Service):
    @operation("POST /back", public=True, concurrency=2)
    def back(self, request: Ask) -> Answer:
        eventlet.sleep(0.001)
        return self.call("relay.again", request, Answer)


def m0001_kept(schema):
    schema.create_tables(Kept)


def m0001_kept_down(schema):
    schema.drop_tables(Kept)


@pytest.fixture
def campus(tmp_path):
    Echo.attempts.update(flaky=0, broken=0)
    Echo.seen.clear()
    use, calls = Permission("echo.use", "Echo"), ["echo.back"]
    echo = make_plugin("echo", services=[Echo, Back], permissions=[use], calls=["relay.again"])
    relay = make_plugin("relay", services=[Relay], needs=[EchoClient], calls=calls, tables=[Kept])
    with running(tmp_path, echo, relay) as runtime:
        with runtime.hosted["relay"].database.altering():
            runtime.hosted["relay"].database.peewee.create_tables([Kept])
        yield runtime


def test_a_typed_client_reaches_the_other_plugin(campus):
    assert campus.call("relay.forward", Ask(text="hello")).text == "hello"


def test_a_call_copies_so_that_plugins_share_no_object(campus):
    request = Ask(text="x", tags=["a"])
    reply = campus.call("echo.echo", request, Answer)
    reply.tags.append("b")
    assert Echo.seen[0] is not request
    assert Echo.seen[0].tags == ["a"]


def test_a_request_that_does_not_fit_names_the_field(campus):
    with pytest.raises(Invalid) as refusal:
        campus.call("echo.echo", {"text": "x" * 21})
    assert refusal.value.fields[0]["field"] == "text"
    assert refusal.value.fields[0]["code"] == "string_too_long"
    assert "x" * 21 not in str(refusal.value.fields)


def test_unknown_fields_are_ignored_between_plugins(campus):
    assert campus.call("echo.echo", {"text": "x", "from_the_future": 1}).text == "x"


def test_silence_denies(campus):
    with pytest.raises(NotAuthenticated):
        campus.call("echo.whoami", Ask())
    with pytest.raises(NotAllowed):
        campus.call("echo.whoami", Ask(), context=acting_as(campus, "user:1", "echo.other"))
    assert (
        campus.call("echo.whoami", Ask(), context=acting_as(campus, "user:1", "echo.use")).text
        == "user:1"
    )


def test_the_callers_actor_travels_along_the_chain(campus):
    context = acting_as(campus, "user:7", "echo.use")
    assert campus.call("relay.forward_who", Ask(), context=context).text == "user:7"


def test_a_slow_operation_fails_at_its_deadline(campus):
    def call():
        with pytest.raises(DeadlineExceeded):
            campus.call("echo.nap", Ask(seconds=5))

    assert quickest(call, 1.0) <= 1.0
    assert campus.hosted["echo"].in_flight == 0


def test_the_callers_timeout_counts_when_it_is_shorter(campus):
    def call():
        with pytest.raises(DeadlineExceeded):
            campus.call("echo.nap", Ask(seconds=0.25), timeout=0.05)

    assert quickest(call, 0.2) <= 0.2


def test_code_that_never_yields_is_caught_at_its_return(campus):
    with pytest.raises(DeadlineExceeded, match="too late"):
        campus.call("echo.spin", Ask(seconds=0.15))


def test_an_outer_timeout_of_the_callers_own_passes_through(campus):
    with eventlet.Timeout(0.05, False):
        campus.call("echo.nap", Ask(seconds=0.25))
    assert campus.hosted["echo"].in_flight == 0
    assert campus.call("echo.echo", Ask(text="still here")).text == "still here"


def test_an_idempotent_operation_is_tried_again(campus):
    assert campus.call("echo.flaky", Ask()).text == "third time"


def test_any_other_is_tried_once(campus):
    with pytest.raises(Unavailable):
        campus.call("echo.broken", Ask())
    assert Echo.attempts["broken"] == 1


def test_the_breaker_opens_after_failures_in_a_row_and_says_so(campus):
    failures = campus.settings.breaker_failures
    for _ in range(failures):
        with pytest.raises(Unavailable):
            campus.call("echo.broken", Ask())
    with pytest.raises(Unavailable) as refusal:
        campus.call("echo.broken", Ask())
    assert refusal.value.code == "breaker_open"
    assert refusal.value.sent == "not_sent"
    assert Echo.attempts["broken"] == failures
    assert campus.call("echo.echo", Ask(text="others go on")).text == "others go on"


def test_an_unexpected_error_reaches_the_caller_without_its_message(campus):
    with pytest.raises(ServiceError) as failure:
        campus.call("echo.crash", Ask())
    assert failure.value.code == "internal"
    assert "secret" not in failure.value.detail


def test_a_plugins_own_subclass_keeps_its_code(campus):
    with pytest.raises(NotFound) as failure:
        campus.call("echo.strange", Ask())
    assert failure.value.code == "echo.nobody"


def test_a_call_that_is_not_declared_is_refused(campus):
    with pytest.raises(NotAllowed) as refusal:
        campus.call("relay.beyond", Ask())
    assert refusal.value.code == "call_not_declared"
    assert "relay does not declare that it calls echo.flaky" in refusal.value.detail


def test_a_call_inside_a_transaction_is_refused_and_rolls_back(campus):
    with pytest.raises(Conflict) as refusal:
        campus.call("relay.inside", Ask())
    assert refusal.value.code == "call_in_transaction"
    assert campus.call("relay.count", Ask()).text == "0"


def test_a_transaction_that_is_timed_out_leaves_nothing_and_no_lock(campus):
    with pytest.raises(DeadlineExceeded):
        campus.call("relay.timed_out", Ask())
    assert campus.call("relay.count", Ask()).text == "0"
    with campus.hosted["relay"].database.transaction():
        Kept.create(text="free again")
    assert campus.call("relay.count", Ask()).text == "1"


def test_a_chain_that_comes_back_does_not_deadlock_on_bounded_slots(campus):
    calls = [eventlet.spawn(campus.call, "relay.there", Ask(), Answer) for _ in range(16)]
    assert {call.wait().text for call in calls} == {"and again"}


def test_more_callers_than_slots_wait_and_too_many_are_turned_away(campus):
    calls = [eventlet.spawn(campus.caller.call, "echo.narrow", Ask()) for _ in range(40)]
    outcomes = []
    for call in calls:
        try:
            outcomes.append(call.wait().text)
        except AzoraError as error:
            outcomes.append(error.code)
    assert outcomes.count("through") >= 18
    assert set(outcomes) == {"through", "overloaded"}


def test_an_operation_that_nobody_offers_is_named(campus):
    with pytest.raises(Unavailable, match=r"nowhere\.thing"):
        campus.call("nowhere.thing", {})


def test_a_plugin_whose_provider_is_absent_runs_unready_and_says_whom_it_awaits(tmp_path):
    with running(tmp_path, make_plugin("relay", services=[Relay], needs=[EchoClient])) as runtime:
        assert runtime.waiting() == {"relay": "awaits echo"}
        assert runtime.readiness() == {"relay": "awaits echo"}
        with pytest.raises(Unavailable, match=r"echo\.echo"):
            runtime.call("relay.forward", Ask())


def test_one_plugin_that_waits_does_not_make_the_whole_process_unready(tmp_path):
    @needs("nobody")
    class Nobody:
        def ask(self, request: Ask) -> Answer: ...

    echo = make_plugin("echo", services=[Echo], permissions=[Permission("echo.use", "Echo")])
    with running(tmp_path, echo, make_plugin("lonely", needs=[Nobody])) as runtime:
        assert runtime.waiting() == {"lonely": "awaits nobody"}
        assert runtime.readiness() == {}


def test_a_plugin_that_fails_at_its_start_is_refused_alone(tmp_path):
    def startup(self, plugin):
        raise ZeroDivisionError("at start")

    echo = make_plugin("echo", services=[Echo], permissions=[Permission("echo.use", "Echo")])
    with running(tmp_path, echo, make_plugin("bad", hooks={"startup": startup})) as runtime:
        assert runtime.registry.refused == {"bad": "ZeroDivisionError: at start"}
        assert runtime.call("echo.echo", Ask(text="on")).text == "on"
