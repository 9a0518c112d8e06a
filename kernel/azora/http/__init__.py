"""The one HTTP gateway of a process: every operation at its route, with what no plugin may forget."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azora.http.gateway import Gateway

__all__ = ["Gateway"]


def __getattr__(name: str) -> object:
    if name != "Gateway":
        raise AttributeError(f"module 'azora.http' has no attribute {name!r}")
    from azora.http.gateway import Gateway

    return Gateway
