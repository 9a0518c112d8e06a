"""Every word that a reader of the library's pages may see is there in isiZulu."""

from importlib import resources

import pytest
from babel.messages.extract import extract

from azora.shell.i18n import read_catalogue
from azora_library import domain, plugin
from azora_library.catalogue import fields
from azora_library.exchange.writers import WRITERS

NAMES = {"ISBN", "ISSN", "DOI", *(writer.name for writer in WRITERS.values())}
PACKAGE = resources.files("azora_library")


def shown() -> set[str]:
    described = plugin.describe()
    words = {described.summary, *(page.title for page in described.pages)}
    words |= {page.summary for page in described.pages if page.summary}
    words |= {permission.summary for permission in described.permissions}
    words |= set(domain.TYPES.values()) | set(fields.COMPLAINTS.values())
    for template in (PACKAGE / "templates").iterdir():
        with template.open("rb") as source:
            for _, message, _, _ in extract(
                "jinja2", source, options={"extensions": "jinja2.ext.do"}
            ):
                words |= {message} if isinstance(message, str) else {message[0]}
    return words


@pytest.mark.parametrize("message", sorted(shown()))
def test_it_is_translated(message: str) -> None:
    catalogue = read_catalogue("azora_library", "zu")
    assert catalogue is not None
    translated = {catalogue.gettext(message), catalogue.ngettext(message, "", 1)}
    assert translated != {message} or message in NAMES
