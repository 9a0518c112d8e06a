"""What a librarian does in a browser to keep a library in step with another campus, without scripts."""

from typing import Any

from playwright.sync_api import Browser
from tests.plugins.library.import_journeys import _counts, _look_until
from tests.plugins.library.journeys import Person


def harvesting(
    browser: Browser, url: str, shots: str, session: str, address: str, word: str
) -> dict[str, Any]:
    """Another campus is added, mistyped at first, harvested, looked at, and taken off the list again."""
    librarian = Person(browser, url, session, shots)
    page, seen = librarian.page, dict[str, Any]()
    librarian.open("/library/imports")
    page.get_by_role("link", name="Harvest from other repositories").click()
    fits = [librarian.shoot("no-harvests")]
    page.locator("#add-address").fill("repository.example/oai")
    page.locator("#add-source").fill(word)
    librarian.press("Add it")
    seen["mistyped"] = page.locator("#add-address-error").inner_text()
    page.locator("#add-address").fill(address)
    page.get_by_label("Look every night for what is new").check()
    librarian.press("Add it")
    fits.append(librarian.shoot("harvest-added"))
    librarian.press("Harvest now")
    _look_until(librarian, "In step")
    seen["counts"] = _counts(librarian)
    fits.append(librarian.shoot("harvested"))
    librarian.press("Harvest now")
    _look_until(librarian, "Harvest now")
    librarian.open("/library/harvests")
    seen["listed"] = librarian.rows("harvests")
    fits.append(librarian.shoot("harvests"))
    librarian.open(f"/library?query={word}")
    seen["found"] = page.locator(".entry-title").all_inner_texts()
    librarian.open("/library/harvests")
    page.get_by_role("link", name=word).click()
    librarian.press("Remove")
    seen["removed"] = librarian.said()
    return {"seen": seen, "fits": all(fits)}
