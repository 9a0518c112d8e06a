"""Every word that a reader of identity's pages may see is there in isiZulu."""

from importlib import resources

import pytest
from babel.messages.extract import extract

from azora.shell.i18n import read_catalogue
from azora_identity import plugin
from azora_identity.first_campus import ROLES

PACKAGE = resources.files("azora_identity")


def shown() -> set[str]:
    described = plugin.describe()
    words = {described.summary, *(page.title for page in described.pages)}
    words |= {permission.summary for permission in described.permissions}
    words |= {summary for summary, _ in ROLES.values()}
    for template in (PACKAGE / "templates").iterdir():
        with template.open("rb") as source:
            found = extract("jinja2", source, options={"extensions": "jinja2.ext.do"})
            words |= {message for _, message, _, _ in found if isinstance(message, str)}
    return words


@pytest.mark.parametrize("message", sorted(shown()))
def test_it_is_translated(message: str) -> None:
    catalogue = read_catalogue("azora_identity", "zu")
    assert catalogue is not None
    assert catalogue.gettext(message) != message
