"""Every word that a reader of identity's pages may see is there in isiZulu."""

import ast
from collections.abc import Iterator
from importlib import resources

import pytest
from babel.messages.extract import extract

from azora.shell.i18n import read_catalogue
from azora_identity import plugin
from azora_identity.first_campus import ROLES

PACKAGE = resources.files("azora_identity")
ERRORS = {"NotAuthenticated", "NotAllowed", "NotFound", "Conflict", "LimitReached"}


def declared() -> Iterator[str]:
    described = plugin.describe()
    yield described.summary
    yield from (page.title for page in described.pages)
    yield from (page.summary for page in described.pages if page.summary)
    yield from (permission.summary for permission in described.permissions)
    yield from (summary for summary, _ in ROLES.values())


def drawn() -> Iterator[str]:
    for template in (PACKAGE / "templates").iterdir():
        with template.open("rb") as source:
            found = extract("jinja2", source, options={"extensions": "jinja2.ext.do"})
            yield from (message for _, message, _, _ in found if isinstance(message, str))


def refused() -> Iterator[str]:
    """What errors say, where it is said in fixed words."""
    for file in PACKAGE.iterdir():
        if not file.name.endswith(".py"):
            continue
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                place = 0 if call.func.id in ERRORS else 2 if call.func.id == "refusal" else None
                if place is not None and isinstance(call.args[place], ast.Constant):
                    yield call.args[place].value


@pytest.mark.parametrize("message", sorted({*declared(), *drawn(), *refused()}))
def test_it_is_translated(message: str) -> None:
    catalogue = read_catalogue("azora_identity", "zu")
    assert catalogue is not None
    assert catalogue.gettext(message) != message
