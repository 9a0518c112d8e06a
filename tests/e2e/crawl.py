"""A crawl through every page of a campus: it follows links, so that a page of tomorrow is measured too.

Functions for `azora.testing.browser.browse`. Each page is opened once in English, where it is measured at
every width and in every theme, and once in the made-up language, where a text that is not translated shows.
"""

import json
import re
from bisect import bisect_left
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = (2560, 1280, 768, 320)
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {
    "light": AXE,
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "contrast": {"type": "rule", "values": ["color-contrast-enhanced", "link-in-text-block"]},
}
"""What axe looks for: everything once, then the colours of the other themes, at AAA where it is promised."""
BUDGET = 60_000
"""Bytes of JavaScript, before compression, that a page may load before anything is pressed."""

SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, .skip, label.box, label.pick") && e.type !== "hidden")
  .filter((e) => !(e.tagName === "A" && getComputedStyle(e).display === "inline"))
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([e, r]) => r.width && (r.width < 23.9 || r.height < 23.9))
  .map(([e, r]) => `${e.tagName} ${e.textContent.trim().slice(0, 30)} ${r.width}x${r.height}`)"""
UNNAMED = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")]
  .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length || e.getAttribute("aria-labelledby")))
  .map((e) => `no name: ${e.outerHTML.slice(0, 80)}`)"""
DOUBLE_IDS = """() => [...document.querySelectorAll("[id]")].map((e) => e.id)
  .filter((id, place, all) => all.indexOf(id) !== place).map((id) => `twice: #${id}`)"""
HEADINGS = """() => { const levels = [...document.querySelectorAll("h1, h2, h3, h4")]
  .filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1]));
  const skipped = levels.filter((level, place) => place && level > levels[place - 1] + 1);
  return levels.filter((level) => level === 1).length === 1 && !skipped.length ? [] : [`headings: ${levels}`] }"""
SCRIPTS = """() => performance.getEntriesByType("resource").filter((e) => e.initiatorType === "script")
  .reduce((sum, e) => sum + e.decodedBodySize, 0)"""
LINKS = """() => [...document.querySelectorAll("a[href]")].map((e) => e.href)
  .filter((href) => href.startsWith(location.origin))
  .map((href) => href.slice(location.origin.length).replace(/#.*/, ""))"""
VIOLATIONS = """async (options) => (await axe.run({exclude: [["main [data-theme]"]]}, options)).violations
  .flatMap((rule) => rule.nodes.map((node) => `${rule.id} ${node.html.slice(0, 140)}`))"""
TEXTS = """() => { const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const at = walk.currentNode.parentElement;
    if (!at.closest("script, style, code, kbd, pre, [lang]:not(html), [translate=no]") && at.checkVisibility())
      found.push(walk.currentNode.nodeValue.trim()); }
  for (const e of document.querySelectorAll("[aria-label], [placeholder], [alt]"))
    for (const name of ["aria-label", "placeholder", "alt"]) if (e.getAttribute(name)) found.push(e.getAttribute(name));
  return found.filter(Boolean) }"""


def everything(browser: Browser, url: str, given: str) -> dict[str, Any]:
    """Crawl as a visitor and as whoever is signed in; `given` is JSON: account, patterns, data, shots."""
    told = json.loads(Path(given).read_text())
    inside = Crawl(browser.new_context(reduced_motion="reduce"), url, told)
    inside.sign_in(*told["account"])
    inside.go("/home", *told["plain"])
    for path in ("/sign-out", "/library/not-there"):
        inside.look(path)
    outside = Crawl(browser.new_context(reduced_motion="reduce"), url, told)
    for path in ("/", "/home", "/library", "/sign-in", "/nowhere", "/api/docs", "/api/errors"):
        outside.look(path)
    wrong = [*inside.wrong, *(f"signed out, {words}" for words in outside.wrong)]
    return {"wrong": wrong, "patterns": sorted(inside.known)}


