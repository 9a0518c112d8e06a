"""Probes of a container: HTTP, TCP, and a command's exit code."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

Probe = dict[str, Any]


async def succeeds(probe: Probe, address: str, ports: dict[str, int], pid: int) -> bool:
    """Whether the container answers once, within the probe's time-out."""
    try:
        async with asyncio.timeout(probe.get("timeoutSeconds", 1)):
            if "httpGet" in probe:
                return await _answers(probe["httpGet"], address, ports)
            if "tcpSocket" in probe:
                _, writer = await asyncio.open_connection(
                    address, _port(probe["tcpSocket"]["port"], ports)
                )
                writer.close()
                return True
            return await _exits_well(probe["exec"]["command"], pid)
    except (TimeoutError, OSError, aiohttp.ClientError):
        return False


async def watch(
    probe: Probe, check: Callable[[], Any], on_change: Callable[[bool], None], *, good: bool
) -> None:
    """Check for ever and tell, after as many in a row as the probe asks for, what is true now."""
    await asyncio.sleep(probe.get("initialDelaySeconds", 0))
    in_a_row = 0
    while True:
        if await check() == good:
            in_a_row = 0
        else:
            in_a_row += 1
            needed = "failureThreshold" if good else "successThreshold"
            if in_a_row >= probe.get(needed, 3 if good else 1):
                good, in_a_row = not good, 0
                on_change(good)
        await asyncio.sleep(probe.get("periodSeconds", 10))


async def _answers(request: dict[str, Any], address: str, ports: dict[str, int]) -> bool:
    url = f"http://{address}:{_port(request['port'], ports)}{request.get('path', '/')}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status < 400


async def _exits_well(command: list[str], pid: int) -> bool:
    inside = ["nsenter", f"--target={pid}", "--net", "--mount", f"--root=/proc/{pid}/root"]
    process = await asyncio.create_subprocess_exec(
        *inside, *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        return await process.wait() == 0
    except asyncio.CancelledError:
        process.kill()
        raise


def _port(port: int | str, ports: dict[str, int]) -> int:
    return ports[port] if isinstance(port, str) else port
