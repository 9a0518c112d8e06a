"""What librarians and readers do in a browser without scripts: lending, and shelves of their own."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

WIDTHS = (320, 1280)


class Person:
    """Somebody who is signed in, at a browser without scripts."""

    scripts = False

    def __init__(self, browser: Browser, url: str, session: str, shots: str) -> None:
        context = browser.new_context(java_script_enabled=self.scripts)
        context.add_cookies([{"name": "azora_session", "value": session, "url": url}])
        self.page: Page = context.new_page()
        self._url, self._shots = url, Path(shots)

    def open(self, path: str) -> None:
        self.page.goto(self._url + path)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).first.click()

    def said(self) -> str:
        """What the page's notice says."""
        return self.page.locator(".notice").first.inner_text().strip()

    def rows(self, table: str) -> list[str]:
        return [
            " ".join(row.inner_text().split())
            for row in self.page.locator(f"#{table}-caption ~ tbody tr").all()
        ]

    def shoot(self, name: str) -> bool:
        """Pictures at both widths; whether the page fits both."""
        fits = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            box = self.page.locator("body").bounding_box()
            fits.append(box is not None and box["width"] <= width)
            self.page.screenshot(path=self._shots / f"{name}-{width}.png", full_page=True)
        return all(fits)


def lending(
    browser: Browser, url: str, shots: str, librarian: str, reader: str, book: str
) -> dict[str, Any]:
    """One copy: added, kept for a reader, fetched, lent, renewed, brought back."""
    desk, customer = (Person(browser, url, one, shots) for one in (librarian, reader))
    seen: dict[str, Any] = {}

    desk.open(f"/library/{book}/copies")
    desk.page.get_by_label("Barcode").fill("l-77")
    desk.page.get_by_label("Shelfmark").fill("896.3 PLA")
    desk.page.get_by_label("Place").fill("Main hall")
    desk.press("Add the copy")
    seen["added"] = desk.said()
    fits = [desk.shoot("stock")]

    customer.open(f"/library/{book}")
    seen["copies"] = customer.rows("copies")
    fits.append(customer.shoot("copies"))
    customer.press("Keep a copy for me")
    seen["waits"] = customer.rows("holds")
    card = customer.page.locator("main").inner_text().split("Your card is ")[1].split(".")[0]

    desk.open("/library/desk")
    seen["to fetch"] = desk.rows("waiting")
    desk.page.locator("#check_in-barcode").fill("L-77")
    desk.press("Take back")
    seen["set aside"] = desk.said()
    seen["ready for the next"] = desk.page.locator("#check_in-barcode").input_value()
    fits.append(desk.shoot("desk"))
    desk.page.locator("#check_out-card").fill(card)
    desk.page.locator("#check_out-barcode").fill("L-77")
    desk.press("Lend")
    seen["lent"] = desk.said()

    customer.open("/library/loans")
    customer.press("Renew")
    seen["renewed"] = customer.said()
    seen["on loan"] = customer.rows("loans")
    fits.append(customer.shoot("loans"))

    desk.open("/library/desk")
    desk.page.locator("#check_out-card").fill(card)
    desk.page.locator("#check_out-barcode").fill("L-77")
    desk.press("Lend")
    seen["refused"] = desk.said()
    seen["kept"] = desk.page.locator("#check_out-barcode").input_value()
    desk.page.locator("#check_in-barcode").fill("L-77")
    desk.press("Take back")
    seen["back"] = desk.said()
    desk.open(f"/library/cards/{card}")
    fits.append(desk.shoot("card"))
    desk.open("/library/cards?query=Thandi")
    seen["cards"] = desk.rows("cards")
    fits.append(desk.shoot("cards"))
    return {"seen": seen, "fits": all(fits)}