class Crawl:
    """Opens one page of each kind and notes what is wrong with it."""

    def __init__(self, context: BrowserContext, url: str, told: dict[str, Any]) -> None:
        self.wrong: list[str] = []
        self.known: set[str] = set()
        self._url, self._data = url, told["data"]
        self._page: Page = context.new_page()
        self._page.set_default_timeout(15_000)
        self._patterns = [(name, re.compile(pattern)) for name, pattern in told["patterns"]]
        self._page.on("console", self._complain)
        self._page.on("pageerror", lambda error: self._note(str(error)))
        self._here = ""

    def sign_in(self, email: str, password: str) -> None:
        self._page.goto(f"{self._url}/sign-in?next=/home")
        self._page.fill("input[name=email]", email)
        self._page.fill("input[name=password]", password)
        with self._page.expect_navigation():
            self._page.keyboard.press("Enter")

    def go(self, *starts: str) -> None:
        """Follow links from these paths until every kind of page was seen once."""
        waiting, kinds = list(starts), set()
        while waiting:
            path = waiting.pop(0)
            kind = self._kind(path)
            if kind is not None and kind not in kinds:
                kinds.add(kind)
                self.known.add(kind[0])
                self.look(path)
                waiting += self._page.evaluate(LINKS)

    def _kind(self, path: str) -> tuple[str, ...] | None:
        """The page and which questions are asked of it, or None for what is no page of a person."""
        plain, _, query = path.partition("?")
        asked = re.findall(r"(?:^|&)(\w+)=", query)
        pattern = next((name for name, shape in self._patterns if shape.fullmatch(plain)), None)
        if pattern is None or pattern in ("/sign-out",) or "part" in asked:
            return None
        faces = re.findall(r"(?:^|&)((?:show|tab)=\w+)", query)
        return (pattern, *faces, *(["?"] if {"query", "sort", "cursor"} & set(asked) else []))

    def look(self, path: str) -> None:
        """Measure one page in every way."""
        self._here = path
        self._cookie("azora_language", "en")
        self._page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        self._page.goto(self._url + path)
        if (size := self._page.evaluate(SCRIPTS)) > BUDGET:
            self._note(f"{size} bytes of script")
        for rule in (UNNAMED, DOUBLE_IDS, HEADINGS):
            self._note(*self._page.evaluate(rule))
        for width in WIDTHS:
            self._page.set_viewport_size({"width": width, "height": 900})
            beyond = self._page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if beyond > 0:
                self._note(f"{beyond} pixels too wide at {width}")
            if width in (320, 1280):
                self._note(*self._page.evaluate(SMALL_TARGETS))
        self._page.evaluate(AXE_SCRIPT)
        for theme, rules in RULES.items():
            self._page.evaluate(
                "theme => { document.documentElement.dataset.theme = theme }", theme
            )
            options = {"runOnly": rules, "resultTypes": ["violations"]}
            self._note(*(f"{theme}: {words}" for words in self._page.evaluate(VIOLATIONS, options)))
        self._untranslated(path)

    def _untranslated(self, path: str) -> None:
        """Open the page in the made-up language: what is plain there is neither data nor translated."""
        self._cookie("azora_language", "en-XA")
        self._page.goto(self._url + path)
        if self._page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self._note("too wide at 320 when its texts are a third longer")
        for text in self._page.evaluate(TEXTS):
            plain = re.sub(r"⟦[^⟧]*⟧", " ", text)
            for piece in re.split(r"[·,:()“”]|\s{2,}|\n", plain):
                piece = piece.strip(" .…–-")
                if re.search(r"[A-Za-z]{3}", piece) and not self._is_data(piece.casefold()):
                    self._note(f"not translated: {text[:60]!r}")
                    break

    def _is_data(self, piece: str) -> bool:
        """Whether it is the name of a setting, or begins what the campus stores: long texts are cut."""
        if re.fullmatch(r"[a-z_]+\.[a-z_]+|[0-9a-f-]{36}", piece):
            return True
        place = bisect_left(self._data, piece)
        return place < len(self._data) and self._data[place].startswith(piece)

    def _cookie(self, name: str, value: str) -> None:
        self._page.context.add_cookies([{"name": name, "value": value, "url": self._url}])

    def _note(self, *findings: str) -> None:
        for words in findings:
            if (said := f"{self._here}: {words}") not in self.wrong:
                self.wrong.append(said)

    def _complain(self, message: Any) -> None:
        """Whatever the browser finds wrong, but for a missing page that was asked for."""
        if message.type in ("error", "warning") and "404" not in message.text:
            self._note(f"the browser complains: {message.text}")
