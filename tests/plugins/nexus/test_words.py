"""Every word that a reader of nexus's pages may see is there in isiZulu."""

from collections.abc import Iterator
from importlib import resources

import pytest
from babel.messages.extract import extract

from azora.shell.i18n import read_catalogue
from azora_nexus import plugin

PACKAGE = resources.files("azora_nexus")


def declared() -> Iterator[str]:
    described = plugin.describe()
    yield described.summary
    yield from (page.title for page in described.pages)
    yield from (page.summary for page in described.pages if page.summary)
    yield from (permission.summary for permission in described.permissions)


def drawn() -> Iterator[str]:
    for template in (PACKAGE / "templates").iterdir():
        with template.open("rb") as source:
            found = extract("jinja2", source, options={"extensions": "jinja2.ext.do"})
            yield from (text if isinstance(text, str) else text[0] for _, text, _, _ in found)


@pytest.mark.parametrize("message", sorted({*declared(), *drawn()}))
def test_it_is_translated(message: str) -> None:
    catalogue = read_catalogue("azora_nexus", "zu")
    assert catalogue is not None
    assert {catalogue.gettext(message), catalogue.ngettext(message, "", 1)} != {message}
