"""What somebody sees who leaves the front page of nexus open. For `azora.testing.browser.browse`."""

from typing import Any

from playwright.sync_api import Browser, expect

FIGURE = "#part-flow .stat-value >> nth=1"
ADD = """() => fetch("/api/library/resources", {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({title: "Seen at once", type: "BOOK"})}).then((answer) => answer.status)"""


def figure(text: str) -> int:
    """The number that a page writes with a space between its thousands."""
    return int("".join(sign for sign in text if sign.isdigit()))


def left_open(browser: Browser, url: str, session: str) -> dict[str, Any]:
    """The events of the last hour as the page shows them, before and after one more is told."""
    context = browser.new_context()
    context.add_cookies([{"name": "azora_session", "value": session, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/nexus")
    page.evaluate("window.stayed = true")
    before = page.locator(FIGURE).inner_text()
    status = page.evaluate(ADD)
    expect(page.locator(FIGURE)).not_to_have_text(before, timeout=20_000)
    return {
        "status": status,
        "before": figure(before),
        "after": figure(page.locator(FIGURE).inner_text()),
        "stayed": page.evaluate("window.stayed"),
        "said": page.locator("#live").text_content(),
    }
