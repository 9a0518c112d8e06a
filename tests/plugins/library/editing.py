"""What librarians do in a browser when they edit: drafts, conflicts, many records at once."""

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from tests.plugins.library.journeys import Person

KEPT, WAITING = "Kept as a draft at", "Not kept yet"


class Typist(Person):
    """Somebody who is signed in, at a browser with scripts."""

    scripts = True

    def state(self, words: str) -> str:
        """What the line below the form says, once it begins with these words."""
        line = self.page.locator("[data-draft]")
        line.filter(has_text=words).wait_for(timeout=20_000)
        return line.inner_text()


def outage(browser: Browser, url: str, shots: str, session: str, book: str, signs: str) -> Any:
    """Somebody types while the campus is killed and comes back, and closes the browser without saving."""
    person, sign = Typist(browser, url, session, shots), Path(signs)
    page = person.page
    person.open(f"/library/{book}/edit")
    page.get_by_label("Title").fill("Mhudi, an epic")
    seen = {"kept": person.state(KEPT)}
    (sign / "typed").touch()
    _await(sign / "killed")
    page.get_by_label("Publisher").fill("Lovedale Press")
    seen["waiting"] = person.state(WAITING)
    fits = person.shoot("draft-waiting")
    (sign / "waiting").touch()
    seen["kept again"] = person.state(KEPT)
    return {"seen": seen, "fits": fits}


def coming_back(browser: Browser, url: str, shots: str, session: str, book: str) -> Any:
    """The draft waits on the home page; it is gone on with and saved."""
    person = Typist(browser, url, session, shots)
    page, seen = person.page, {}
    person.open("/home")
    fits = [person.shoot("draft-home")]
    person.open(f"/library/{book}/edit")
    fits.append(person.shoot("draft-offered"))
    person.open("/home")
    page.get_by_role("link", name="Mhudi, an epic").click()
    seen["begun"] = person.said()
    seen["typed"] = [page.get_by_label(name).input_value() for name in ("Title", "Publisher")]
    fits.append(person.shoot("draft-begun"))
    person.press("Save")
    seen["title"] = page.locator("h1").inner_text()
    person.open("/home")
    seen["left"] = page.locator("a[href*='/edit?draft=']").count()
    return {"seen": seen, "fits": all(fits)}


def button(browser: Browser, url: str, shots: str, session: str) -> Any:
    """Without a script, a button keeps what is typed."""
    person = Person(browser, url, session, shots)
    person.open("/library/add")
    person.page.get_by_label("Title").fill("Written at night")
    person.press("Keep as a draft")
    return {"said": person.said(), "fits": person.shoot("draft-kept")}


def button_again(browser: Browser, url: str, shots: str, session: str) -> Any:
    """The same person, after the campus was killed."""
    person = Person(browser, url, session, shots)
    person.open("/library/drafts")
    fits = person.shoot("drafts")
    person.page.get_by_role("link", name="Written at night").click()
    return {"title": person.page.get_by_label("Title").input_value(), "fits": fits}


def _await(sign: Path) -> None:
    limit = time.monotonic() + 30
    while not sign.exists():
        assert time.monotonic() < limit, f"nobody gave the sign {sign.name}"
        time.sleep(0.02)
