"""A real browser for tests: Chromium, driven by Playwright in a process of its own.

Tests run under green threads, which Playwright cannot. So a journey is a function of another file,
`def journey(browser, *arguments)`; what it returns comes back to the test as JSON values.
"""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browse(journeys: Path, journey: str, *arguments: object, seconds: float = 180.0) -> Any:
    """What the function `journey` of the file `journeys` saw with these arguments."""
    from azora.testing.parts import executable

    command = [sys.executable, "-m", "azora.testing.browser", str(journeys), journey]
    command += [executable("chromium"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def main(journeys: str, journey: str, chromium: str, *arguments: str) -> None:
    """Make one journey and print what it saw."""
    from playwright.sync_api import sync_playwright

    make = runpy.run_path(journeys)[journey]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        sys.stdout.write(json.dumps(make(browser, *arguments)))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
