"""py-amqp by hand, with direct reply-to and nothing acknowledged: the floor under Nameko's stack.

`python -m benchmarks.raw_peer ROLE BROKER`
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

import amqp

from benchmarks.load import IN_FLIGHT, PAYLOAD, percentile, say

QUEUE, DIRECT = "bench_raw", "amq.rabbitmq.reply-to"


def connected(broker: str) -> tuple[amqp.Connection, amqp.Channel]:
    at = urlparse(broker)
    connection = amqp.Connection(
        f"{at.hostname}:{at.port}", at.username, at.password, virtual_host=at.path[1:]
    )
    connection.connect()
    return connection, connection.channel()


def serve(broker: str) -> None:
    connection, channel = connected(broker)
    channel.queue_declare(QUEUE, auto_delete=True)

    def answer(message: Any) -> None:
        reply = amqp.Message(
            json.dumps(json.loads(message.body)), correlation_id=message.correlation_id
        )
        channel.basic_publish(reply, routing_key=message.reply_to)

    channel.basic_consume(QUEUE, no_ack=True, callback=answer)
    say(ready=True)
    while True:
        connection.drain_events()


def drive(broker: str) -> None:
    connection, channel = connected(broker)
    replies: dict[str, bytes] = {}
    channel.basic_consume(
        DIRECT,
        no_ack=True,
        callback=lambda reply: replies.__setitem__(reply.correlation_id, reply.body),
    )
    sent = 0

    def send() -> str:
        nonlocal sent
        sent += 1
        request = amqp.Message(json.dumps(PAYLOAD), reply_to=DIRECT, correlation_id=str(sent))
        channel.basic_publish(request, routing_key=QUEUE)
        return str(sent)

    def wait(number: str) -> None:
        while number not in replies:
            connection.drain_events(timeout=10)
        assert json.loads(replies.pop(number)) == PAYLOAD

    say(ready=True)
    for order in sys.stdin:
        say(**measured(float(order), send, wait))


def measured(
    seconds: float, send: Callable[[], str], wait: Callable[[str], None]
) -> dict[str, float]:
    """A third of the time one call after the other, then 64 at a time."""
    alone, end = [], time.perf_counter() + seconds / 3
    while (began := time.perf_counter()) < end:
        wait(send())
        alone.append(time.perf_counter() - began)
    began, done = time.perf_counter(), 0
    under_way = [send() for _ in range(IN_FLIGHT)]
    while time.perf_counter() - began < seconds * 2 / 3:
        wait(under_way.pop(0))
        under_way.append(send())
        done += 1
    rate = done / (time.perf_counter() - began)
    for number in under_way:
        wait(number)
    return {"per_second": rate, "p50_ms": percentile(alone, 50), "p99_ms": percentile(alone, 99)}


if __name__ == "__main__":
    role, address = sys.argv[1:]
    {"serve": serve, "drive": drive}[role](address)
