"""A real browser for tests: Chromium, driven by Playwright in a process of its own.

Tests run under green threads, which Playwright cannot. So a journey is a function of another file,
`def journey(browser, *arguments)`; what it returns comes back to the test as JSON values. A browser is
kept for the next journey, which finds none of the contexts of the one before.
"""

import atexit
import json
import runpy
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import eventlet

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_idle: "list[_Driver]" = []


def browse(journeys: Path, journey: str, *arguments: object, seconds: float = 180.0) -> Any:
    """What the function `journey` of the file `journeys` saw with these arguments."""
    driver = _idle.pop() if _idle else _Driver()
    answer = driver.ask([str(journeys), journey, *map(str, arguments)], seconds)
    _idle.append(driver)
    assert "failed" not in answer, answer["failed"]
    return answer["seen"]


class _Driver:
    """A process with a browser. Of who could not be asked to the end nothing is left."""

    def __init__(self) -> None:
        from azora.testing.parts import executable

        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, executable("chromium")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self._close)

    def ask(self, order: list[str], seconds: float) -> dict[str, Any]:
        """What came of one journey. Raises AssertionError where it took longer."""
        assert self._process.stdin and self._process.stdout
        try:
            with eventlet.Timeout(seconds, AssertionError(f"{order[1]} took over {seconds:g} s")):
                self._process.stdin.write(json.dumps(order).encode() + b"\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
            assert line, f"the browser ended in {order[1]}"
        except BaseException:
            self._process.kill()
            raise
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _close(self) -> None:
        if self._process.poll() is None:
            assert self._process.stdin
            self._process.stdin.close()
            self._process.wait(10)


def main(chromium: str) -> None:
    """Make the journeys that come in, a line each, and write what each saw."""
    from playwright.sync_api import sync_playwright

    answers, sys.stdout = sys.stdout, sys.stderr
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        for line in sys.stdin:
            journeys, journey, *arguments = json.loads(line)
            try:
                answer = {"seen": runpy.run_path(journeys)[journey](browser, *arguments)}
            except Exception:  # noqa: BLE001 – whoever asked is told
                answer = {"failed": traceback.format_exc()}
            for context in browser.contexts:
                context.close()
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
