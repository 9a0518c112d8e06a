"""Islands: what a plugin's modules become, where they are found, and that pages do without them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from azora.islands.build import BuildError, build, fresh
from azora.islands.node import Npm, npm
from azora.shell.assets import Assets
from azora.testing.parts import leave_out

ROOT = Path(__file__).parents[3]
LOCKS = sorted(ROOT.glob("**/islands/package-lock.json"))


@pytest.fixture
def tool():
    return npm() or leave_out("npm")


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A plugin with two islands that share a module and bring a style sheet; no package of npm."""
    folder = tmp_path / "azora_meadow"
    files = {
        "__init__.py": "",
        "islands/package.json": '{"name": "meadow", "private": true, "type": "module"}',
        "islands/package-lock.json": '{"name": "meadow", "lockfileVersion": 3, "packages": {"": {}}}',
        "islands/bees.js": 'import "./bees.css"; import {hum} from "./shared/hum.js"; hum("bees");',
        "islands/birds.js": 'import {hum} from "./shared/hum.js"; hum("birds");',
        "islands/bees.css": ".bees { color: red }",
        "islands/shared/hum.js": "export const hum = (who) => console.log(who);",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.delitem(sys.modules, "azora_meadow", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def built(plugin, tool):
    try:
        return build(plugin, tool)
    except BuildError as error:
        if re.search(r"ENOTFOUND|ECONN|EAI_AGAIN|network", str(error)):
            leave_out("esbuild", "cannot be fetched here")
        raise


def test_each_module_becomes_a_file_that_is_kept_for_ever(plugin, tool):
    assert built(plugin, tool) == ["bees", "bees.css", "birds"]
    assets = Assets({"meadow": "azora_meadow"})
    for name, kind in [("bees", "text/javascript"), ("bees.css", "text/css")]:
        address = assets.island(name, "meadow")
        assert re.fullmatch(r"/static/meadow/built/bees-[A-Z0-9]{8}\.(js|css)", address)
        asset = assets.find(address)
        assert asset.immutable
        assert asset.media_type == kind


def test_what_two_islands_share_is_loaded_once(plugin, tool):
    built(plugin, tool)
    shared = [file for file in (plugin / "static/built").glob("*.js") if "log" in file.read_text()]
    assert len(shared) == 1


def test_nothing_is_built_again_until_a_source_changes(plugin, tool):
    assert not fresh(plugin)
    built(plugin, tool)
    assert fresh(plugin)
    (plugin / "islands/birds.js").write_text("console.log('other')")
    assert not fresh(plugin)


def test_an_island_that_cannot_be_built_is_named_and_the_one_before_stays(plugin, tool):
    built(plugin, tool)
    (plugin / "islands/birds.js").write_text('import "nothing-of-that-name"')
    with pytest.raises(BuildError, match="nothing-of-that-name"):
        build(plugin, tool)
    assert Assets({"meadow": "azora_meadow"}).island("birds", "meadow")


def test_an_island_that_was_not_built_has_no_address(plugin):
    assert Assets({"meadow": "azora_meadow"}).island("bees", "meadow") == ""


def test_without_node_the_command_says_that_pages_do_without(tmp_path):
    """Run where neither the path nor Python knows a Node, on sources that are not built."""
    code = (
        "import azora.islands.__main__ as m; from pathlib import Path\n"
        "m.npm = lambda: None\n"
        "m._folders = lambda: [('meadow', Path('/nowhere'))]\n"
        "raise SystemExit(m.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0
    assert "Every page works without them" in done.stdout


def test_a_node_that_is_not_there_is_no_npm(tmp_path):
    with pytest.raises(FileNotFoundError):
        Npm(tmp_path).run(str(tmp_path / "npm"), "ci", folder=tmp_path)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parts[-3])
def test_a_lock_has_the_integrity_of_every_package_and_names_no_registry(lock):
    packages = json.loads(lock.read_text())["packages"]
    for name, package in packages.items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
    assert "resolved" not in lock.read_text()
