"""PDF, one page at a time: its picture and its text, made by PDFium in a process of its own.

A document of strangers is parsed by C++: the process has little memory, little time and nothing else
of ours, and what it does wrong costs one page.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from azora.errors import Unavailable
from azora.threads import in_thread

SECONDS = 20


class UnreadablePdf(ValueError):
    """The file is no PDF that can be read; the words say why."""


class PdfPage(NamedTuple):
    """How many pages there are, and the text of one."""

    pages: int
    text: str


def read_page(path: Path, number: int) -> PdfPage:
    """The text of a page, counted from 1. Raises UnreadablePdf."""
    found = json.loads(_work("text", path, number))
    return PdfPage(found["pages"], found["text"])


def draw_page(path: Path, number: int, width: int) -> bytes:
    """The picture of a page as WebP. Raises UnreadablePdf."""
    return _work("picture", path, number, width)


def _work(what: str, path: Path, *numbers: int) -> bytes:
    command = [sys.executable, "-m", "azora_library.reading.pdfium", what, str(path)]
    try:
        done = in_thread(
            subprocess.run, [*command, *map(str, numbers)], capture_output=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Unavailable("This page takes too long to draw: download the file.") from None
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise UnreadablePdf(words[-1] if words else "The file cannot be read.")
    return bytes(done.stdout)
