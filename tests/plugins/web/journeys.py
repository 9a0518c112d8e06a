"""Journeys through a campus in a real browser: functions for `azora.testing.browser.browse`."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

OPEN = (
    "/",
    "/home",
    "/search?query=the",
    "/library",
    "/sign-in",
    "/nowhere",
    "/language",
    "/theme",
    "/status",
)
SIGNED_IN = ("/home", "/account", "/people", "/library/add", "/sign-out")
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, .skip, label.box") && e.type !== "hidden")
  .filter((e) => !(e.tagName === "A" && getComputedStyle(e).display === "inline"))
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([e, r]) => r.width && (r.width < 23.9 || r.height < 23.9))
  .map(([e, r]) => `${location.pathname} ${e.tagName} ${e.textContent.trim().slice(0, 30)} ${r.width}x${r.height}`)"""
UNNAMED = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")]
  .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length || e.getAttribute("aria-labelledby")))
  .map((e) => `${location.pathname} ${e.outerHTML.slice(0, 80)}`)"""
DOUBLE_IDS = """() => [...document.querySelectorAll("[id]")].map((e) => e.id)
  .filter((id, index, all) => all.indexOf(id) !== index).map((id) => `${location.pathname} #${id}`)"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4")]
  .filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1]))"""


def layout(browser: Browser, url: str, email: str, password: str) -> dict[str, Any]:
    """What sticks out, what is too small to hit, what has no name, on every page at every width."""
    seen: dict[str, Any] = {
        "overflow": [],
        "small": [],
        "unnamed": [],
        "ids": [],
        "headings": [],
        "console": [],
    }
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: _complaint(message, seen["console"]))
    for paths in (OPEN, SIGNED_IN):
        if paths is SIGNED_IN:
            sign_in(page, url, email, password)
        for path in paths:
            page.goto(url + path)
            seen["unnamed"] += page.evaluate(UNNAMED)
            seen["ids"] += page.evaluate(DOUBLE_IDS)
            seen["headings"].append([path, page.evaluate(HEADINGS)])
            for width in (320, 375, 768, 1280, 2560):
                page.set_viewport_size({"width": width, "height": 800})
                beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if beyond > 0:
                    seen["overflow"].append([path, width, beyond])
                if width in (320, 1280):
                    seen["small"] += page.evaluate(SMALL_TARGETS)
    return seen


def without_scripts(browser: Browser, url: str, email: str, password: str) -> dict[str, Any]:
    """Sign in, search, change language and colours with JavaScript off."""
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{url}/account")
    seen = {"sent to": page.url.removeprefix(url)}
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    follow(page, lambda: page.keyboard.press("Enter"))
    seen["back at"] = page.url.removeprefix(url)
    page.fill("#site-search", "the")
    follow(page, lambda: page.keyboard.press("Enter"))
    seen["found at"] = page.url.removeprefix(url)
    seen["found"] = page.locator(".entry").count()
    follow(page, lambda: page.click("button[name=language][value=zu]"))
    seen["language"] = page.get_attribute("html", "lang")
    seen["still at"] = page.url.removeprefix(url)
    follow(page, lambda: page.click("button[name=theme][value=dark]"))
    seen["theme"] = page.get_attribute("html", "data-theme")
    follow(page, lambda: page.click("button[name=theme][value=auto]"))
    seen["no theme"] = page.get_attribute("html", "data-theme")
    return seen


def keyboard(browser: Browser, url: str) -> dict[str, Any]:
    """What the keys do, and whether the focus can be seen wherever it goes."""
    page = browser.new_page()
    page.goto(f"{url}/library")
    page.keyboard.press("Tab")
    seen: dict[str, Any] = {"first": page.evaluate("document.activeElement.className")}
    seen["first is seen"] = page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    seen["skipped to"] = page.evaluate("document.activeElement.id")
    page.keyboard.press("/")
    seen["slash"] = page.evaluate("document.activeElement.id")
    page.keyboard.type("a?b/c")
    seen["typed"] = page.input_value("#site-search")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    seen["keys"] = page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    seen["keys closed"] = not page.locator("#keys").is_visible()
    hidden = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if not page.evaluate(
            "document.activeElement.matches('body') || getComputedStyle(document.activeElement).outlineStyle !== 'none'"
        ):
            hidden.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
    seen["hidden focus"] = hidden
    return seen


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    page.goto(f"{url}/sign-in?next=/home")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    follow(page, lambda: page.keyboard.press("Enter"))


def follow(page: Page, act: Callable[[], None]) -> None:
    """Do something that leads to another page, and wait for it."""
    with page.expect_navigation():
        act()


def _complaint(message: Any, complaints: list[str]) -> None:
    """Collect what the browser finds wrong, but for the missing page that we asked for."""
    if "Content Security Policy" in message.text or (
        message.type == "error" and "404" not in message.text
    ):
        complaints.append(message.text)
