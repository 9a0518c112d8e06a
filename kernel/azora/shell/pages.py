"""Answers for pages: HTML is one more surface of operations, and what a page can do the API can do.

A page's first part is what it is about: if that is missing or forbidden, so is the page. Any other
part may fail, or be hidden from who may not see it, and the page stands.
"""

import sys
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from azora.context import Context, enter, leave
from azora.errors import AzoraError, NotAllowed, NotAuthenticated, NotFound, ServiceError
from azora.http import csrf
from azora.http.cookies import CookieFields, set_cookie
from azora.http.exchange import HttpProblem
from azora.shell.alternates import preferred, written
from azora.shell.assets import Assets
from azora.shell.drafts import offer_drafts
from azora.shell.drawing import Drawing
from azora.shell.environment import Templates
from azora.shell.i18n import Catalogues, Reader, choose_language
from azora.shell.links import fill_path, local_path
from azora.shell.navigation import Navigation
from azora.shell.panels import Panels
from azora.shell.parts import Loaded, asks_of, load
from azora.shell.submission import Outcome, new_forms, submit
from azora.shell.visit import LANGUAGE_COOKIE, LANGUAGE_FIELD, Match, Visit, visiting

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.http.ratelimit import RateLimit
    from azora.runtime import Runtime

SIGN_IN = "/sign-in"
_STEPS = {
    frozenset({"identity.change_password"}): "/account/password",
    frozenset({"identity.confirm_sign_in"}): "/sign-in/code",
    frozenset({"identity.use_second_factor"}): "/account/second-factor",
}
"""Where somebody takes the one step that they may take, and must before any other."""
_CLOSED = (NotAuthenticated, NotAllowed, NotFound)


