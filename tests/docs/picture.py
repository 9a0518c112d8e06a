"""Takes the pictures of the documentation anew: `python tests/docs/picture.py docs/images [NAME…]`.

Campuses of its own, Playwright, and the Chromium of this machine. The browser runs in a process that
nothing has patched: Playwright brings an event loop of its own.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.docs.scenes import editing, importing

PAGES = {
    "library": "/library",
    "first-run": "/first-run",
    "settings": "/admin/settings",
    "audit": "/admin/audit",
    "status": "/status",
    "demo": "/admin/demo",
    "search": "/library?query=the&type=BOOK&type=ARTICLE&language=en",
    "facet": "/library/by-tag",
    "saved-searches": "/library/searches",
    "resource": "/library?query=mhudi",
    "category": "/library/categories/Literature",
    "tags": "/library/tags",
    "figures": "/library/figures",
}
"""The pages, by the name of their picture. The first two are seen by strangers, the others signed in.

Those of `scenes.py` have their addresses once something has happened.
"""

FIRST_RESULT = {"resource"}
"""Pictures of the first thing that the page leads to."""

_SHOTS = """
import json, sys
from playwright.sync_api import sync_playwright
chromium, folder, told = sys.argv[1:]
with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="en")
    for name, address, cookies, first in json.loads(told):
        page.context.clear_cookies()
        page.context.add_cookies(cookies)
        page.goto(address)
        if first:
            page.locator(".entry-title").first.click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=f"{folder}/{name}.png")
    browser.close()
"""


def take(folder: str, names: list[str]) -> None:
    """Start a campus with demo data and an empty one, photograph their pages, and stop them."""
    from azora import command  # noqa: F401 – patches first
    from azora.testing.campus import CampusProcess
    from azora.testing.parts import executable

    campus, empty = CampusProcess().start(), CampusProcess(options=("--empty",)).start()
    try:
        client = _used(campus)
        pages = PAGES | editing(campus, client) | importing(client)
        signed_in = [
            {"name": name, "value": value, "url": campus.url}
            for name, value in client.cookies.items()
        ]
        key = (empty.data_dir / "first-run").read_text().strip()
        told: list[tuple[str, str, list[dict[str, str]], bool]] = []
        for name in names or pages:
            if name == "first-run":
                told.append((name, f"{empty.url}{PAGES[name]}?token={key}", [], False))
            else:
                cookies = [] if name == "library" else signed_in
                told.append((name, campus.url + pages[name], cookies, name in FIRST_RESULT))
        arguments = [executable("chromium"), folder, json.dumps(told)]
        subprocess.run([sys.executable, "-c", _SHOTS, *arguments], check=True)
    finally:
        campus.close()
        empty.close()


def _used(campus: Any) -> Any:
    """Let an administrator do a few things; their client."""
    client = campus.sign_in()
    campus.call("identity.create_account", email="thandi@thuto.example", name="Thandi Nkosi")
    client.put("/api/web/settings/campus/name", json={"value": "Thuto Secondary School"})
    found = client.get("/api/library/search", params={"query": "mhudi"}).json()["items"]
    client.patch(f"/api/library/resources/{found[0]['id']}", json={"publisher": "Lovedale Press"})
    for asked in (
        {"name": "Land", "query": "land", "language": ["en", "zu"], "alert": "daily"},
        {"name": "Novels of Lesotho", "tag": ["Novels", "Lesotho"], "alert": "weekly"},
    ):
        client.post("/api/library/searches", json=asked)
    _shelved(campus)
    return client


def _shelved(campus: Any) -> None:
    """Give the library some branches, and readers."""
    for name, number, parent in (
        ("Literature of Southern Africa", "896", "Literature"),
        ("Literature in English", "820", "Literature"),
        ("Praise poetry", "896.1", "Literature of Southern Africa"),
    ):
        campus.call("library.add_category", name=name, notation=number, parent=parent)
    found = campus.call("library.search", limit=12)["items"]
    for times, one in enumerate(found):
        if times in (0, 3):
            kept = {"id": one["id"], "category": "Literature of Southern Africa"}
            campus.call("library.update_resource", **kept)
        for reader in range(times):
            agent = f"Mozilla/5.0 (X11; Linux x86_64; rv:{120 + reader}.0) Gecko/20100101 Firefox"
            path = f"/api/library/resources/{one['id']}"
            campus.http.get(path, headers={"User-Agent": agent})


if __name__ == "__main__":
    take(sys.argv[1], sys.argv[2:])
