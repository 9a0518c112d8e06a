"""How fast pages are on a slow phone, and what the search line does while somebody types.

Functions for `azora.testing.browser.browse`.
"""

from typing import Any

from playwright.sync_api import Browser, Page

SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 4
"""How many times slower than this machine's the phone's processor is."""

WATCH = """() => { window.paces = {shown: 0, shift: 0, busy: 0};
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({type, buffered: true});
  watch("largest-contentful-paint", (e) => { paces.shown = e.startTime; });
  watch("layout-shift", (e) => { if (!e.hadRecentInput) paces.shift += e.value; });
  watch("longtask", (e) => { paces.busy = e.startTime + e.duration; }); }"""
READ = """async () => { while (!paces.shown) await new Promise(requestAnimationFrame);
  return {...paces, ready: Math.max(paces.busy,
    performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd)} }"""


def on_a_slow_phone(browser: Browser, url: str, *paths: str) -> dict[str, dict[str, float]]:
    """For each path, from an empty cache: milliseconds until its content and until it can be used; its shifts."""
    return {
        path: min((_open(browser, url + path) for _ in range(3)), key=_slowness) for path in paths
    }


def _slowness(seen: dict[str, float]) -> float:
    return seen["shown"] + seen["ready"]


def _open(browser: Browser, address: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", SLOW_4G)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({WATCH})()")
    page.goto(address)
    seen = page.evaluate(READ)
    context.close()
    return seen


def search(browser: Browser, url: str) -> dict[str, Any]:
    """Search by the keyboard alone: suggestions of every plugin, chosen by arrows, closed by Escape."""
    page = browser.new_page()
    page.goto(f"{url}/library")
    page.keyboard.press("/")
    page.keyboard.type("freedom")
    page.locator("#site-search-list [role=option]").first.wait_for()
    seen: dict[str, Any] = {"expanded": _said(page, "aria-expanded")}
    seen["offered"] = page.locator("#site-search-list [role=option]").all_inner_texts()
    page.keyboard.press("ArrowDown")
    seen["chosen"] = page.locator(f"#{_said(page, 'aria-activedescendant')}").inner_text()
    page.keyboard.press("Escape")
    seen["closed"] = _said(page, "aria-expanded")
    seen["kept"] = page.input_value("#site-search")
    page.keyboard.type(" ch")
    page.locator("#site-search-list [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    seen["opened"] = page.locator("h1").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("freedom")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    seen["all at"] = page.url.removeprefix(url)
    return seen


def dialog(browser: Browser, url: str, email: str, password: str) -> dict[str, Any]:
    """The style guide's dialog with a script and without one."""
    seen: dict[str, Any] = {}
    for name, script in (("modal", True), ("plain", False)):
        page = browser.new_context(java_script_enabled=script).new_page()
        page.goto(f"{url}/sign-in?next=/styleguide?show=ways")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", password)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        window = page.locator("#trial-dialog")
        seen[f"{name} before"] = window.is_visible()
        page.locator("a[data-dialog]").click()
        seen[f"{name} open"] = window.is_visible()
        window.get_by_role("link").click()
        seen[f"{name} closed"] = not window.is_visible()
    return seen


def _said(page: Page, name: str) -> str:
    return page.get_attribute("#site-search", name) or ""
