"""The pytest plugin: `addopts = -p azora.testing.early`, loaded before any other so that it patches first."""

from azora import command

pytest_plugins = ("azora.testing.parts", "azora.testing.fixtures")

__all__ = ["command"]
