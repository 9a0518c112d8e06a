"""Journeys through a campus: the story by pointer, by keyboard and without scripts.

Functions for `azora.testing.browser.browse`.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

PASSWORD = "nine quiet herons by the weir"
WIDTHS = (320, 1280)
NAME = """() => { const e = document.activeElement;
  return (e.labels?.[0]?.innerText || e.ariaLabel || e.innerText || e.value || "").trim() }"""


class Visitor:
    """Somebody at a browser: what they do, what they were shown and what the browser complained of."""

    def __init__(self, browser: Browser, url: str, shots: str, **options: Any) -> None:
        self.url = url
        self.page: Page = browser.new_context(**options).new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.wide: list[str] = []
        self._shots = Path(shots)
        self.page.on("console", self._complain)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def follow(self, words: str) -> None:
        """Go where the link or button with these words leads."""
        role = self.page.get_by_role("link", name=words, exact=True)
        chosen = role.or_(self.page.get_by_role("button", name=words, exact=True)).first
        with self.page.expect_navigation():
            chosen.click()

    def send(self) -> None:
        """Press Enter where we are writing."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, **values: str) -> None:
        """Fill the inputs of these names."""
        for name, value in values.items():
            field = self.page.locator(f"main [name={name}]:not([type=hidden])").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=value)
            elif field.get_attribute("type") == "file":
                field.set_input_files(value)
            else:
                field.fill(value)

    def download(self, words: str) -> str:
        """The content of the file behind the link with these words."""
        with self.page.expect_download() as started:
            self.page.get_by_role("link", name=words).click()
        return started.value.path().read_text()

    def where(self) -> str:
        """The path at which we are."""
        return self.page.url.removeprefix(self.url)

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def look(self, name: str) -> None:
        """Take pictures at every width, and notice what is wider than the screen."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=self._shots / f"{name}-{width}.png", full_page=True)
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.wide.append(f"{name} at {width}")

    def seen(self) -> dict[str, Any]:
        return {"complaints": self.complaints, "wide": self.wide}

    def _complain(self, message: Any) -> None:
        """Whatever the browser finds wrong, but for a missing page that was asked for."""
        if message.type in ("error", "warning") and "404" not in message.text:
            self.complaints.append(f"{self.where()}: {message.text}")


class Typist(Visitor):
    """The same with the keyboard alone."""

    def reach(self, words: str) -> None:
        """Press Tab until what is called so has the focus."""
        for _ in range(120):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(NAME).startswith(words):
                return
        raise AssertionError(f"{words!r} cannot be reached by Tab at {self.where()}")

    def follow(self, words: str) -> None:
        self.reach(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, **values: str) -> None:
        for name, value in values.items():
            field = self.page.locator(f"main [name={name}]:not([type=hidden])").first
            self.reach(field.evaluate("e => e.labels[0].innerText.trim()"))
            if field.get_attribute("type") == "file":
                with self.page.expect_file_chooser() as asked:
                    self.page.keyboard.press("Space")
                asked.value.set_files(value)
            elif field.evaluate("e => e.tagName") == "SELECT":
                self.page.keyboard.type(value)
            else:
                self.page.keyboard.press("Control+A")
                self.page.keyboard.type(value)

    def download(self, words: str) -> str:
        self.reach(words)
        with self.page.expect_download() as started:
            self.page.keyboard.press("Enter")
        return started.value.path().read_text()


def by_pointer(browser: Browser, *arguments: str) -> dict[str, Any]:
    return _story(Visitor(browser, *arguments[:2]), "pointer", *arguments[2:])


def by_keyboard(browser: Browser, *arguments: str) -> dict[str, Any]:
    return _story(Typist(browser, *arguments[:2]), "keyboard", *arguments[2:])


def without_scripts(browser: Browser, *arguments: str) -> dict[str, Any]:
    visitor = Visitor(browser, *arguments[:2], java_script_enabled=False)
    return _story(visitor, "plain", *arguments[2:])


def _story(visitor: Visitor, name: str, email: str, once: str, file: str) -> dict[str, Any]:
    """Sign in for the first time, find and open something, add one, change it, fetch its file."""
    seen: dict[str, Any] = {}
    title = f"Herons of the weir ({name})"
    visitor.open("/")
    visitor.look(f"{name}-1-landing")
    visitor.follow("Sign in")
    visitor.write(email=email, password=once)
    visitor.look(f"{name}-2-sign-in")
    visitor.follow("Sign in")
    seen["first sent to"] = visitor.where()
    visitor.open("/people")
    seen["kept at"] = visitor.where()
    visitor.write(current_password=once, new_password=PASSWORD)
    visitor.look(f"{name}-3-password")
    visitor.follow("Change password")
    visitor.open("/library")
    visitor.write(query="kliptown")
    visitor.send()
    visitor.look(f"{name}-4-found")
    visitor.follow("The Freedom Charter")
    seen["opened"] = visitor.heading()
    visitor.look(f"{name}-5-resource")
    visitor.open("/library")
    visitor.follow("Add a resource")
    visitor.write(title=title, type="Document", authors="Nomsa Dlamini", file=file)
    visitor.look(f"{name}-6-add")
    visitor.follow("Add")
    seen["added"] = [visitor.heading(), visitor.page.get_by_role("status").first.inner_text()]
    visitor.follow("Edit")
    visitor.write(title=f"{title}, revised")
    visitor.look(f"{name}-7-edit")
    visitor.follow("Save")
    seen["edited"] = [visitor.heading(), visitor.page.get_by_role("status").first.inner_text()]
    visitor.look(f"{name}-8-edited")
    seen["downloaded"] = visitor.download("Download the file")
    visitor.follow("Sign out")
    seen["left to"] = visitor.where()
    return seen | visitor.seen()


def try_an_operation(browser: Browser, url: str, shots: str, token: str) -> dict[str, Any]:
    """Send an operation from the API's own page, twice: the page must also work from the cache."""
    visitor = Visitor(browser, url, shots)
    offered = []
    visitor.page.on("request", lambda request: offered.append(request.url))
    visitor.open("/")
    visitor.open("/api/docs")
    visitor.open("/api/docs")
    visitor.page.fill("#token", token)
    answers = []
    for name, field, value in [
        ("library.search", "query", "kliptown"),
        ("identity.me", "", ""),
    ]:
        section = visitor.page.locator(f"[id='{name}']")
        section.locator("summary").click()
        if field:
            section.locator(f"[name={field}]").fill(value)
        section.get_by_role("button", name="Send").click()
        section.locator("[role=status] pre").wait_for()
        answers.append(section.locator("[role=status]").inner_text())
    visitor.look("api-docs-answered")
    strangers = [address for address in offered if not address.startswith(url)]
    return {"answers": answers, "strangers": strangers} | visitor.seen()
