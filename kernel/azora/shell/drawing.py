"""Draws a page from its template: whole, or the one part that is asked for.

A part is the template's block of the same name. The block is wrapped, so that a part that failed to
load, or fails to draw, is replaced by a notice with a way to try again, and a script can exchange it.
"""

import mimetypes
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jinja2.runtime import Context as TemplateContext
from markupsafe import Markup
from werkzeug.wrappers import Response

from azora.errors import AzoraError, ServiceError
from azora.shell import drafts
from azora.shell.environment import Templates
from azora.shell.forms import FormView
from azora.shell.i18n import LANGUAGES, gettext
from azora.shell.navigation import Navigation
from azora.shell.panels import Panels, PanelView
from azora.shell.parts import Loaded
from azora.shell.standing import standing, structured
from azora.shell.visit import THEMES, Visit
from azora.shell.words import Words, field_words, form_words, words_for

if TYPE_CHECKING:
    from azora.runtime import Runtime

Block = Callable[[TemplateContext], Iterator[str]]


class Drawing:
    """Turns loaded parts and forms into responses."""

    def __init__(
        self, runtime: "Runtime", templates: Templates, navigation: Navigation, panels: Panels
    ) -> None:
        self._runtime = runtime
        self._templates = templates
        self._navigation = navigation
        self._panels = panels

    def page(
        self,
        visit: Visit,
        parts: Mapping[str, Loaded],
        forms: Mapping[str, FormView],
        status: int = 200,
    ) -> Response:
        """The page of the visit, or only the part that it asks for."""
        match = visit.match
        assert match is not None
        panels = self._panels.views(visit, match, parts)
        if visit.fragment and (panel := _named(panels, visit.fragment)):
            return self._response(visit, self._panel(visit, panel), 200)
        environment = self._templates.of(match.loaded.name)
        template = environment.get_template(match.page.template)
        values = self._surroundings(visit) | {
            "title": gettext(match.page.title),
            "params": match.params,
            "forms": forms,
            "form": next(iter(forms.values()), None),
            "panels": panels,
            "draw_panel": lambda panel: self._panel(visit, panel),
            "structured": structured(visit, parts),
            "failed": {name: part.error for name, part in parts.items() if part.error},
            **{name: part.reply for name, part in parts.items()},
        }
        context = template.new_context(values)
        for name, part in parts.items():
            if name in context.blocks:
                context.blocks[name].insert(
                    0, self._wrapped(visit, name, part, context.blocks[name][0])
                )
        whole = template.root_render_func(context)
        if visit.fragment:
            next(
                whole, ""
            )  # the template's own first lines: what it imports and sets for its blocks
            return self._fragment(visit, context, parts)
        text = "".join(whole)
        return self._response(visit, text, status, match.page.template)

    def error(self, visit: Visit, error: AzoraError) -> Response:
        """The error page: what happened, what is safe, what to do, and the trace id."""
        words = words_for(error)
        if visit.fragment or visit.request.headers.get("HX-Request"):
            return self._response(
                visit, self._failure(visit, visit.fragment or "", error), error.status
            )
        template = self._templates.of().get_template("shell/error.html")
        values = self._surroundings(visit) | {
            "words": words, "title": words.title, "status": error.status, "error": error,
        }  # fmt: skip
        response = self._response(visit, template.render(values), error.status)
        if error.status in (429, 503):
            response.headers["Retry-After"] = str(
                max(1, round(getattr(error, "retry_after", None) or 1))
            )
        return response

    def resume(self, visit: Visit, form: FormView) -> Response:
        """For who was signed out while typing: sign in elsewhere, then send the same again."""
        typed = [
            (name, text)
            for name, texts in form.typed.items()
            if form.echoes(name)
            for text in texts
        ]
        values = self._surroundings(visit) | {
            "title": gettext("You were signed out"), "form": form, "typed": typed,
            "draft": visit.request.form.get(drafts.ID),
        }  # fmt: skip
        text = self._templates.of().get_template("shell/resume.html").render(values)
        return self._response(visit, text, 401)

    def _surroundings(self, visit: Visit) -> dict[str, Any]:
        """What the layout shows around every page."""
        return {
            "visit": visit,
            "campus_name": self._runtime.settings.name or gettext("Azora"),
            "standing": standing(visit, self._runtime.settings),
            "actor": visit.actor,
            "navigation": self._navigation.entries(visit.actor, visit.reader, visit.path),
            "trail": self._navigation.trail(visit.reader, visit.path),
            "has_page": self._navigation.has,
            "said_by": lambda plugin, text: self._navigation.said_by(plugin, text, visit.reader),
            "languages": LANGUAGES,
            "themes": THEMES,
            "theme_names": {
                "light": gettext("Light"),
                "dark": gettext("Dark"),
                "contrast": gettext("High contrast"),
            },
            "notice": _notice(visit.query.get("notice")),
        }

    def _fragment(
        self, visit: Visit, context: TemplateContext, parts: Mapping[str, Loaded]
    ) -> Response:
        name = visit.fragment or ""
        text = "".join(context.blocks[name][0](context))
        error = parts[name].error
        return self._response(visit, text, error.status if error else 200)

    def _wrapped(self, visit: Visit, name: str, part: Loaded, block: Block) -> Block:
        def draw(context: TemplateContext) -> Iterator[str]:
            yield Markup('<div class="part" id="part-{}" data-part="{}">').format(name, name)
            yield self._part_text(visit, name, part, block, context)
            yield "</div>"

        return draw

    def _part_text(
        self, visit: Visit, name: str, part: Loaded, block: Block, context: TemplateContext
    ) -> str:
        if part.error:
            return self._failure(visit, name, part.error)
        try:
            return "".join(block(context))
        except Exception as error:  # noqa: BLE001 – a template may fail in any way and the page still stands
            assert visit.match is not None
            self._runtime.hosted[visit.match.loaded.name].log.exception("part_not_drawn", part=name)
            self._runtime.report(error)
            return self._failure(visit, name, ServiceError())

    def _panel(self, visit: Visit, panel: PanelView) -> Markup:
        failure = self._failure(visit, panel.name, panel.error) if panel.error else ""
        template = self._templates.of().get_template("shell/panel.html")
        return Markup(template.render(panel=panel, failure=Markup(failure)))  # noqa: S704 – drawn by templates

    def _failure(self, visit: Visit, name: str, error: AzoraError) -> str:
        words: Words = words_for(error)
        return (
            self._templates.of()
            .get_template("shell/failed_part.html")
            .render(
                visit=visit,
                name=name,
                words=words,
                error=error,
                details=[field_words(wrong) for wrong in error.fields] or _own_detail(error),
                retry=visit.path if error.status == 422 else visit.address_with({}),
            )
        )

    def _response(
        self, visit: Visit, text: str, status: int, template: str = "page.html"
    ) -> Response:
        media_type = mimetypes.guess_type(template)[0] or "text/plain"
        if template.endswith(".webmanifest"):
            media_type = "application/manifest+json"
        response = Response(text, status, content_type=f"{media_type}; charset=utf-8")
        response.headers["Cache-Control"] = "no-cache, private"
        response.headers["Content-Language"] = visit.language
        response.headers["Vary"] = "Accept-Language"
        return response


def _named(panels: Mapping[str, list[PanelView]], name: str) -> PanelView | None:
    return next((one for views in panels.values() for one in views if one.name == name), None)


def _own_detail(error: AzoraError) -> list[str]:
    return [form_words(error)] if error.status < 500 and error.detail else []


def _notice(name: str | None) -> str:
    """What a form says once it is done: the last step of its address names one of these."""
    return {
        "saved": gettext("Saved."),
        "added": gettext("Added."),
        "removed": gettext("Removed."),
        "sent": gettext("Sent."),
        "changed": gettext("Changed."),
        "kept": gettext("Kept as a draft."),
        "discarded": gettext("The draft is discarded."),
        "signed-in": gettext("You are signed in."),
        "signed-out": gettext("You are signed out."),
        "password-changed": gettext("Your password is changed."),
    }.get(name or "", "")
