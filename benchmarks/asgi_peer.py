"""FastAPI as its documentation says, on uvicorn or on Granian, with one worker: the same item at the same address.

`python -m benchmarks.asgi_peer uvicorn|granian HOST:PORT`
"""

import ctypes
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.load import PAYLOAD, say

_DIE_WITH_PARENT, _KILL = 1, 9


class Item(BaseModel):
    number: int
    title: str
    tags: list[str]


@asynccontextmanager
async def ending_with_its_parent(_app: FastAPI) -> AsyncIterator[None]:
    """Granian's worker is a process of its own, which would outlive a driver that kills."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, _KILL)
    yield


app = FastAPI(lifespan=ending_with_its_parent)


@app.get("/api/bench/items/{number}")
async def item(number: int, title: str) -> Item:
    return Item(number=number, title=title, tags=PAYLOAD["tags"])


@app.get("/constant")
async def constant() -> dict[str, object]:
    return PAYLOAD


def on_uvicorn(host: str, port: int) -> None:
    import uvicorn

    uvicorn.run(app, host=host, port=port, log_level="error", access_log=False)


def on_granian(host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    target = "benchmarks.asgi_peer:app"
    Server(target, host, port, interface=Interfaces.ASGI, log_enabled=False).serve()


if __name__ == "__main__":
    server, address = sys.argv[1:]
    say(ready=True)
    at, _, number = address.rpartition(":")
    {"uvicorn": on_uvicorn, "granian": on_granian}[server](at, int(number))
