"""What people do in a browser with the fields that their campus declares, all without scripts."""

from typing import Any

from playwright.sync_api import Browser
from tests.plugins.library.journeys import Person


def declaring(
    browser: Browser, url: str, shots: str, keeper: str, librarian: str, reader: str
) -> dict[str, Any]:
    """Fields are declared, filled in, read, changed and compared; one is removed with its values."""
    desk, cataloguer, visitor = (
        Person(browser, url, one, shots) for one in (keeper, librarian, reader)
    )
    page, seen, fits = desk.page, dict[str, Any](), list[bool]()

    def declare(name: str, kind: str, label: str, *ticked: str, **filled: str) -> None:
        desk.open("/library/fields")
        page.locator("#add-name").fill(name)
        page.locator("#add-kind").select_option(kind)
        page.locator("#add-labels\\.en").fill(label)
        for input, words in filled.items():
            page.locator(f"#add-{input}").fill(words)
        for words in ticked:
            page.locator("#add").get_by_label(words, exact=True).check()
        desk.press("Declare it")

    declare("grade", "choice", "School grade", "A search can be narrowed by it")
    seen["no choices"] = page.locator("#add-choices-error").inner_text()
    page.locator("#add-choices").fill("Grade 8\nGrade 9\nGrade 10")
    page.locator("#add").get_by_label("A resource may have several").check()
    desk.press("Declare it")
    seen["declared"] = desk.said()
    fits.append(desk.shoot("field"))
    declare(
        "shelf_mark", "text", "Shelf mark", "A search finds its words", "Librarians have to fill it in",
        help="As it stands on the spine.",
    )  # fmt: skip
    declare("came", "date", "Day on which it came")
    declare("signed", "boolean", "Signed by its author")
    desk.open("/library/fields")
    fits.append(desk.shoot("fields"))

    form = cataloguer.page
    cataloguer.open("/library/add")
    form.locator("#add-title").fill("Mhudi")
    form.locator("#add-type").select_option("BOOK")
    form.get_by_label("Grade 9").check()
    form.get_by_label("Grade 10").check()
    form.locator("#add-custom\\.signed").select_option("Yes")
    cataloguer.press("Add")
    seen["needed"] = form.locator("[id='add-custom.shelf_mark-error']").inner_text()
    seen["kept"] = form.get_by_label("Grade 9").is_checked()
    fits.append(cataloguer.shoot("add-with-fields"))
    form.locator("[id='add-custom.shelf_mark']").fill("PL 8689")
    cataloguer.press("Add")
    fits.append(cataloguer.shoot("resource-with-fields"))
    seen["read"] = _facts(cataloguer)
    form.get_by_role("link", name="Edit", exact=True).click()
    form.get_by_label("Grade 9").uncheck()
    form.locator("[id='edit-custom.came']").fill("2026-11-23")
    cataloguer.press("Save")
    seen["edited"] = _facts(cataloguer)
    form.get_by_role("link", name="History", exact=True).click()
    form.get_by_role("link", name="What changed").first.click()
    seen["compared"] = form.locator("main .diff, main table").first.inner_text()
    fits.append(cataloguer.shoot("history-of-fields"))

    cataloguer.open("/library/bulk-edits/add?query=Mhudi")
    form.get_by_label("this search finds").check()
    form.locator("[id='prepare-set_custom.came']").fill("2026-01-31")
    cataloguer.press("Look at the changes")
    seen["in many"] = cataloguer.rows("records")
    fits.append(cataloguer.shoot("bulk-edit-of-fields"))

    visitor.open("/library?query=8689")
    seen["found"] = visitor.page.locator(".entry-title").all_inner_texts()
    facet = visitor.page.locator("details.facet", has_text="School grade")
    seen["facet"] = " ".join(facet.locator("li").first.text_content().split())
    visitor.open("/library?field=grade:Grade+10")
    seen["narrowed"] = visitor.page.locator(".entry-title").all_inner_texts()
    fits.append(visitor.shoot("results-with-fields"))
    desk.open("/library/fields/grade")
    page.get_by_text("Remove it with its values").click()
    fits.append(desk.shoot("field-in-use"))
    desk.press("Remove the field and its values")
    seen["removed"] = desk.said()
    return {"seen": seen, "fits": fits}


def _facts(person: Person) -> dict[str, str]:
    names, values = (
        person.page.locator(f".library-resource {one}").all_inner_texts() for one in ("dt", "dd")
    )
    return dict(zip(names, values, strict=True))