class PageRenderer:
    """Draws the pages of the plugins that this process hosts. A plugin of one file has no templates."""

    def __init__(self, runtime: "Runtime", limits: "RateLimit | None" = None) -> None:
        packages = {
            name: loaded.package
            for name, loaded in runtime.registry.plugins.items()
            if hasattr(sys.modules.get(loaded.package), "__path__")
        }
        self._runtime = runtime
        self._limits = limits
        self._catalogues = Catalogues(packages)
        self._navigation = Navigation(runtime.registry, self._catalogues)
        self.assets = Assets(packages)
        self._panels = Panels(runtime.registry, self._catalogues)
        templates = Templates(packages, self.assets)
        self._drawing = Drawing(runtime, templates, self._navigation, self._panels)

    def handles(self, path: str) -> Match | None:
        """The page at this decoded path, or None where this process has none."""
        found = self._navigation.find(path)
        return Match(*found) if found and found[0].name in self._runtime.hosted else None

    def respond(self, match: Match, request: Request, context: Context) -> Response:
        """The page, one of its parts, or where its form leads; an error becomes its page."""
        return self._visit(request, context, match)

    def error(self, error: AzoraError, request: Request, context: Context) -> Response:
        """The error page in the reader's language: for whatever finds no page, or fails before one."""
        return self._visit(request, context, None, error)

    def _visit(
        self,
        request: Request,
        context: Context,
        match: Match | None,
        error: AzoraError | None = None,
    ) -> Response:
        visit = Visit(
            request, context, self._actor(context), self._reader(request, context, match), match
        )
        context.locale = visit.language
        token = enter(context)
        try:
            with visiting(visit):
                response = self._failed(visit, error) if error else self._answer(visit)
        finally:
            leave(token)
        if visit.new_nonce:
            secure = request.scheme == "https"
            response.headers.add("Set-Cookie", set_cookie(csrf.COOKIE, visit.new_nonce, secure))
        return response

    def _answer(self, visit: Visit) -> Response:
        try:
            if visit.match is None:
                raise NotFound("there is no page here")
            if visit.request.method in ("GET", "HEAD"):
                return self._get(visit, visit.match)
            if visit.request.method == "POST" and visit.match.page.forms:
                return self._post(visit, visit.match)
            raise HttpProblem(405, "method_not_allowed", "this page takes no such request")
        except AzoraError as error:
            return self._failed(visit, error)
        except Exception as error:  # noqa: BLE001 – whatever fails, people get a page that says so
            if visit.match:
                self._runtime.hosted[visit.match.loaded.name].log.exception(
                    "page_failed", path=visit.path
                )
            self._runtime.report(error)
            return self._failed(visit, ServiceError())

    def _failed(self, visit: Visit, error: AzoraError) -> Response:
        door = _door(visit, error)
        if door and door != visit.path and not visit.fragment and self._navigation.has(door):
            came_by_get = visit.request.method in ("GET", "HEAD")
            back = visit.address if came_by_get else visit.path
            return redirect(f"{door}?next={quote(back, safe='/')}", 303)
        return self._drawing.error(visit, error)

    def _get(self, visit: Visit, match: Match) -> Response:
        self._admit(visit, match)
        asks = asks_of(visit, match) | self._panels.asks_of(visit, match)
        if visit.fragment is not None:
            if visit.fragment not in asks:
                raise NotFound("this page has no such part")
            asks = {visit.fragment: asks[visit.fragment]}
        elif other := preferred(visit, match):
            return redirect(other, 303)
        loaded = load(self._runtime, visit, asks)
        settled = _settled(loaded, visit, match)
        if not match.page.template:
            return written(settled)
        forms = new_forms(self._runtime, visit, match)
        if visit.fragment is None:
            offer_drafts(self._runtime, visit, match, forms)
        return self._drawing.page(visit, settled, forms)

    def _post(self, visit: Visit, match: Match) -> Response:
        outcome = submit(self._runtime, visit, match, self._limits)
        if outcome.quiet:
            return Response(status=outcome.error.status if outcome.error else 204)
        if outcome.leads:
            return redirect(local_path(outcome.leads), 303)
        if outcome.error is None and outcome.form.then:
            return self._led_on(visit, outcome)
        if isinstance(outcome.error, NotAuthenticated) and not outcome.target.public:
            return self._drawing.resume(visit, outcome.view)
        self._admit(visit, match)
        forms = new_forms(self._runtime, visit, match)
        offer_drafts(self._runtime, visit, match, forms)
        if outcome.error:
            forms[outcome.view.name] = outcome.view
        else:
            forms[outcome.view.name].answer = outcome.reply
        loaded = load(self._runtime, visit, asks_of(visit, match))
        status = outcome.error.status if outcome.error else 200
        response = self._drawing.page(visit, _settled(loaded, visit, match), forms, status)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _led_on(self, visit: Visit, outcome: Outcome) -> Response:
        values = {**visit.params}
        for message in filter(None, (outcome.request, outcome.reply)):
            values |= message.model_dump()
        response = redirect(local_path(fill_path(outcome.form.then, values)), 303)
        if outcome.reply is not None:
            cookies: list[tuple[str, str]] = []
            CookieFields(type(outcome.reply)).move(visit.request, outcome.reply, cookies)  # type: ignore[arg-type]
            response.headers.extend(cookies)
        return response

    def _admit(self, visit: Visit, match: Match) -> None:
        """Raise NotAuthenticated or NotAllowed unless the page is open to who visits."""
        permission = match.page.permission
        if permission is None:
            return
        if visit.actor is None:
            raise NotAuthenticated("sign in first")
        if not visit.actor.may(permission) or self._runtime.forbidden(visit.actor, permission):
            raise NotAllowed(f"this needs the permission {permission}")

    def _actor(self, context: Context) -> "Actor | None":
        if context.actor is None and context.token:
            try:
                context.actor = self._runtime.actors.verify(context.token)
            except NotAuthenticated:
                context.token = None
        return context.actor

    def _reader(self, request: Request, context: Context, match: Match | None) -> Reader:
        tag = choose_language(
            request.args.get(LANGUAGE_FIELD) if request.method in ("GET", "HEAD") else None,
            request.cookies.get(LANGUAGE_COOKIE),
            context.actor.locale if context.actor else None,
            request.headers.get("Accept-Language", ""),
            self._runtime.settings.language,
        )
        return self._catalogues.reader(tag, match.loaded.name if match else None)


def _settled(loaded: dict[str, Loaded], visit: Visit, match: Match) -> dict[str, Loaded]:
    """Raise what closes the page; hide the further parts that the reader may not see."""
    closing = (visit.fragment, next(iter(match.page.parts), None))
    settled = {}
    for name, part in loaded.items():
        closed = isinstance(part.error, _CLOSED)
        if closed and part.error and name in closing:
            raise part.error
        settled[name] = Loaded() if closed else part
    return settled


def _door(visit: Visit, error: AzoraError) -> str | None:
    """The page that first lets the visitor in, where one can."""
    if visit.actor is None:
        return SIGN_IN if isinstance(error, NotAuthenticated) else None
    return _STEPS.get(visit.actor.permissions) if isinstance(error, NotAllowed) else None