def shelves(
    browser: Browser, url: str, shots: str, librarian: str, reader: str, book: str, other: str
) -> dict[str, Any]:
    """A librarian makes a collection; a reader begins a list from a book's page and orders it."""
    desk, customer = (Person(browser, url, one, shots) for one in (librarian, reader))
    seen: dict[str, Any] = {}

    desk.open("/library/collections")
    desk.page.get_by_role("link", name="Begin a collection").first.click()
    desk.page.get_by_label("Title").fill("Soweto writes")
    desk.page.get_by_label("What it is for").fill("Novels of these streets.")
    desk.press("Begin")
    seen["begun"] = desk.said()
    fits = [desk.shoot("collection")]
    customer.open("/library/collections")
    fits.append(customer.shoot("collections"))
    customer.page.get_by_role("link", name="Soweto writes").click()
    seen["collection"] = customer.page.locator("h1").inner_text()

    customer.open(f"/library/{book}")
    customer.page.get_by_text("Put it on a shelf").click()
    fits.append(customer.shoot("keep"))
    customer.page.get_by_label("Title of the list").fill("Holidays")
    customer.press("Put it there")
    seen["kept"] = customer.said()
    customer.open(f"/library/{other}")
    customer.page.get_by_text("Put it on a shelf").click()
    customer.page.locator("#keep-shelf").select_option(label="Holidays")
    customer.press("Put it there")
    last = customer.page.locator(".entry").nth(1)
    last.get_by_text("More").click()
    last.get_by_role("button", name="Move to the top").click()
    seen["order"] = customer.page.locator(".entry-title").all_inner_texts()
    first = customer.page.locator(".entry").first
    first.get_by_text("More").click()
    first.get_by_role("button", name="Read it").click()
    seen["progress"] = customer.page.locator(".entry").first.locator(".facts").inner_text()
    fits.append(customer.shoot("list"))
    customer.open("/library/reading-lists")
    seen["lists"] = customer.page.locator(".tile .entry-title").all_inner_texts()
    fits.append(customer.shoot("lists"))
    return {"seen": seen, "fits": all(fits)}


def reading(
    browser: Browser,
    url: str,
    shots: str,
    librarian: str,
    epub: str,
    pdf: str,
    sound: str,
    srt: str,
) -> dict[str, Any]:
    """A book and a document are read in the page; a sound gets captions and plays with them."""
    reader = Person(browser, url, librarian, shots)
    page, seen = reader.page, {}

    reader.open(f"/library/{epub}")
    page.get_by_role("link", name="Read it here").click()
    seen["chapter"] = page.locator(".library-leaf h2").inner_text()
    seen["cover"] = page.locator(".library-leaf img").first.evaluate("image => image.naturalWidth")
    fits = [reader.shoot("epub")]
    page.get_by_role("link", name="Next page").first.click()
    seen["next"] = page.locator(".library-leaf").inner_text()

    reader.open(f"/library/{pdf}/read")
    picture = page.locator("img.library-leaf")
    picture.evaluate("image => image.decode()")
    seen["drawn"] = picture.evaluate("image => image.naturalWidth")
    page.get_by_text("The text of this page").click()
    seen["text"] = page.locator(".library-content").inner_text().strip()
    fits.append(reader.shoot("pdf"))

    reader.open(f"/library/{sound}/captions")
    page.locator("#save-language").fill("zu")
    page.locator("#save-file").set_input_files(srt)
    reader.press("Save the captions")
    seen["captions"] = reader.rows("captions")
    reader.open(f"/library/{sound}")
    seen["tracks"] = page.locator("track").evaluate_all(
        "tracks => tracks.map(one => [one.srclang, one.src.split('/').slice(-2).join('/')])"
    )
    seen["plays"] = page.locator("audio").evaluate(
        "sound => new Promise(done => { sound.onloadedmetadata = () => done(sound.duration);"
        " if (sound.readyState) done(sound.duration); sound.load(); })"
    )
    fits.append(reader.shoot("sound"))
    page.get_by_text("Open it in another program").click()
    reader.press("Make a link for an hour")
    seen["link"] = page.locator(".copyable code").inner_text()
    return {"seen": seen, "fits": all(fits)}


def history(
    browser: Browser, url: str, shots: str, librarian: str, resource: str
) -> dict[str, Any]:
    """What a resource said before: seen, compared word by word, taken up again."""
    person = Person(browser, url, librarian, shots)
    person.open(f"/library/{resource}")
    person.page.get_by_role("link", name="History").click()
    seen: dict[str, Any] = {"versions": person.rows("versions")}
    person.page.get_by_role("link", name="What changed in version 2").click()
    seen["gone"] = person.page.locator("del").all_inner_texts()
    seen["new"] = person.page.locator("ins").all_inner_texts()
    fits = person.shoot("history")
    person.press("Take up again")
    seen["said"] = person.said()
    seen["title"] = person.page.locator("h1").inner_text()
    person.open(f"/library/{resource}/history")
    seen["after"] = person.rows("versions")
    return {"seen": seen, "fits": fits}


