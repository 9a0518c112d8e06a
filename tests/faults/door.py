"""`python -m tests.faults.door PORT TARGET…`: a local port that leads to the first target port that answers.

It stands where a campus has a load balancer before the nodes of its broker.
"""

import asyncio
import sys
from contextlib import suppress

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def reach(ports: list[int]) -> Ends:
    for port in ports:
        with suppress(OSError):
            return await asyncio.open_connection("127.0.0.1", port)
    raise ConnectionError("no target answers")


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def lead(
    ports: list[int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        there = await reach(ports)
    except ConnectionError:
        writer.close()
        return
    await asyncio.gather(pour(reader, there[1]), pour(there[0], writer))


async def main(port: int, ports: list[int]) -> None:
    server = await asyncio.start_server(lambda *ends: lead(ports, *ends), "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
