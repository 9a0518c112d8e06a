"""Parts of docs/benchmarks.md that are measured on their own, each between two marks that name it.

They are others than those of `azora.reference`, which writes what stands between its own.
"""

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
_SECTION = re.compile(r"<!-- measured: (\S+) -->\n.*?<!-- measured so far: \1 -->\n", re.S)


def write_section(name: str, text: str) -> None:
    """Put a section in place of the one of this name, or behind all others."""
    section = f"<!-- measured: {name} -->\n{text.strip()}\n<!-- measured so far: {name} -->\n"
    page = PAGE.read_text("utf-8")
    for found in _SECTION.finditer(page):
        if found[1] == name:
            page = page.replace(found[0], section)
            break
    else:
        page = f"{page.rstrip()}\n\n{section}"
    PAGE.write_text(page, "utf-8")


def with_sections(page: str) -> str:
    """A page that is written anew, with the sections that stood on it."""
    kept = [found[0] for found in _SECTION.finditer(PAGE.read_text("utf-8"))]
    return "\n".join([page, *kept])
