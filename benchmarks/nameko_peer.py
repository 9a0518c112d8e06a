"""Stock Nameko, as its documentation says: an RPC echo, a caller inside a service, an HTTP route."""

import json
import sys

import eventlet

eventlet.monkey_patch()

from nameko.containers import ServiceContainer  # noqa: E402
from nameko.extensions import Entrypoint  # noqa: E402
from nameko.rpc import RpcProxy, rpc  # noqa: E402
from nameko.web.handlers import http  # noqa: E402

from benchmarks.load import PAYLOAD, answer_orders, call_load, wait_for_the_end  # noqa: E402


class Echo:
    name = "bench_stock"

    @rpc
    def echo(self, item):
        return item


class Once(Entrypoint):
    """Fired by hand, once the container runs."""


class Caller:
    name = "bench_stock_caller"
    remote = RpcProxy("bench_stock")

    @Once.decorator
    def drive(self):
        def call():
            assert self.remote.echo(PAYLOAD) == PAYLOAD

        answer_orders(call_load(call))


class Web:
    name = "bench_stock_web"

    @http("GET", "/item")
    def item(self, request):
        return 200, {"Content-Type": "application/json"}, json.dumps(PAYLOAD)


def main(role: str, address: str) -> None:
    if role == "web":
        config = {"WEB_SERVER_ADDRESS": address}
    else:
        config = {"AMQP_URI": address}
    service = {"serve": Echo, "drive": Caller, "web": Web}[role]
    container = ServiceContainer(service, config=config)
    container.start()
    if role == "drive":
        container.spawn_worker(next(iter(container.entrypoints)), (), {})
        container.wait()
    else:
        wait_for_the_end()


main(*sys.argv[1:])
