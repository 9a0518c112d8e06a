"""What a plugin's author tests with: campuses in both bodies, private servers, workers without a broker."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azora.testing.workers import worker_factory

__all__ = ["worker_factory"]


def __getattr__(name: str) -> Any:
    """Imported on first use: the pytest plugin must patch before anything else loads."""
    if name != "worker_factory":
        raise AttributeError(f"module 'azora.testing' has no attribute {name!r}")
    from azora.testing.workers import worker_factory

    return worker_factory
