"""The front door of the web plugin."""

from azora import Permission, Plugin, hookimpl
from azora_web.pages import PAGES
from azora_web.service import Choices


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="web",
        summary="The landing page, the home page and the search",
        services=[Choices],
        permissions=[Permission("web.read_styleguide", "Open the style guide")],
        pages=PAGES,
    )
