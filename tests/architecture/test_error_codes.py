"""Every code that a plugin's errors carry is declared, so that /api/errors explains it."""

import ast
from pathlib import Path

import pytest

from azora.loader import load_registry

PLUGINS = Path(__file__).parents[2] / "plugins"
NAMES = sorted(path.name.removeprefix("azora_") for path in PLUGINS.glob("azora_*"))


def codes_in(source):
    """Every text that is given as a code: `code=…`, `"code": …`, or the code of a `refusal`."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call):
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
            if getattr(node.func, "id", "") == "refusal":
                yield node.args[1]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (value for key, value in pairs if getattr(key, "value", "") == "code")


def raised_by(plugin):
    """The plugin's own codes, which begin with its name."""
    for path in (PLUGINS / f"azora_{plugin}").rglob("*.py"):
        for found in codes_in(ast.parse(path.read_text("utf-8"))):
            if isinstance(found, ast.Constant) and str(found.value).startswith(f"{plugin}."):
                yield found.value


@pytest.mark.parametrize("plugin", NAMES)
def test_a_plugin_declares_every_code_that_it_raises_and_no_other(plugin):
    declared = [entry.code for entry in load_registry().plugins[plugin].plugin.errors]
    assert set(raised_by(plugin)) == set(declared)
    assert len(declared) == len(set(declared))


def test_every_code_says_why_it_comes_and_what_to_do():
    for loaded in load_registry().plugins.values():
        for entry in loaded.plugin.errors:
            assert 400 <= entry.status < 600 and entry.cause and entry.fix, entry
