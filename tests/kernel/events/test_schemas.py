"""An event keeps its promise: what a reader of the last schema could not read is refused at load."""

import pytest
from tests.kernel.hosting import make_plugin, running

from azora import Event
from azora.errors import PluginError
from azora.events.schemas import known


def ticked(version=1, **fields):
    """The event `ticked` with these fields, as one release has it."""
    body = {"__annotations__": {"n": int, **fields}, "__module__": __name__}
    kind = type("Ticked", (Event,), body)
    kind.version = version
    return kind


def hosting(tmp_path, event):
    return running(tmp_path, make_plugin("maker", events=[event]), make_plugin("other"))


def test_a_new_field_is_welcome_and_every_schema_is_known(tmp_path):
    for event in (ticked(), ticked(word=str), ticked(word=str)):
        with hosting(tmp_path, event) as runtime:
            assert runtime.registry.refused == {}
            rows = known(runtime.hosted["maker"].database)
    assert [(row.type, row.version) for row in rows] == [("maker.ticked", 1)] * 2
    assert ["word" in row.schema["properties"] for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"word": str}, {}, "word: required, but not there"),
        ({"word": str}, {"word": int}, "word: integer, not string"),
        ({"word": str}, {"word": str | None}, "word: null, not string"),
    ],
)
def test_a_change_that_readers_cannot_read_is_refused_with_the_field_named(
    tmp_path, before, after, words
):
    with hosting(tmp_path, ticked(**before)):
        pass
    with hosting(tmp_path, ticked(**after)) as runtime:
        assert words in runtime.registry.refused["maker"]
        assert "raise `version`" in runtime.registry.refused["maker"]
        assert "other" in runtime.hosted
    with hosting(tmp_path, ticked(version=2, **after)) as runtime:
        assert runtime.registry.refused == {}


def test_who_goes_back_to_an_earlier_release_is_let_in(tmp_path):
    for event in (ticked(), ticked(word=str), ticked()):
        with hosting(tmp_path, event) as runtime:
            assert runtime.registry.refused == {}


class Narrow(Event):
    personal = {"name": "person"}

    n: int
    person: str | None = None
    name: str | None = None


@pytest.mark.parametrize(
    "event",
    [
        Narrow(n=1).model_copy(update={"n": "one o'clock"}),
        Narrow.model_construct(n="one o'clock", person="p", name="Thandi"),
    ],
)
def test_an_event_that_does_not_fit_is_refused_where_it_is_told_with_the_field_named(
    tmp_path, event
):
    plugin = make_plugin("maker", events=[Narrow])
    with running(tmp_path, plugin) as runtime:
        maker = runtime.hosted["maker"]
        with pytest.raises(PluginError, match="maker.narrow does not fit its schema: n: .*integer"):
            maker.emit(event)
        assert not maker.outbox.waiting(maker.database)
