"""A plugin that leaves a campus of processes takes its queues with it, and nobody else's."""

import pytest
from tests.upgrades.kept import HERE

BELL, COUNTER = "evt-library-resource_added--bell.ring", "evt-library-resource_added--library"


@pytest.fixture
def campus(new_campus, rabbitmq):
    """A campus with a plugin of somebody else's that listens to the library."""
    found = new_campus("distributed", environment={"PYTHONPATH": str(HERE / "bell")})
    vhost = found.broker.rpartition("/")[2]

    def queues():
        listed = rabbitmq.control("list_queues", "-p", vhost, "--no-table-headers", "name")
        return set(listed.split())

    def azora(*arguments):
        done = found.azora(*arguments)
        assert done.code == 0, done.err

    found.queues, found.run = queues, azora
    found._given |= {"AZORA_BROKER_URL": found.broker, "AZORA_DATABASE_URL": found.database}
    return found


def rung(campus):
    return campus.call("bell.list_rung")["resources"]


@pytest.mark.parametrize(
    "leaving",
    [
        ("plugins", "uninstall", "bell", "--data", "delete"),
        ("plugins", "disable", "bell", "--events", "drop"),
    ],
    ids=lambda arguments: arguments[1],
)
def test_its_queues_go_and_it_may_come_back(campus, leaving):
    first = campus.call("library.add_resource", title="First", type="BOOK")
    campus.eventually(lambda: first["id"] in rung(campus))
    assert BELL in campus.queues()
    campus.stop()
    campus.run(*leaving)
    left = campus.queues()
    assert not [name for name in left if "bell" in name]
    assert [name for name in left if name.startswith(COUNTER)]
    campus.start()
    unheard = campus.call("library.add_resource", title="Nobody rings", type="BOOK")
    assert BELL not in campus.queues()
    campus.stop()
    campus.run("plugins", "enable", "bell")
    campus.start()
    again = campus.call("library.add_resource", title="Again", type="BOOK")
    campus.eventually(lambda: again["id"] in rung(campus))
    assert unheard["id"] not in rung(campus)
    assert (first["id"] in rung(campus)) == (leaving[1] == "disable")
