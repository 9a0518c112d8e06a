"""Saved searches: kept by one person, told of what is new in them, and of nothing that they may not see."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import eventlet
import pytest
from tests.plugins.library.conftest import OPERATOR, Library, opened

from azora.context import Context
from azora.errors import Conflict, NotFound
from azora_identity import plugin as identity
from azora_library import people, plugin
from azora_library.catalogue.models import ResourceRow
from azora_library.saved.models import SavedSearchRow

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Library]:
    """The library beside identity, which knows what people may do while they are away."""
    with opened(request, tmp_path_factory, {"library": plugin, "identity": identity}) as runtime:
        yield Library(runtime)


class Reader:
    """Somebody with an account."""

    def __init__(self, library: Library, word: str, *roles: str) -> None:
        self._library = library
        roles = roles or ("member",)
        asked = {"email": f"{word}@campus.example", "name": "Thandi", "roles": list(roles)}
        made = library.runtime.call("identity.create_account", asked, context=_operator(library))
        self.id: str = made.account_id

    def call(self, operation: str, **fields: Any) -> Any:
        may = {"library.save_searches", "library.read"}
        by = self._library._keys.sign(self.id, may, name="Thandi")
        return self._library.call(operation, by=by, **fields)


@pytest.fixture
def reader(library: Library, word: str) -> Reader:
    return Reader(library, word)


def test_a_saved_search_finds_again_what_it_found(
    library: Library, reader: Reader, word: str
) -> None:
    library.add(title=f"{word} one", language="zu", tags=[word])
    library.add(title=f"{word} two", language="en", tags=[word])
    saved = reader.call("save_search", name="Mine", query=word, language=["zu", "xh"], tag=word)
    (listed,) = reader.call("list_searches").items
    assert listed == saved
    path, _, query = saved.address.partition("?")
    assert path == "/library"
    asked = {
        name: values if name != "query" else values[0] for name, values in parse_qs(query).items()
    }
    assert library.titles(**asked) == [f"{word} one"]


def test_a_saved_search_is_its_owners_alone(library: Library, reader: Reader, word: str) -> None:
    saved = reader.call("save_search", name="Mine", query=word)
    other = Reader(library, f"other{word}")
    assert other.call("list_searches").items == []
    for act in ("read_new", "update_search", "remove_search", "make_feed"):
        with pytest.raises(NotFound):
            other.call(act, search=saved.id)


@pytest.mark.parametrize(("name", "again"), [("Ċ", "Ċ"), ("Éric", "éRIC"), ("Straße", "STRASSE")])
def test_a_name_is_taken_whatever_its_letters_and_case(
    reader: Reader, word: str, name: str, again: str
) -> None:
    reader.call("save_search", name=name, query=word)
    other = reader.call("save_search", name="Another", query=word)
    acts = [("save_search", {"query": word}), ("update_search", {"search": other.id})]
    for act, given in acts:
        with pytest.raises(Conflict) as refused:
            reader.call(act, name=again, **given)
        assert refused.value.code == "library.search_name_taken"


def test_of_searches_kept_at_once_under_one_name_one_is(reader: Reader, word: str) -> None:
    def save() -> bool:
        try:
            return bool(reader.call("save_search", name="Rivers", query=word))
        except Conflict:
            return False

    saving = [eventlet.spawn(save) for _ in range(5)]
    assert sum(one.wait() for one in saving) == 1


def test_a_name_is_taken_once_and_fifty_are_enough(reader: Reader, word: str) -> None:
    for number in range(50):
        reader.call("save_search", name=f"Search {number}", query=word)
        if not number:
            with pytest.raises(Conflict) as refused:
                reader.call("save_search", name="SEARCH 0", query=word)
            assert refused.value.code == "library.search_name_taken"
    with pytest.raises(Conflict) as refused:
        reader.call("save_search", name="One more", query=word)
    assert refused.value.code == "library.too_many_searches"
    first = reader.call("list_searches", limit=1).items[0]
    reader.call("remove_search", search=first.id)
    reader.call("save_search", name="One more", query=word)


def test_what_is_added_later_is_new_until_it_is_seen(
    library: Library, reader: Reader, word: str
) -> None:
    library.add(title=f"{word} before")
    age(library, word)
    saved = reader.call("save_search", name="Mine", query=word)
    library.add(title=f"{word} after")
    library.add(title="Something else")
    begin(library, saved.id, minutes_ago=10)
    age(library, f"{word} after", minutes=5)
    new = reader.call("read_new", search=saved.id)
    assert [card.title for card in new.items] == [f"{word} after"] and new.total == 1
    reader.call("mark_seen", search=saved.id, until=new.until)
    assert reader.call("read_new", search=saved.id).total == 0


def test_what_was_added_a_moment_ago_waits_for_the_next_time(
    library: Library, reader: Reader, word: str
) -> None:
    saved = reader.call("save_search", name="Mine", query=word)
    begin(library, saved.id, minutes_ago=10)
    library.add(title=f"{word} fresh")
    new = reader.call("read_new", search=saved.id)
    assert new.total == 0
    reader.call("mark_seen", search=saved.id, until=new.until)
    settle(library, word, new.until)
    assert reader.call("read_new", search=saved.id).total == 1


def test_an_alert_tells_once_of_what_its_owner_may_see(
    library: Library, reader: Reader, word: str, told: list[Any]
) -> None:
    saved = reader.call("save_search", name="Mine", query=word, alert="daily")
    quiet = reader.call("save_search", name="Quiet", query=word)
    for access in ("public", "members", "restricted"):
        library.add(title=f"{word} {access}", record_access=access)
    begin(library, saved.id, quiet.id, minutes_ago=60 * 24)
    age(library, word, minutes=5)
    library.call("look_for_new")
    (event,) = [one for one in told if one["account_id"] == reader.id]
    assert (event["search_id"], event["found"]) == (saved.id, 2)
    assert [(one.title, one.found) for one in reader.call("list_alerts").items] == [("Mine", 2)]
    library.call("look_for_new")
    assert len([one for one in told if one["account_id"] == reader.id]) == 1


def test_a_weekly_alert_waits_for_its_week(library: Library, reader: Reader, word: str) -> None:
    saved = reader.call("save_search", name="Mine", query=word, alert="weekly")
    library.add(title=word)
    begin(library, saved.id, minutes_ago=60 * 24 * 3)
    age(library, word, minutes=5)
    library.call("look_for_new")
    assert reader.call("list_alerts").items == []
    begin(library, saved.id, minutes_ago=60 * 24 * 7)
    library.call("look_for_new")
    assert len(reader.call("list_alerts").items) == 1


def test_an_alert_that_was_seen_is_gone(library: Library, reader: Reader, word: str) -> None:
    saved = reader.call("save_search", name="Mine", query=word, alert="daily")
    library.add(title=word)
    begin(library, saved.id, minutes_ago=60 * 24)
    age(library, word, minutes=5)
    library.call("look_for_new")
    new = reader.call("read_new", search=saved.id)
    reader.call("mark_seen", search=saved.id, until=new.until)
    assert reader.call("list_alerts").items == []


def test_a_role_that_was_let_in_hears_of_it_and_nobody_whose_account_is_closed(
    library: Library, word: str, told: list[Any]
) -> None:
    operator = _operator(library)
    role = f"r{word[1:30]}"
    library.runtime.call("identity.save_role", {"name": role, "permissions": []}, context=operator)
    reader, closed = Reader(library, word, role), Reader(library, f"closed{word}", role)
    searches = [
        one.call("save_search", name="Mine", query=word, alert="daily") for one in (reader, closed)
    ]
    hidden = library.add(title=word, record_access="restricted")
    library.call("let_in", id=hidden.id, role=role)
    library.runtime.call("identity.deactivate_account", {"id": closed.id}, context=operator)
    begin(library, *(one.id for one in searches), minutes_ago=60 * 24)
    age(library, word, minutes=5)
    library.call("look_for_new")
    assert [one["account_id"] for one in told if one["account_id"] in (reader.id, closed.id)] == [
        reader.id
    ]


def test_what_leaves_an_embargo_is_new(library: Library, reader: Reader, word: str) -> None:
    saved = reader.call("save_search", name="Mine", query=word)
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    library.add(title=word, embargo_until=day, embargo_covers="record")
    age(library, word)
    begin(library, saved.id, minutes_ago=10)
    assert reader.call("read_new", search=saved.id).total == 0
    with library.hosted.transaction():
        ended = datetime.now(UTC) - timedelta(minutes=5)
        ResourceRow.update(embargo_until=ended).where(ResourceRow.title == word).execute()
    assert reader.call("read_new", search=saved.id).total == 1


def test_a_feed_shows_what_its_owner_may_see_until_it_is_revoked(
    library: Library, reader: Reader, word: str
) -> None:
    for access in ("public", "members", "restricted"):
        library.add(title=f"{word} {access} & more", record_access=access)
    saved = reader.call("save_search", name="Mine <3", query=word)
    address = urlsplit(reader.call("make_feed", search=saved.id).address)
    key = parse_qs(address.query)["key"][0]
    assert address.path == f"/library/searches/{saved.id}.atom"
    document = library.call("read_feed", by=None, search=saved.id, key=key)
    feed = ElementTree.fromstring(document.text)
    assert feed.findtext(f"{ATOM}title") == "Mine <3"
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == [f"{word} members & more", f"{word} public & more"]
    with pytest.raises(NotFound):
        library.call("read_feed", by=None, search=saved.id, key="guessed")
    reader.call("revoke_feed", search=saved.id)
    with pytest.raises(NotFound):
        library.call("read_feed", by=None, search=saved.id, key=key)


def test_a_person_takes_their_searches_along_and_leaves_none_behind(
    library: Library, reader: Reader, word: str
) -> None:
    reader.call("save_search", name="Mine", query=word, alert="weekly")
    (kept,) = people.export(library.hosted, reader.id)["saved_searches"]  # type: ignore[misc]
    assert (kept["name"], kept["asked"], kept["alert"]) == ("Mine", {"query": word}, "weekly")
    assert people.erase(library.hosted, reader.id) == "erased"
    assert reader.call("list_searches").items == []


@pytest.fixture
def told(library: Library, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The data of every event that says that something was found, as it is emitted."""
    seen: list[dict[str, Any]] = []
    emit = library.hosted.emit

    def listen(event: Any) -> str:
        if type(event).__name__ == "SavedSearchFound":
            seen.append(event.model_dump())
        return emit(event)

    monkeypatch.setattr(library.hosted, "emit", listen)
    return seen


def begin(library: Library, *ids: str, minutes_ago: int) -> None:
    """Let searches have been looked at, and seen, so long ago."""
    moment = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    with library.hosted.transaction():
        SavedSearchRow.update(seen=moment, told=moment).where(SavedSearchRow.id.in_(ids)).execute()


def age(library: Library, word: str, minutes: int = 60 * 24 * 30) -> None:
    """Let what has this word in its title be so old."""
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    with library.hosted.transaction():
        ResourceRow.update(created=moment).where(ResourceRow.title.contains(word)).execute()


def settle(library: Library, word: str, until: datetime) -> None:
    """Let two minutes pass for a search that was seen up to `until`, and for what came after that."""
    two = timedelta(minutes=2)
    with library.hosted.transaction():
        SavedSearchRow.update(seen=until - two).where(SavedSearchRow.seen == until).execute()
        named = ResourceRow.title.contains(word)
        ResourceRow.update(created=until - two / 2).where(named).execute()


def _operator(library: Library) -> Any:
    context = Context(library.runtime)
    context.token = library._keys.sign(OPERATOR, {"*"})
    return context
