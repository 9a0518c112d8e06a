"""Journeys of an administrator in a real browser: functions for `azora.testing.browser.browse`."""

from typing import Any

import pyotp
from playwright.sync_api import Browser, Page


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url(lambda address: not address.endswith("/sign-in"))


def edit_without_scripts(browser: Browser, url: str, email: str, password: str) -> dict[str, Any]:
    """Find a row, change it, and see who did so, with JavaScript off."""
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, url, email, password)
    page.goto(f"{url}/admin/library/library_resource")
    page.get_by_label("Search in these rows").fill("Gate of the")
    page.get_by_label("Search in these rows").press("Enter")
    page.get_by_role("link", name="The Gate of the Garden").click()
    page.get_by_label("Title", exact=True).fill("The Gate of the Orchard")
    page.get_by_role("button", name="Save").click()
    seen = {
        "notice": page.get_by_role("status").first.inner_text(),
        "title": page.locator("h1").inner_text(),
    }
    page.get_by_role("link", name="What was done to it").click()
    page.goto(f"{url}/admin/audit?of=library.")
    page.locator("tbody th a").first.click()
    return seen | {"act": page.locator("main").inner_text()}


def second_factor(browser: Browser, url: str, email: str, password: str) -> dict[str, Any]:
    """Set up a second factor and sign in with it, by the keyboard alone, as a password manager fills."""
    page = browser.new_context().new_page()
    sign_in(page, url, email, password)
    page.goto(f"{url}/account/second-factor")
    page.get_by_role("button", name="Set it up").press("Enter")
    secret = page.locator("code").first.inner_text()
    shown = page.get_by_alt_text("The key as a QR code").evaluate("e => e.naturalWidth")
    codes = [pyotp.TOTP(secret).now()]
    page.get_by_label("Code").press_sequentially(codes[0])
    page.get_by_label("Code").press("Enter")
    page.get_by_text("Keep these recovery codes").wait_for()
    recovery = page.locator(".codes code").all_inner_texts()
    page.get_by_role("button", name="Sign out").press("Enter")
    sign_in(page, url, email, password)
    asked = page.locator("h1").inner_text()
    code = page.get_by_label("Code")
    code.evaluate(
        "(e, text) => { e.focus(); document.execCommand('insertText', false, text); }", recovery[0]
    )
    fill = code.get_attribute("autocomplete")
    code.press("Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return {
        "picture": shown,
        "codes": len(recovery),
        "asked": asked,
        "fill": fill,
        "at": page.url.removeprefix(url),
    }


def password_field(browser: Browser, url: str) -> dict[str, Any]:
    """What the field of a password offers: to a manager, to the eye, to who pastes."""
    page = browser.new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(f"{url}/sign-in")
    field = page.get_by_label("Password", exact=True)
    seen = {
        "managers": [
            page.get_by_label("E-mail address").get_attribute("autocomplete"),
            field.get_attribute("autocomplete"),
        ]
    }
    page.evaluate("navigator.clipboard.writeText('pasted phrase')")
    field.focus()
    page.keyboard.press("Control+V")
    button = page.get_by_role("button", name="Show the password")
    button.press("Enter")
    seen |= {"pasted": field.input_value(), "shown": field.get_attribute("type")}
    page.get_by_role("button", name="Hide the password").press("Enter")
    seen["hidden"] = field.get_attribute("type")
    field.dispatch_event("keyup", {"modifierCapsLock": True, "key": "A"})
    seen["caps"] = page.get_by_text("Caps Lock is on.").is_visible()
    return seen
