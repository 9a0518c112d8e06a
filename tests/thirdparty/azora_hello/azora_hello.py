"""Greets people: the smallest whole plugin, in a distribution of its own."""

from pydantic import Field

from azora import (
    Event,
    Form,
    Page,
    Permission,
    Plugin,
    Reply,
    Request,
    Service,
    hookimpl,
    operation,
)


class Greet(Request):
    name: str = Field(min_length=1, max_length=80)


class Greeting(Reply):
    text: str


class Greeted(Event):
    name: str


class Hello(Service):
    @operation("POST /greetings", permission="hello.greet")
    def greet(self, request: Greet) -> Greeting:
        """Greet somebody, and tell the campus."""
        self.emit(Greeted(name=request.name))
        return Greeting(text=f"Hello, {request.name}.")


HELLO = Page("/hello", "Say hello", "shell/operation.html", forms={"greet": Form("greet", then="")})
GREET = Permission("hello.greet", "Greet people")


@hookimpl
def describe() -> Plugin:
    facts = {"services": [Hello], "events": [Greeted], "permissions": [GREET], "pages": [HELLO]}
    return Plugin(name="hello", summary="Greets people", **facts)
