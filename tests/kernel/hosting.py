"""Runs plugins made in a test on a real kernel, in this process, with SQLite files of its own."""

from contextlib import contextmanager

from azora import Plugin, hookimpl
from azora.actor import load_keyring
from azora.campus import open_runtime, prepare_campus
from azora.context import Context
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.settings import load_campus_settings


def make_plugin(name, **facts):
    """(name, module-like object) of a plugin that describes itself with these facts."""
    hooks = facts.pop("hooks", {})

    class Module:
        __name__ = f"azora_{name}"

        @hookimpl
        def describe(self):
            return Plugin(name=name, summary=f"Plugin {name} of a test", **facts)

    for hook, function in hooks.items():
        setattr(Module, hook, hookimpl(function))
    return name, Module()


@contextmanager
def running(tmp_path, *plugins, names=None, **settings):
    """A started Runtime that hosts these plugins; stopped at the end."""
    registry = load_registry(plugins, installed=False)
    campus = load_campus_settings(
        data_dir=tmp_path / "data", plugins=list(registry.plugins), **settings
    )
    prepare_campus(campus, registry)
    runtime = open_runtime(campus, registry, names)
    upgrade(runtime)
    runtime.start()
    try:
        yield runtime
    finally:
        runtime.stop(grace=2.0)


def acting_as(runtime, actor_id, *permissions, seconds=60.0):
    """A context in which `actor_id` calls, signed by the key that may."""
    keys = load_keyring(runtime.settings.keys_folder, {"identity"}, keeper=True)
    context = Context(runtime)
    context.token = keys.sign(actor_id, set(permissions), seconds)
    return context
