"""grpc.aio: a unary call that carries JSON, without a broker between.

`python -m benchmarks.grpc_peer ROLE ADDRESS`
"""

import asyncio
import json
import sys
import time
from typing import Any

import grpc

from benchmarks.load import IN_FLIGHT, PAYLOAD, percentile, say


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


async def echo(request: Any, _context: Any) -> Any:
    return request


async def serve(address: str) -> None:
    handler = grpc.unary_unary_rpc_method_handler(echo, json.loads, encoded)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("bench.Echo", {"Echo": handler}),)
    )
    server.add_insecure_port(address)
    await server.start()
    say(ready=True)
    await server.wait_for_termination()


async def drive(address: str) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary("/bench.Echo/Echo", encoded, json.loads)

        async def loop(seconds: float) -> list[float]:
            took, end = [], time.perf_counter() + seconds
            while (began := time.perf_counter()) < end:
                assert await call(PAYLOAD) == PAYLOAD
                took.append(time.perf_counter() - began)
            return took

        say(ready=True)
        while order := await asyncio.to_thread(sys.stdin.readline):
            seconds = float(order)
            alone = await loop(seconds / 3)
            began = time.perf_counter()
            done = await asyncio.gather(*(loop(seconds * 2 / 3) for _ in range(IN_FLIGHT)))
            rate = sum(map(len, done)) / (time.perf_counter() - began)
            say(per_second=rate, p50_ms=percentile(alone, 50), p99_ms=percentile(alone, 99))


if __name__ == "__main__":
    role, at = sys.argv[1:]
    asyncio.run({"serve": serve, "drive": drive}[role](at))
