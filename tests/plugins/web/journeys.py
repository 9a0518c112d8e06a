"""Journeys through a campus in a real browser: functions for `azora.testing.browser.browse`."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page


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