def searching(browser: Browser, url: str, shots: str, session: str) -> dict[str, Any]:
    """A misspelt word finds; boxes narrow by several values, each taken back; a facet is seen whole."""
    reader = Person(browser, url, session, shots)
    page, seen = reader.page, {}

    reader.open("/library")
    page.get_by_label("Search the library").fill("mountian")
    page.get_by_role("search").last.get_by_role("button", name="Search").click()
    seen["close"] = reader.said()
    page.get_by_role("link", name="mountain", exact=True).click()
    seen["all"] = sorted(page.locator(".entry-title").all_inner_texts())
    seen["marked"] = page.locator(".entry mark").first.inner_text()
    fits = [reader.shoot("search")]

    page.get_by_label("Zulu").check()
    page.get_by_label("Xhosa").check()
    page.get_by_role("button", name="Show the results").click()
    seen["narrowed"] = sorted(page.locator(".entry-title").all_inner_texts())
    seen["chips"] = [one.split(" ×")[0] for one in page.locator(".narrowed a").all_inner_texts()]
    page.get_by_role("link", name="Zulu").click()
    seen["taken back"] = page.locator(".entry-title").all_inner_texts()
    fits.append(reader.shoot("narrowed"))

    page.get_by_text("Subject", exact=True).first.click()
    page.get_by_role("link", name="Show all (Subject)").click()
    page.get_by_label("Only values with these words").fill("subject 1")
    page.get_by_role("button", name="Show", exact=True).click()
    seen["values"] = page.locator(".library-facet label").all_inner_texts()
    page.get_by_label("Subject 11").check()
    page.get_by_label("Only values with these words").fill("subject 2")
    page.get_by_role("button", name="Show", exact=True).click()
    fits.append(reader.shoot("facet"))
    seen["still ticked"] = page.get_by_label("Subject 11").is_checked()
    page.get_by_role("button", name="Show the results").click()
    seen["by subject"] = page.locator(".entry-title").all_inner_texts()
    page.get_by_text("Download these results").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="RIS").click()
    seen["saved"] = Path(saved.value.path()).read_text().count("TY  -")
    return {"seen": seen, "fits": all(fits)}


def referring(browser: Browser, url: str, shots: str, session: str, book: str) -> dict[str, Any]:
    """From a book to all that refers to it, and back to everything."""
    reader = Person(browser, url, session, shots)
    page, seen = reader.page, {}
    reader.open(f"/library/{book}")
    seen["near"] = {
        id: page.locator(f"section[aria-labelledby={id}] .entry-title").all_inner_texts()
        for id in ("cites", "cited-by", "alike")
    }
    fits = reader.shoot("related")
    page.get_by_role("link", name="All 6 that refer to it").click()
    seen["all"] = sorted(page.locator(".entry-title").all_inner_texts())
    seen["chip"] = page.locator(".narrowed a").inner_text()
    return {"seen": seen, "fits": fits}


def saving(browser: Browser, url: str, shots: str, session: str) -> dict[str, Any]:
    """A search is saved under a name; a name that is taken is refused with everything still there."""
    reader = Person(browser, url, session, shots)
    page, seen = reader.page, {}
    for alert in ("Every week", "Every day"):
        reader.open("/library?query=harvest&language=zu&language=xh")
        page.get_by_text("Save this search").click()
        page.locator("#save-name").fill("Harvests")
        page.get_by_label(alert).check()
        reader.press("Save")
        seen[alert] = reader.said()
    seen["kept"] = page.locator("#save-name").input_value()
    fits = [reader.shoot("save-search")]
    reader.open("/library/searches")
    seen["listed"] = page.locator(".entry .facts").first.inner_text()
    page.get_by_text("Change it").click()
    page.get_by_label("Tell me what is new").select_option(label="Every day")
    reader.press("Save")
    seen["changed"] = page.locator(".entry .facts").first.inner_text()
    page.get_by_text("Change it").click()
    reader.press("Make a feed address")
    seen["feed"] = page.locator(".copyable code").inner_text()
    fits.append(reader.shoot("searches"))
    page.get_by_role("link", name="All that it finds").click()
    seen["address"] = page.url.removeprefix(url)
    return {"seen": seen, "fits": all(fits)}


def alerted(browser: Browser, url: str, shots: str, session: str) -> dict[str, Any]:
    """The home says what is new in a saved search; once it is seen, the home says so no more."""
    reader = Person(browser, url, session, shots)
    page, seen = reader.page, {}
    reader.open("/home")
    panel = page.get_by_role("region", name="New in your searches")
    seen["home"] = " ".join(panel.locator(".entry").inner_text().split())
    fits = [reader.shoot("home")]
    panel.get_by_role("link", name="Harvests").click()
    seen["new"] = page.locator(".entry-title").all_inner_texts()
    fits.append(reader.shoot("new-results"))
    reader.press("I have seen these")
    seen["after"] = page.locator(".empty-title").inner_text()
    reader.open("/home")
    seen["gone"] = panel.locator(".entry").count()
    reader.open("/library/searches")
    page.get_by_text("Change it").click()
    reader.press("Remove")
    seen["removed"] = page.locator(".empty-title").inner_text()
    return {"seen": seen, "fits": all(fits)}
