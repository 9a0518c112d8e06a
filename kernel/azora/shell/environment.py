"""Jinja for pages: a plugin's own templates first, then the shell's, in the reader's language."""

import re
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
)
from markupsafe import Markup

from azora.http import csrf
from azora.shell.assets import Assets
from azora.shell.changes import changed_words
from azora.shell.charts import axis_top, line_path, shares
from azora.shell.formats import FILTERS
from azora.shell.i18n import SHELL, gettext, reader
from azora.shell.labelled import labelled
from azora.shell.pattern import pattern, pattern_band, pattern_file
from azora.shell.visit import current_visit

COMPONENTS = ("forms", "fields", "lists", "states", "ways", "charts", "reading")
"""The files below `templates/components/` whose macros are `ui` in every template."""

_PLAIN = (".txt", ".webmanifest", ".json")


class Templates:
    """The template environment of each plugin. `packages` maps plugin names to import packages."""

    def __init__(self, packages: dict[str, str], assets: Assets) -> None:
        self._packages = packages
        self._assets = assets

    @lru_cache(maxsize=256)  # noqa: B019 - one instance lives as long as the process
    def of(self, plugin: str | None = None) -> Environment:
        """The environment in which a plugin's templates are found; without one, the shell's."""
        shell = PackageLoader(SHELL)
        loaders: list[BaseLoader] = [shell, PrefixLoader({"shell": shell})]
        if plugin in self._packages and (own := _own_templates(self._packages[plugin])):
            loaders.insert(0, own)
        environment = Environment(
            loader=ChoiceLoader(loaders),
            autoescape=lambda name: not (name or "").endswith(_PLAIN),  # noqa: S701 – everything but plain text is escaped
            undefined=ChainableUndefined,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=200,
        )
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            gettext,
            lambda singular, plural, number: reader().translations.ngettext(
                singular, plural, number
            ),
            newstyle=True,
        )
        environment.filters |= FILTERS | {"labelled": labelled, "slug": slug, "zip": zip}
        environment.globals |= self._globals(plugin)
        environment.globals["ui"] = _components(environment)
        return environment

    def _globals(self, plugin: str | None) -> dict[str, Any]:
        return {
            "pattern": pattern,
            "pattern_band": pattern_band,
            "pattern_file": pattern_file,
            "static": lambda name, owner=plugin or "shell": self._assets.url(name, owner),
            "shell_static": self._assets.url,
            "island": lambda name, owner=plugin or "shell": self._assets.island(name, owner),
            "csrf_field": _csrf_field,
            "changed_words": changed_words,
            "axis_top": axis_top,
            "line_path": line_path,
            "shares": shares,
            "links_with": lambda **changes: current_visit().address_with(changes),
            "query": lambda: current_visit().query,
        }


def slug(text: str) -> str:
    """`text` as part of an element's id."""
    return re.sub(r"\W+", "-", text).strip("-").lower()


def _components(environment: Environment) -> SimpleNamespace:
    """The macros of every file of components in one place; each finds the others there as `ui`."""
    ui = environment.globals["ui"] = SimpleNamespace()
    for name in COMPONENTS:
        module = environment.get_template(f"shell/components/{name}.html").module
        vars(ui).update({k: v for k, v in vars(module).items() if not k.startswith("_")})
    return ui


def _csrf_field() -> Markup:
    token = current_visit().form_token()
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return hidden.format(csrf.FIELD, token) + hidden.format(csrf.ONCE, csrf.new_nonce())


def _own_templates(package: str) -> PackageLoader | None:
    try:
        return PackageLoader(package)
    except ValueError:
        return None
