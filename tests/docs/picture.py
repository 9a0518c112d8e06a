"""Takes the picture of the README: `python tests/docs/picture.py docs/images/library.png`.

A campus of its own, Playwright, and the Chromium of this machine. The work itself runs in a process
that nothing has patched: Playwright brings an event loop of its own.
"""

import subprocess
import sys

WIDTH, HEIGHT = 1280, 860

_SHOT = """
import sys
from playwright.sync_api import sync_playwright
chromium, address, picture, width, height = sys.argv[1:]
with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": int(width), "height": int(height)}, locale="en")
    page.goto(address + "/library")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=picture)
    browser.close()
"""


def take(picture: str) -> None:
    """Start a campus, photograph its library, and stop it."""
    from azora import command  # noqa: F401 – patches first
    from azora.testing.campus import CampusProcess
    from azora.testing.parts import executable

    campus = CampusProcess().start()
    try:
        arguments = [executable("chromium"), campus.url, picture, str(WIDTH), str(HEIGHT)]
        subprocess.run([sys.executable, "-c", _SHOT, *arguments], check=True)
    finally:
        campus.close()


if __name__ == "__main__":
    take(sys.argv[1])
