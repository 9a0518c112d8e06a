"""From a path to its endpoints: fixed paths by one dictionary look-up, then patterns by shape."""

import re
from collections.abc import Callable
from typing import Any

from azora.errors import PluginError
from azora.http.exchange import HttpProblem, HttpRequest, HttpResponse, decode_segment

Endpoint = Callable[[HttpRequest], HttpResponse]
_FIELD = re.compile(r"\{(\w+)\}")


class Route:
    """A path with one endpoint for each verb; `Allow` is made beforehand."""

    __slots__ = ("_fields", "_words", "allow", "endpoints", "segments", "template")

    def __init__(self, template: str) -> None:
        self.template = template
        self.endpoints: dict[str, Endpoint] = {}
        self.segments = template.split("/")
        self._fields = [
            (place, piece[1:-1]) for place, piece in enumerate(self.segments) if piece[:1] == "{"
        ]
        self._words = [
            (place, piece) for place, piece in enumerate(self.segments) if piece[:1] != "{"
        ]
        self.allow = ""

    def add(self, verb: str, endpoint: Endpoint) -> None:
        if verb in self.endpoints:
            raise PluginError(f"{verb} {self.template} is declared twice")
        self.endpoints[verb] = endpoint
        verbs = {*self.endpoints, "OPTIONS"} | ({"HEAD"} if "GET" in self.endpoints else set())
        self.allow = ", ".join(sorted(verbs))

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """The values of the fields in a path of as many segments, or None where it is another's."""
        for place, word in self._words:
            if segments[place] != word:
                return None
        params = {name: segments[place] for place, name in self._fields}
        return params if all(params.values()) else None

    def endpoint(self, verb: str) -> Endpoint:
        """The endpoint of a verb; HEAD is GET. Raises HttpProblem 405 with `Allow`."""
        found = self.endpoints.get("GET" if verb == "HEAD" else verb)
        if found is None:
            raise HttpProblem(
                405,
                "method_not_allowed",
                f"This address does not take {verb}; it takes {self.allow}.",
                headers=[("Allow", self.allow)],
            )
        return found


class Router:
    """Routes without fields in a dictionary; the others by number of segments and first words."""

    def __init__(self) -> None:
        self._fixed: dict[str, Route] = {}
        self._patterns: dict[tuple[int, str, str], list[Route]] = {}

    def add(self, verb: str, template: str, endpoint: Endpoint) -> None:
        """Serve `VERB template`. Raises PluginError when that is served already."""
        self._route(template).add(verb, endpoint)

    def find(self, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a raw path and the values of its fields, or None."""
        route = self._fixed.get(path)
        if route is not None:
            return route, {}
        segments = path.split("/")
        if "%" in path:
            segments = [decode_segment(segment) for segment in segments]
        key = (len(segments), *_first_words(segments))
        for route in self._patterns.get(key, ()):
            if (params := route.match(segments)) is not None:
                return route, params
        if "%" in path and not any("/" in segment for segment in segments):
            route = self._fixed.get("/".join(segments))
        return (route, {}) if route else None

    def _route(self, template: str) -> Route:
        if "{" not in template:
            return self._fixed.setdefault(template, Route(template))
        segments = template.split("/")
        siblings = self._patterns.setdefault((len(segments), *_first_words(segments)), [])
        shape = _FIELD.sub("{}", template)
        for route in siblings:
            if _FIELD.sub("{}", route.template) == shape:
                if route.template != template:
                    raise PluginError(f"{template} and {route.template} name one field differently")
                return route
        siblings.append(Route(template))
        siblings.sort(key=lambda route: [segment.startswith("{") for segment in route.segments])
        return next(route for route in siblings if route.template == template)


def _first_words(segments: list[str]) -> tuple[str, str]:
    """The two segments that a plugin's routes share (`api`, its name)."""
    return (segments[1] if len(segments) > 1 else "", segments[2] if len(segments) > 2 else "")


def template_fields(template: str) -> list[str]:
    """The names of the fields in a path template."""
    found: list[Any] = _FIELD.findall(template)
    return found
