"""What a librarian does in a browser to bring a catalogue in: look, map, try, import, take back."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from tests.plugins.library.journeys import Person

TABLE = "Titel;Held by;Unyaka\n"
ROW = "{word} {number};Plaatje, Sol T.;1930\n"


class Scripted(Person):
    """The same with scripts."""

    scripts = True


def importing(
    browser: Browser, url: str, shots: str, session: str, word: str, count: str
) -> dict[str, Any]:
    """A table, without scripts: mapped, tried, imported, its refusals seen, taken back."""
    librarian = Person(browser, url, session, shots)
    page, seen = librarian.page, dict[str, Any]()
    file = Path(shots) / f"{word}.csv"
    rows = "".join(ROW.format(word=word, number=number) for number in range(int(count)))
    file.write_text(TABLE + rows + ";no title;\n")

    librarian.open("/library/add")
    page.get_by_role("link", name="Import a catalogue").click()
    page.get_by_label("File", exact=True).set_input_files(str(file))
    page.get_by_label("Format").select_option("CSV")
    fits = [librarian.shoot("imports")]
    librarian.press("Look at it")
    seen["guessed"] = page.get_by_label("What Titel holds").input_value()
    page.get_by_label("What Held by holds").select_option("authors")
    page.get_by_label("What Unyaka holds").select_option("year")
    librarian.press("Read it so")
    seen["mapped"] = librarian.rows("records")[0]
    fits.append(librarian.shoot("preview"))

    librarian.press("Try it first")
    _look_until(librarian, "This was a try")
    seen["tried"] = _counts(librarian)
    librarian.press("Import it")
    _look_until(librarian, "Take the import back")
    seen["imported"] = _counts(librarian)
    fits.append(librarian.shoot("imported"))
    with page.expect_download() as report:
        page.get_by_role("link", name="Download the report of refused records").click()
    seen["report"] = Path(report.value.path()).read_text().splitlines()[1:]

    librarian.press("Take the import back")
    _look_until(librarian, "were taken back")
    seen["undone"] = librarian.said()
    fits.append(librarian.shoot("undone"))
    return {"seen": seen, "fits": all(fits)}


def watching(
    browser: Browser, url: str, shots: str, session: str, word: str, count: str
) -> dict[str, Any]:
    """A larger file, with scripts: its progress moves by itself."""
    librarian = Scripted(browser, url, session, shots)
    page = librarian.page
    file = Path(shots) / f"{word}.bib"
    file.write_text("".join(f"@book{{k{n}, title={{{word} {n}}}}}\n" for n in range(int(count))))
    librarian.open("/library/imports")
    page.get_by_label("File", exact=True).set_input_files(str(file))
    librarian.press("Look at it")
    librarian.press("Import it")
    page.get_by_role("progressbar").wait_for()
    fits = librarian.shoot("running")
    page.get_by_role("button", name="Take the import back").wait_for(timeout=60_000)
    return {"counts": _counts(librarian), "fits": fits}


def _look_until(person: Person, words: str) -> None:
    """Open the page anew until it says these words, as somebody without scripts does."""
    for _ in range(200):
        if words in person.page.inner_text("main"):
            return
        person.page.wait_for_timeout(150)
        person.page.reload()
    raise AssertionError(f"the page never says {words}")


def _counts(person: Person) -> dict[str, str]:
    names, values = (person.page.locator(f".stats {one}").all_inner_texts() for one in ("dt", "dd"))
    return {
        name.strip(): "".join(filter(str.isdigit, value))
        for name, value in zip(names, values, strict=True)
    }
