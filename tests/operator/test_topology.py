"""What a plugin must have at the broker is known from the names of its queues."""

from hypothesis import given
from hypothesis import strategies as st

from azora_operator.topology import Binding, missing

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
QUORUM = {"x-queue-type": "quorum"}


@given(NAMES, st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=4, unique=True), st.booleans())
def test_what_is_declared_again_lacks_nothing(plugin, handlers, asleep):
    queues = {f"evt-{source}-{event}--{plugin}.{by}": QUORUM for source, event, by in handlers}
    queues[f"rpc-{plugin}"] = {}
    gone = missing(plugin, {}, set(), queues, asleep=asleep)
    assert gone.queues == (queues if asleep else {})
    there = missing(plugin, queues, set(), queues, asleep=asleep)
    assert not there.queues
    assert len(there.bindings) == len(queues)
    assert not missing(plugin, queues, set(there.bindings), queues, asleep=asleep)


def test_names_are_those_of_nameko():
    queues = {"rpc-library": {}, "evt-identity-person_erased--library.forget": QUORUM}
    assert missing("library", queues, set(), {}, asleep=False).bindings == [
        Binding("identity.events", "evt-identity-person_erased--library.forget", "person_erased"),
        Binding("nameko-rpc", "rpc-library", "library.*"),
    ]


def test_queue_of_a_plugin_that_runs_is_left_to_the_plugin():
    assert not missing("library", {}, set(), {"rpc-library": {}}, asleep=False)


def test_it_says_what_it_is_about():
    gone = missing("library", {}, set(), {"rpc-library": {}}, asleep=True)
    assert str(gone) == "rpc-library, nameko-rpc → rpc-library"
