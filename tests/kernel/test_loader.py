"""Loading: a bad plugin is refused by name with the reason, and the others start."""

from types import SimpleNamespace

import pytest

from azora import (
    Event,
    Permission,
    Plugin,
    Reply,
    Request,
    Service,
    hookimpl,
    needs,
    on_event,
    operation,
)
from azora.errors import PluginError
from azora.loader import load_registry


class Find(Request):
    title: str


class Found(Reply):
    id: str
    pages: int


class Added(Event):
    id: str


class Shelf(Service):
    @operation("GET /books/{title}", permission="shelf.read")
    def find(self, request: Find) -> Found:
        return Found(id="1", pages=3)


def plugin(name, **facts):
    """A module-like plugin whose describe() returns these facts."""

    class Module:
        __name__ = f"azora_{name}"

        @hookimpl
        def describe(self):
            return Plugin(name=name, summary=name, **facts)

    return name, Module()


def shelf(**more):
    return plugin(
        "shelf",
        services=[Shelf],
        events=[Added],
        permissions=[Permission("shelf.read", "Read")],
        **more,
    )


def load(*modules):
    return load_registry(modules, installed=False)


def test_a_plugin_is_known_by_what_it_declares():
    registry = load(shelf())
    assert registry.refused == {}
    assert registry.operation("shelf.find").request is Find
    assert registry.plugins["shelf"].events == {"shelf.added": Added}


def test_a_plugin_that_raises_at_import_is_refused_alone():
    def explode():
        raise ZeroDivisionError("at import")

    registry = load(("bad", explode), shelf())
    assert registry.refused == {"bad": "ZeroDivisionError: at import"}
    assert list(registry.plugins) == ["shelf"]


def test_a_misspelt_hook_fails_at_load():
    class Module:
        @hookimpl
        def describe(self):
            return Plugin(name="typo", summary="")

        @hookimpl
        def strtup(self, plugin):
            pass

    registry = load(("typo", Module()))
    assert "strtup" in registry.refused["typo"]


def test_a_module_without_describe_is_refused():
    assert load(("empty", SimpleNamespace())).refused == {
        "empty": "has no describe() marked @hookimpl"
    }


def test_the_name_must_be_that_of_the_entry_point():
    _, module = shelf()
    assert "'other'" in load(("other", module)).refused["other"]


def test_an_untyped_operation_is_refused():
    class Untyped(Service):
        @operation("GET /x", public=True)
        def look(self, request):
            return None

    assert (
        "takes self and one annotated Request" in load(plugin("u", services=[Untyped])).refused["u"]
    )


def test_two_messages_of_one_name_are_refused():
    mine = Found

    class Holder(Reply):
        first: list[mine]

    class Found_(Reply):
        title: str

    Found_.__name__ = "Found"

    class Twice(Service):
        @operation("GET /holders", public=True)
        def list_holders(self, request: Request) -> Holder:
            raise NotImplementedError

        @operation("GET /founds", public=True)
        def read_found(self, request: Request) -> Found_:
            raise NotImplementedError

    refusal = load(plugin("twice", services=[Twice])).refused["twice"]
    assert "both have a message Found; give one another name" in refusal


def test_an_operation_must_name_a_permission_or_be_public():
    with pytest.raises(PluginError, match="name a permission"):
        operation("GET /x")
    with pytest.raises(PluginError, match="name a permission"):
        operation("GET /x", permission="a.b", public=True)


def test_a_permission_must_be_declared_and_be_the_plugins_own():
    assert (
        "'shelf.read', which is not declared"
        in load(plugin("shelf", services=[Shelf])).refused["shelf"]
    )
    stolen = plugin("thief", permissions=[Permission("shelf.read", "")])
    assert "must begin with 'thief'" in load(stolen).refused["thief"]


def test_two_services_that_define_one_operation_are_refused():
    class Again(Service):
        @operation("POST /books", public=True)
        def find(self, request: Find) -> Found: ...

    name, module = plugin(
        "shelf", services=[Shelf, Again], permissions=[Permission("shelf.read", "")]
    )
    assert load((name, module)).refused["shelf"] == "Shelf and Again both define find"


def test_a_path_field_must_be_in_the_request():
    class Lost(Service):
        @operation("GET /books/{isbn}", public=True)
        def look(self, request: Find) -> Found: ...

    assert "'isbn', which Find lacks" in load(plugin("lost", services=[Lost])).refused["lost"]


class FoundSlice(Reply):
    id: str


class FoundWrong(Reply):
    pages: str


def client(reply):
    @needs("shelf")
    class Shelves:
        def find(self, request: Find) -> reply: ...

    return Shelves


def test_a_need_that_its_provider_meets_is_accepted():
    registry = load(plugin("reader", needs=[client(FoundSlice)]), shelf())
    assert registry.refused == {}
    assert registry.permissions_elsewhere() == {
        "reader": {"shelf.read", "reader.administer"},
        "shelf": {"shelf.administer"},
    }


def test_a_need_that_is_offered_differently_is_refused_with_the_field_named():
    registry = load(plugin("reader", needs=[client(FoundWrong)]), shelf())
    assert registry.refused == {"reader": "shelf.find reply pages: integer, not string"}
    assert "shelf" in registry.plugins


def test_a_need_that_its_provider_does_not_offer_is_refused():
    @needs("shelf")
    class Shelves:
        def burn(self, request: Find) -> Found: ...

    registry = load(plugin("reader", needs=[Shelves]), shelf())
    assert registry.refused == {"reader": "needs shelf.burn, which shelf does not offer"}


def test_an_absent_provider_is_no_mismatch():
    assert load(plugin("reader", needs=[client(FoundSlice)])).refused == {}


def test_what_a_consumer_sends_and_the_provider_does_not_read_is_named():
    class Longer(Request):
        title: str
        shelf: str

    @needs("shelf")
    class Shelves:
        def find(self, request: Longer) -> FoundSlice: ...

    registry = load(plugin("reader", needs=[Shelves]), shelf())
    assert registry.refused == {"reader": "shelf.find request shelf: sent, but not read"}


def test_plugins_may_need_each_other():
    @needs("left")
    class Left:
        def find(self, request: Find) -> FoundSlice: ...

    @needs("right")
    class Right:
        def find(self, request: Find) -> FoundSlice: ...

    class Open(Service):
        @operation("GET /{title}", public=True)
        def find(self, request: Find) -> Found: ...

    left = plugin("left", services=[Open], needs=[Right])
    right = plugin("right", services=[Open], needs=[Left])
    assert load(left, right).refused == {}


def test_a_handler_that_reads_a_field_which_the_event_lacks_is_refused():
    class AddedWrong(Event):
        title: str

    class Listens(Service):
        @on_event("shelf.added")
        def note(self, event: AddedWrong) -> None: ...

    registry = load(plugin("reader", services=[Listens]), shelf())
    assert registry.refused == {"reader": "shelf.added title: required, but not there"}


def test_a_handler_that_takes_batches_is_annotated_with_a_list():
    class Listens(Service):
        @on_event("shelf.added", batch=10)
        def note(self, event: Added) -> None: ...

    registry = load(plugin("reader", services=[Listens]), shelf())
    assert "self and one annotated list of an Event" in registry.refused["reader"]


def test_a_handler_of_an_event_that_nobody_publishes_is_refused():
    class Listens(Service):
        @on_event("shelf.burnt")
        def note(self, event: Added) -> None: ...

    registry = load(plugin("reader", services=[Listens]), shelf())
    assert registry.refused == {
        "reader": "note listens to shelf.burnt, which shelf does not publish"
    }
