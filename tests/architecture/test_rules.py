"""The rules of the house, read from the source with ast. There are no exceptions to list."""

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from azora.loader import load_registry

ROOT = Path(__file__).parents[2]
KERNEL, PLUGINS, OPERATOR = ROOT / "kernel/azora", ROOT / "plugins", ROOT / "operator"
TRANSPORT = {"nameko", "kombu", "eventlet", "amqp", "pluggy", "pika", "greenlet"}
LONGEST = 300

PACKAGES = sorted(path for path in PLUGINS.iterdir() if (path / "__init__.py").exists())
SOURCES = sorted(path for root in (KERNEL, PLUGINS, OPERATOR) for path in root.rglob("*.py"))


def imports_of(path):
    """Every module that a file imports, by its first name, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def named(path):
    return str(path.relative_to(ROOT))


def calls_in(package, name):
    """Every call of a function of that name in a plugin, with its file."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield path, node


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_plugin_imports_neither_another_plugin_nor_the_transport(package):
    others = {other.name for other in PACKAGES} - {package.name}
    for path in package.rglob("*.py"):
        assert not set(imports_of(path)) & (others | TRANSPORT), named(path)


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_every_operation_names_a_permission_or_is_public(package):
    for path, call in calls_in(package, "operation"):
        given = {keyword.arg for keyword in call.keywords}
        assert len(given & {"permission", "public"}) == 1, f"{named(path)}:{call.lineno}"


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_no_foreign_key_leads_to_another_plugin(package):
    tables = {
        node.name
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("ForeignKeyField"):
                target = ast.unparse(node.args[0]).strip("'\"").rpartition(".")[2]
                assert target in tables | {"self"}, f"{named(path)}:{node.lineno}"


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_no_plugin_asks_in_which_body_it_runs(package):
    for path in package.rglob("*.py"):
        asked = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute)
        }
        assert not asked & {"broker_url", "transport", "wire", "courier"}, named(path)


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_every_table_names_its_personal_columns_and_the_plugin_answers_for_them(package):
    models = package / "models.py"
    if not models.exists():
        return
    personal = False
    for table in ast.parse(models.read_text()).body:
        if not isinstance(table, ast.ClassDef) or "Table" not in map(ast.unparse, table.bases):
            continue
        meta = next(
            (n for n in table.body if isinstance(n, ast.ClassDef) and n.name == "Meta"), None
        )
        said = {
            n.targets[0].id: n.value for n in getattr(meta, "body", ()) if isinstance(n, ast.Assign)
        }
        assert {"personal", "retention"} <= said.keys(), f"{named(models)}: {table.name}"
        personal = personal or ast.unparse(said["personal"]) != "()"
    if personal:
        front_door = (package / "plugin.py").read_text()
        assert "def erase_subject" in front_door and "def export_subject" in front_door


def test_kernel_imports_no_plugin():
    names = {package.name for package in PACKAGES}
    for path in KERNEL.rglob("*.py"):
        assert not set(imports_of(path)) & names, named(path)


def test_operator_imports_neither_kernel_nor_plugins():
    forbidden = {"azora"} | {package.name for package in PACKAGES}
    for path in OPERATOR.rglob("*.py"):
        assert not set(imports_of(path)) & forbidden, named(path)


def test_operator_folder_does_not_shadow_the_standard_library():
    assert not (OPERATOR / "__init__.py").exists()


def test_setup_cfg_lists_every_package():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    written = {
        ".".join(init.parent.relative_to(root).parts)
        for root in (KERNEL.parent, PLUGINS, OPERATOR)
        for init in root.rglob("__init__.py")
    }
    assert listed == written


def test_every_plugin_has_its_entry_point():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    points = setup["options.entry_points"]["azora.plugins"].split("\n")
    named_there = {line.partition("=")[0].strip() for line in points if line}
    assert named_there == {package.name.removeprefix("azora_") for package in PACKAGES}


def test_no_file_is_longer_than_one_idea():
    lengths = {named(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_module_says_what_lives_in_it():
    modules = [path for path in SOURCES if path.read_text().strip()]
    assert [
        named(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text()))
    ] == []


def test_consumers_read_what_providers_publish():
    assert load_registry().refused == {}


def test_public_surface_loads_neither_nameko_nor_eventlet():
    probe = (
        "import sys, azora; [getattr(azora, name) for name in azora.__all__];"
        "print([name for name in ('nameko', 'eventlet', 'kombu', 'amqp') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_the_command_patches():
    patching = [named(path) for path in SOURCES if "monkey_patch()" in path.read_text()]
    assert patching == ["kernel/azora/command.py"]
