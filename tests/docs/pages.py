"""What the documentation says: its pages, the commands that it shows, the files and links that it names.

A fenced ```console block is run: `$ ` begins a command, `> ` continues it, and other lines are what it
prints, where `…` stands for anything; `^C` stops a campus that it started. A fenced block that begins with `# file: name` is written first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass
class Command:
    """One command of a page, and what the page says that it prints."""

    text: str
    prints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class File:
    """A file that the reader is asked to write."""

    name: str
    text: str


def steps(page: Path) -> Iterator[Command | File]:
    """What a reader of the page does, in order."""
    for kind, body in _FENCE.findall(page.read_text("utf-8")):
        if kind == "console":
            yield from _commands(body)
        elif body.startswith("# file: "):
            first, _, rest = body.partition("\n")
            yield File(first.removeprefix("# file: "), rest)


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def fits(printed: str, expected: list[str]) -> bool:
    """Whether a command printed what the page says; spaces and `…` are generous."""
    wanted = "\n".join(expected)
    pieces = [r"\s+".join(map(re.escape, piece.split())) for piece in wanted.split("…")]
    pattern = r"[\s\S]*".join(pieces)
    return re.fullmatch(rf"\s*{pattern}\s*", printed) is not None


def _commands(body: str) -> Iterator[Command]:
    command: Command | None = None
    for line in body.splitlines():
        if line.startswith("$ "):
            if command:
                yield command
            command = Command(line[2:])
        elif command is None:
            raise AssertionError(f"a console block begins with {line!r}, not with a command")
        elif line.startswith("> "):
            command.text += "\n" + line[2:]
        elif line.strip():
            command.prints.append(line)
    if command:
        yield command
