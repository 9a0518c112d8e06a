"""A broker of three nodes, of which one is killed under load: the two others carry everything on."""

import subprocess
import sys

import eventlet
import pytest
from eventlet import tpool
from tests.faults.brokerside import Peer
from tests.faults.callers import BLOCKS, Callers, eventually, settle
from tests.faults.ringing import hosting

from azora.testing.rabbitmq import RabbitMQ
from azora.testing.servers import free_port

pytestmark = pytest.mark.needs("rabbitmq")


@pytest.fixture
def nodes():
    """Three nodes of one cluster, started side by side."""
    first = RabbitMQ()
    nodes = [first, RabbitMQ(beside=first), RabbitMQ(beside=first)]
    tpool.execute(first.start)
    starting = [eventlet.spawn(tpool.execute, node.start) for node in nodes[1:]]
    for greenlet in starting:
        greenlet.wait()
    yield nodes
    for node in reversed(nodes):
        node.kill()
        node.close()


@pytest.fixture
def doors(nodes):
    """Two addresses of the broker: the one leads to the first node while it lives, the other never to that."""
    ports, opened = [node.port for node in nodes], []
    for targets in (ports, ports[1:]):
        command = [sys.executable, "-m", "tests.faults.door", str(free_port()), *map(str, targets)]
        opened.append(subprocess.Popen(command, stdout=subprocess.PIPE))
        assert tpool.execute(opened[-1].stdout.readline) == b"ready\n"
    yield [int(door.args[3]) for door in opened]
    for door in opened:
        door.kill()
        door.wait()


@pytest.fixture
def at(nodes):
    return nodes[0].new_vhost()


@pytest.fixture
def campus(nodes, doors, at, tmp_path):
    """`tower` at the first node, which so leads its queues, and `bell` at another."""
    near, far = (at.replace(f":{nodes[0].port}/", f":{door}/") for door in doors)
    tower = hosting("tower", tmp_path / "data", near)
    bell = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.ringing", str(tmp_path / "data"), far],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert tpool.execute(bell.stdout.readline) == b"ready\n"
    yield tower
    tower.stop(grace=1)
    bell.kill()
    bell.wait()


def test_a_killed_node_of_three_takes_nothing_with_it(nodes, at, campus):
    callers = Callers(campus, first=next(BLOCKS))
    eventually(lambda: len(callers.with_outcome("done")) > 200)
    tpool.execute(nodes[0].kill)
    settle(campus, callers)
    callers = Callers(campus, first=next(BLOCKS))
    tpool.execute(nodes[0].start)
    settle(campus, callers)
    eventually(lambda: is_served("tower.heard", at))


def is_served(operation: str, at: str) -> bool:
    """Whether it is answered over RPC: the queue was away with its node."""
    with Peer(at) as peer:
        return peer.ask(operation)["error"] is None
