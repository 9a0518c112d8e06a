"""The kernel's transport alone: its wire and its server round an echo, without what an operation adds.

`python -m benchmarks.bare_wire ROLE BROKER`
"""

from azora import command  # noqa: F401 – patches first, as the `azora` command does

# isort: split

import sys
from types import SimpleNamespace
from typing import Any

import orjson

from azora.observe.logs import get_logger
from azora.rpc.connection import BrokerConnection
from azora.rpc.frames import Delivery
from azora.rpc.server import RpcServer
from azora.rpc.wire import AmqpWire
from benchmarks.load import PAYLOAD, answer_orders, call_load, wait_for_the_end


class EchoServer(RpcServer):
    """Decodes and encodes what it is sent, as stock Nameko does, and nothing more."""

    def _answer(self, message: Delivery, bound: Any) -> bytes:
        return orjson.dumps(orjson.loads(message.body)["kwargs"]["item"])


def serve(connection: BrokerConnection) -> None:
    hosted: Any = SimpleNamespace(
        name="bench_bare",
        operations={"bench_bare.echo": SimpleNamespace(operation=SimpleNamespace(idempotent=True))},
        runtime=SimpleNamespace(settings=SimpleNamespace(max_workers=100)),
        log=get_logger("bench"),
    )
    EchoServer(hosted, connection)
    start(connection)
    wait_for_the_end()


def drive(connection: BrokerConnection) -> None:
    wire = AmqpWire(connection)
    start(connection)

    def call() -> None:
        body = orjson.dumps({"args": [], "kwargs": {"item": PAYLOAD}})
        assert orjson.loads(wire.call("bench_bare.echo", body, {}, 10.0)) == PAYLOAD

    answer_orders(call_load(call))


def start(connection: BrokerConnection) -> None:
    connection.start()
    assert connection.wait_ready(10)


if __name__ == "__main__":
    role, broker = sys.argv[1:]
    {"serve": serve, "drive": drive}[role](BrokerConnection(broker, f"bench-{role}"))
