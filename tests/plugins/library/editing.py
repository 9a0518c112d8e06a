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


def conflict(
    browser: Browser, url: str, shots: str, first: str, second: str, book: str
) -> dict[str, Any]:
    """Two people open the same form; the second to save chooses field by field."""
    quick, slow = (Person(browser, url, one, shots) for one in (first, second))
    for person in (quick, slow):
        person.open(f"/library/{book}/edit")
    quick.page.get_by_label("Title").fill("Mhudi: an epic of South African native life")
    quick.page.get_by_label("Publisher").fill("Lovedale Press")
    quick.press("Save")
    slow.page.get_by_label("Title").fill("Mhudi: a romance")
    slow.page.get_by_label("Tags").fill("novel, history")
    slow.press("Save")
    page, seen = slow.page, {}
    seen["heading"] = page.locator("h1").inner_text()
    seen["sides"] = [one.inner_text() for one in page.locator(".library-sides .library-side").all()]
    seen["merged"] = slow.rows("merged")
    fits = [slow.shoot("conflict")]
    slow.press("Save both changes")
    seen["asked"] = slow.said()
    fits.append(slow.shoot("conflict-asked"))
    page.get_by_label("Theirs").check()
    slow.press("Save both changes")
    seen["said"] = slow.said()
    seen["title"] = page.locator("h1").inner_text()
    seen["facts"] = page.locator(".facts-list").inner_text()
    fits.append(slow.shoot("conflict-saved"))
    return {"seen": seen, "fits": all(fits)}


def bulk(browser: Browser, url: str, shots: str, first: str, second: str, word: str) -> Any:
    """A librarian edits what a search finds, a colleague sees it and edits one; then it is undone."""
    person, other = Typist(browser, url, first, shots), Typist(browser, url, second, shots)
    page, seen = person.page, {}
    person.open(f"/library?query={word}")
    page.get_by_role("link", name="Edit these together").click()
    page.get_by_label("All 12 that this search finds").check()
    page.get_by_label("Add tags").fill("south africa")
    page.get_by_label("In the field").select_option("Publisher")
    page.get_by_label("Replace this").fill("Lovdale")
    page.get_by_label("With this").fill("Lovedale")
    fits = [person.shoot("bulk-add")]
    person.press("Look at the changes")
    seen["first"] = person.rows("records")[0]
    fits.append(person.shoot("bulk-preview"))
    other.open(page.url.removeprefix(url))
    person.press("Apply the changes")
    page.get_by_role("button", name="Undo").wait_for(timeout=30_000)
    fits.append(person.shoot("bulk-applied"))
    other.page.reload()
    seen["colleague"] = other.page.locator("main").inner_text()
    other.page.locator("#records-caption ~ tbody th a").first.click()
    seen["tagged"] = other.page.locator(".facts-list").inner_text()
    other.page.get_by_role("link", name="Edit", exact=True).click()
    other.page.get_by_label("Year").fill("1931")
    other.press("Save")
    person.press("Undo")
    page.get_by_text("11: undone").wait_for(timeout=30_000)
    seen["undone"] = page.locator("main").inner_text()
    fits.append(person.shoot("bulk-undone"))
    person.open("/library/bulk-edits")
    seen["list"] = person.rows("edits")
    fits.append(person.shoot("bulk-edits"))
    return {"seen": seen, "fits": all(fits)}
