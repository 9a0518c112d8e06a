"""Words: every message is translated, no template holds a text of its own, and languages are chosen."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from tests.kernel.shell.catalogues import messages_of

from azora.shell.formats import ago, day, file_size, money, number
from azora.shell.i18n import (
    LANGUAGES,
    PSEUDO,
    Catalogues,
    choose_language,
    gettext,
    pseudo,
    read_catalogue,
    reading,
)

ROOT = Path(__file__).parents[3]
PACKAGES = {
    "azora.shell": ROOT / "kernel/azora/shell",
    **{folder.name: folder for folder in sorted((ROOT / "plugins").glob("azora_*"))},
}
TEMPLATES = [
    template
    for folder in PACKAGES.values()
    for template in sorted((folder / "templates").glob("**/*.html"))
]
CATALOGUE_FILES = [
    file for folder in PACKAGES.values() for file in sorted(folder.glob("locale/*/messages.po"))
]
CATALOGUES = Catalogues({})


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
@pytest.mark.parametrize("package", PACKAGES)
def test_a_catalogue_has_every_message_of_its_package(package, language):
    wanted = messages_of(PACKAGES[package])
    shell = read_catalogue("azora.shell", language)
    own = read_catalogue(package, language)
    lacking = [
        f"{place}: {message}"
        for message, place in wanted.items()
        if not any(catalogue and _has(catalogue, message) for catalogue in (own, shell))
    ]
    assert not lacking, "\n".join(lacking)


@pytest.mark.parametrize("catalogue", CATALOGUE_FILES, ids=lambda path: path.parts[-4])
def test_translations_keep_the_placeholders(catalogue):
    for message in read_po(catalogue.open("rb")):
        if message.id:
            assert _placeholders(message.string) <= _placeholders(message.id), message.id


def _placeholders(texts):
    texts = texts if isinstance(texts, tuple | list) else (texts,)
    return {found for text in texts for found in re.findall(r"%\(\w+\)[sd]", text)}


def _has(catalogue, message):
    if isinstance(message, tuple):
        return catalogue._catalog.get((message[0], 0))
    return catalogue._catalog.get(message)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_template_holds_no_text_of_its_own(template):
    assert not hard_coded(template.read_text())


def test_a_text_that_was_forgotten_is_found():
    assert hard_coded("<p>{{ _('Fine') }} Forgotten</p>") == ["Forgotten"]
    assert hard_coded('<input placeholder="Forgotten">') == ["Forgotten"]
    assert not hard_coded("{% trans %}Fine{% endtrans %} <code>{{ id }}</code>")


def hard_coded(template):
    """Words that stand in the markup itself, outside comments, expressions and `trans`."""
    plain = re.sub(r"\{#.*?#\}|\{% ?-?\s*trans\b.*?endtrans\s*-?%\}", " ", template, flags=re.S)
    plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", plain, flags=re.S)
    finder = _Texts()
    finder.feed(plain)
    return finder.found


class _Texts(HTMLParser):
    """Collects words in text and in the attributes that people see or hear."""

    SHOWN = ("alt", "title", "placeholder", "aria-label", "label", "content")
    CODE = ("kbd", "code", "script", "style", "path", "svg")

    def __init__(self):
        super().__init__()
        self.found = []
        self.inside = []

    def handle_starttag(self, tag, attrs):
        self.inside.append(tag)
        named = dict(attrs).get("name")
        for name, value in attrs:
            if name in self.SHOWN and not (
                tag == "meta" and named in ("viewport", "theme-color", "robots")
            ):
                self._take(value or "")

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not set(self.inside[-1:]) & set(self.CODE):
            self._take(data)

    def _take(self, text):
        self.found += re.findall(r"[^\W\d_]{2,}", text)


def test_the_made_up_language_marks_every_text_and_keeps_placeholders():
    with reading(CATALOGUES.reader(PSEUDO)):
        welcome = gettext("Welcome, %(name)s", name="Thandi")
    assert welcome.startswith("⟦Ŵ")
    assert "Thandi" in welcome
    assert pseudo("Search") != "Search"


def test_a_page_in_the_made_up_language_shows_only_marked_text(browser):
    browser.set_cookie("azora_language", PSEUDO, domain="localhost")
    text = browser.get("/nowhere").text
    finder = _Texts()
    finder.feed(re.sub(r"⟦.*?⟧", "", text, flags=re.S))
    assert set(finder.found) <= {"Garden", "Plants", *LANGUAGES.values()}


@pytest.mark.parametrize(
    ("cookie", "actor", "header", "chosen"),
    [
        (None, None, "", "en"),
        (None, None, "zu-ZA,en;q=0.5", "zu"),
        (None, None, "fr, en;q=0.8, zu;q=0.9", "zu"),
        (None, "zu", "en", "zu"),
        ("en", "zu", "zu", "en"),
        ("../x", None, "nonsense;;", "en"),
    ],
)
def test_a_language_is_chosen_by_cookie_then_actor_then_browser(cookie, actor, header, chosen):
    assert choose_language(None, cookie, actor, header) == chosen


def test_the_language_of_an_address_goes_before_all():
    assert choose_language("zu", "en", "en", "en") == "zu"
    assert choose_language("xx", "zu", None, "en") == "zu"


def test_numbers_money_sizes_and_days_are_written_as_the_language_does():
    with reading(CATALOGUES.reader("en")):
        assert number(12345.5) == "12\xa0345,5"
        assert money(129950, "ZAR") == "R1\xa0299,50"
        assert money(500, "JPY").endswith("500")
        assert file_size(999) == "999 byte"
        assert file_size(1_500_000) == "1,5 MB"
        assert day("2026-11-23") == "23 November 2026"
        assert ago(0).endswith("ago")
    with reading(CATALOGUES.reader("zu")):
        assert day(0) == "Januwari 1, 1970"
