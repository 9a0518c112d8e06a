"""What librarians and readers do with categories and tags in a browser."""

from typing import Any

from playwright.sync_api import Browser
from tests.plugins.library.journeys import Person


def arranging(
    browser: Browser, url: str, shots: str, librarian: str, reader: str, dewey: str
) -> dict[str, Any]:
    """A classification comes in; a category is added, renamed, moved and removed, all without a script."""
    desk, visitor = (Person(browser, url, one, shots) for one in (librarian, reader))
    page, seen = desk.page, {}
    desk.open("/library/categories")
    page.get_by_text("Take in a classification").click()
    page.locator("#import-file").set_input_files(dewey)
    desk.press("Take it in")
    seen["taken in"] = page.locator(".library-branches a").all_inner_texts()
    page.get_by_role("link", name="Literature").first.click()
    page.get_by_text("Add a category below").click()
    page.locator("#add-name").fill("Izibongo")
    page.locator("#add-labels\\.zu").fill("Izibongo zesiZulu")
    desk.press("Add the category")
    seen["above"] = page.locator("nav .library-way a").all_inner_texts()
    page.get_by_text("Rename or translate it").click()
    seen["in isiZulu"] = page.locator("#change-labels\\.zu").input_value()
    page.locator("#change-name").fill("Praise poetry")
    desk.press("Save")
    seen["renamed"] = page.locator("h1").inner_text()
    page.get_by_text("Move it elsewhere").click()
    page.locator("#move-parent").fill("Nowhere")
    desk.press("Move it")
    seen["refused"] = desk.said()
    page.locator("#move-parent").fill("African literatures")
    desk.press("Move it")
    seen["moved"] = page.locator("nav .library-way a").all_inner_texts()
    fits = [desk.shoot("category-arranged")]

    visitor.open("/library/categories")
    fits.append(visitor.shoot("categories"))
    visitor.page.get_by_role("link", name="800 Literature").click()
    visitor.page.get_by_role("link", name="African literatures").click()
    fits.append(visitor.shoot("category"))
    seen["found"] = visitor.page.locator(".entry-title").all_inner_texts()
    visitor.page.locator(".entry-title").first.click()
    seen["way"] = visitor.page.locator("dd .library-way a").all_inner_texts()
    visitor.open("/library?category=Literature")
    seen["tree"] = visitor.page.locator(".facet [name=category]").evaluate_all(
        "boxes => boxes.map(box => box.value)"
    )
    fits.append(visitor.shoot("category-facet"))

    desk.open("/library/categories")
    page.get_by_role("link", name="Literature").first.click()
    page.get_by_text("Remove it", exact=True).click()
    page.locator("label", has_text="Remove the categories below it as well").locator(
        "input"
    ).check()
    desk.press("Remove this category")
    seen["removed"] = desk.said()
    return {"seen": seen, "fits": all(fits)}


def tagging(browser: Browser, url: str, shots: str, librarian: str) -> dict[str, Any]:
    """Tags are suggested while somebody types, and one takes the place of others."""
    scripted = browser.new_context()
    scripted.add_cookies([{"name": "azora_session", "value": librarian, "url": url}])
    page, seen = scripted.new_page(), {}
    page.goto(f"{url}/library/add")
    page.locator("#add-tags").press_sequentially("poetry, nov")
    option = page.locator("#add-tags-terms option").first
    option.wait_for(state="attached")
    seen["suggested"] = page.locator("#add-tags-terms option").evaluate_all(
        "options => options.map(one => one.value)"
    )
    desk = Person(browser, url, librarian, shots)
    desk.open("/library/tags?query=nov")
    seen["in use"] = desk.page.locator(".library-branches a").all_inner_texts()
    fits = desk.shoot("tags")
    desk.page.get_by_label("Choose “novel”").check()
    desk.page.locator("#merge-into").fill("Novels")
    desk.press("Put it in their place")
    seen["said"] = desk.said()
    return {"seen": seen, "fits": fits}


def looking_up(
    browser: Browser, url: str, shots: str, librarian: str, address: str
) -> dict[str, Any]:
    """A form is filled in by ISBN, and by hand where nobody knows; the figures are looked at."""
    desk = Person(browser, url, librarian, shots)
    page, seen = desk.page, {}

    def ask(what: str) -> None:
        desk.open("/library/add")
        page.get_by_label("Fill in by ISBN, DOI or link").fill(what)
        page.locator("main").get_by_role("button", name="Search").click()

    ask("978-0-435-90834-9")
    seen["mistyped"] = desk.said()
    ask("0-435-90834-0")
    seen["found"] = desk.said()
    seen["title"] = page.locator("#add-title").input_value()
    fits = [desk.shoot("looked-up")]
    desk.press("Add")
    seen["added"] = page.locator("h1").inner_text()
    ask("9780435908348")
    seen["here"] = page.locator(".notice-care a").all_inner_texts()
    fits.append(desk.shoot("here-already"))
    ask("10.1234/nobody-knows")
    seen["by hand"] = desk.said()
    seen["doi"] = page.locator("#add-doi").input_value()
    ask(f"{address}/pages/shop")
    seen["page"] = page.locator("#add-title").input_value()
    desk.open("/library/figures")
    fits.append(desk.shoot("figures"))
    seen["figures"] = page.locator(".stat-value").all_inner_texts()
    return {"seen": seen, "fits": all(fits)}
