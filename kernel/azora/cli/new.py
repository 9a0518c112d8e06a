"""`azora new`: writes a plugin of one file, with a test that passes."""

import keyword
import re
from pathlib import Path
from typing import Annotated

import typer

from azora.cli.output import AsJson, console, print_json

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def new(
    name: Annotated[str, typer.Argument(help="The plugin's name, such as weather.")],
    into: Annotated[Path | None, typer.Option(help="The folder; else azora_<name> here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a plugin that works: edit it, test it, install it, restart the campus."""
    folder = into or Path(f"azora_{name}")
    written = write_skeleton(name, folder)
    if as_json:
        print_json({"folder": folder, "files": written})
        return
    out = console()
    out.print(f"[bold green]✓[/] {folder} holds the plugin [bold]{name}[/]. Next:")
    out.print(f"  pip install -e '{folder}\\[test]' && pytest {folder}")
    out.print(f"  azora up, then: azora call {name}.greet name=Thandi")


def write_skeleton(name: str, folder: Path) -> list[str]:
    """Write the plugin's files; their names. Raises Invalid or Conflict and then writes nothing."""
    from importlib.resources import files

    from azora.errors import Conflict, Invalid
    from azora.settings import installed_plugins

    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise Invalid(f"{name!r} is no plugin name: lower-case letters, digits and _ between them")
    if name in installed_plugins():
        raise Conflict(f"a plugin named {name} is installed already; nothing was written")
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is there already and not empty; nothing was written")
    words = {"@name@": name, "@Class@": "".join(piece.title() for piece in name.split("_"))}
    written = []
    for template in sorted(
        files("azora.testing").joinpath("skeleton").iterdir(), key=lambda file: file.name
    ):
        target = folder / _filled(template.name.removesuffix(".txt"), words)
        if not template.name.endswith(".txt"):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(template.read_text(), words))
        written.append(target.name)
    return written


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text
