"""Who sees a record and who opens its file: each level, through everything that reads the catalogue."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from azora import Conflict, NotAllowed, NotAuthenticated, NotFound
from azora.ids import uuid7
from azora_library import people
from azora_library.catalogue.access import subjects
from azora_library.catalogue.models import ResourceRow
from azora_library.sharing.models import GrantRow

TOMORROW = date.today() + timedelta(days=2)
YESTERDAY = date.today() - timedelta(days=2)


def add(library: Any, word: str, **levels: Any) -> str:
    """A resource with a file, findable by the word in every way."""
    file = library.hosted.files.put([word.encode()], f"{word}.txt", "text/plain")
    made = library.add(title=word, category=word, tags=[word], file=file.model_dump(), **levels)
    return str(made.id)


def sees(library: Any, word: str, id: str, by: Any) -> bool:
    """Whether somebody comes across the record: every way of reading must say the same."""
    said = {
        "read": reads(library, id, by),
        "search": library.call("search", by=by, query=word).total == 1,
        "hits": bool(library.call("search", by=by, tag=word).items),
        "facets": bool(library.call("search", by=by, category=word).facets.tag),
        "list": bool(library.call("list_resources", by=by, category=word).items),
    }
    assert len(set(said.values())) == 1, said
    return said["read"]


def reads(library: Any, id: str, by: Any, token: str | None = None) -> bool:
    try:
        return bool(library.call("read_resource", by=by, id=id, token=token).id == id)
    except NotFound as refused:
        assert refused.code == "library.resource_not_found"
        return False


def opens(library: Any, id: str, by: Any, token: str | None = None) -> bool:
    try:
        downloaded = bool(library.call("download_file", by=by, id=id, token=token).digest)
    except (NotAllowed, NotAuthenticated):
        downloaded = False
    shown = library.call("read_resource", by=by, id=id, token=token)
    assert shown.file_open == downloaded == (shown.file is not None)
    assert shown.has_file
    return downloaded


def test_what_says_nothing_is_open_to_everybody(library: Any, word: str) -> None:
    id = add(library, word)
    assert sees(library, word, id, None) and opens(library, id, None)


def test_a_record_for_members_is_not_there_for_others(library: Any, word: str) -> None:
    id = add(library, word, record_access="members", file_access="members")
    assert not sees(library, word, id, None)
    assert not sees(library, word, id, library.person())
    member = library.person("library.read")
    assert sees(library, word, id, member) and opens(library, id, member)


def test_a_record_may_be_seen_while_its_file_is_closed(library: Any, word: str) -> None:
    id = add(library, word, file_access="members")
    assert sees(library, word, id, None) and not opens(library, id, None)
    assert opens(library, id, library.person("library.read"))
    with pytest.raises(NotAuthenticated):
        library.call("download_file", by=None, id=id)


def test_the_name_of_a_closed_file_finds_nothing(library: Any, word: str) -> None:
    file = library.hosted.files.put([b"x"], f"{word}.txt", "text/plain")
    library.add(title="Minutes", file=file.model_dump(), file_access="restricted")
    assert library.call("search", by=None, query=word).total == 0


def test_restricted_is_for_librarians_and_those_let_in(library: Any, word: str) -> None:
    id = add(library, word, record_access="restricted", file_access="restricted")
    person, other = library.person(id="user:a"), library.person(id="user:b")
    teacher = library.person(roles=("teachers",))
    let_in(library, id, "user:a")
    let_in(library, id, "role:teachers")
    for reader in (person, teacher, library.person("library.manage")):
        assert sees(library, word, id, reader) and opens(library, id, reader)
    for reader in (None, other, library.person("library.read")):
        assert not sees(library, word, id, reader)


def test_a_grant_that_has_ended_opens_nothing(library: Any, word: str) -> None:
    id = add(library, word, record_access="restricted")
    let_in(library, id, "user:c", expires=datetime.now(UTC) - timedelta(seconds=1))
    assert not sees(library, word, id, library.person(id="user:c"))


def test_an_embargo_ends_by_itself(library: Any, word: str) -> None:
    id = add(library, word, embargo_until=TOMORROW)
    assert sees(library, word, id, None) and not opens(library, id, library.person())
    with pytest.raises(NotAllowed) as refused:
        library.call("download_file", by=None, id=id)
    assert refused.value.code == "library.file_closed" and str(TOMORROW) in refused.value.detail
    move_embargo(library, id, YESTERDAY)
    assert opens(library, id, None)


def test_an_embargo_may_hide_the_record_too(library: Any, word: str) -> None:
    id = add(
        library, word, embargo_until=TOMORROW, embargo_covers="record", record_access="members"
    )
    member = library.person("library.read")
    assert not sees(library, word, id, member)
    assert sees(library, word, id, library.person("library.manage"))
    move_embargo(library, id, YESTERDAY)
    assert sees(library, word, id, member) and not sees(library, word, id, None)


def test_a_token_without_the_scope_reads_what_everybody_reads(library: Any, word: str) -> None:
    id = add(library, word, record_access="members")
    signed = library._keys.sign("user:d", {"hello.greet"})
    assert not sees(library, word, id, signed)
    assert sees(library, word, id, library._keys.sign("user:d", {"library.read"}))
    assert subjects(library._keys.verify(signed)) == ()


def test_categories_show_only_those_with_something_to_see(library: Any, word: str) -> None:
    add(library, word, record_access="members")
    hidden = add(library, word, record_access="restricted")
    assert counted(library, word, library.person("library.manage"), 2)
    assert counted(library, word, library.person("library.read"), 1)
    assert counted(library, word, None, 0)
    library.call("remove_resource", id=hidden)
    assert counted(library, word, library.person("library.manage"), 1)


def counted(library: Any, category: str, by: Any, expected: int) -> bool:
    def count() -> bool:
        found = library.call("list_categories", by=by).items
        return expected == sum(one.resources for one in found if one.name == category)

    library.eventually(count)
    return True


def let_in(library: Any, id: str, subject: str, expires: datetime | None = None) -> None:
    row = ResourceRow.get(ResourceRow.id == id)
    with library.hosted.transaction():
        GrantRow.create(
            resource=row, subject=subject, name=subject, expires=expires, created=datetime.now(UTC)
        )


def move_embargo(library: Any, id: str, until: date) -> None:
    moment = datetime(until.year, until.month, until.day, tzinfo=UTC)
    with library.hosted.transaction():
        ResourceRow.update(embargo_until=moment).where(ResourceRow.id == id).execute()


class TestSecretLinks:
    def test_a_link_opens_what_it_covers_to_whoever_has_it(self, library: Any, word: str) -> None:
        id = add(library, word, record_access="restricted", file_access="restricted")
        whole, record = link(library, id), link(library, id, covers="record")
        assert reads(library, id, None, whole) and opens(library, id, None, whole)
        assert reads(library, id, None, record) and not opens(library, id, None, record)
        assert not reads(library, id, None, "guess") and not sees(library, word, id, None)

    def test_its_use_is_counted_and_its_secret_kept_nowhere(self, library: Any, word: str) -> None:
        id = add(library, word, record_access="restricted")
        token = link(library, id)
        reads(library, id, None, token)
        reads(library, id, None, token)
        shared = library.call("read_sharing", id=id)
        assert [one.uses for one in shared.links] == [2]
        assert token not in shared.model_dump_json()
        rows = library.hosted.database.execute("SELECT * FROM library_secret_link")
        assert token not in repr(rows)

    def test_a_revoked_or_expired_link_opens_nothing(self, library: Any, word: str) -> None:
        id = add(library, word, record_access="restricted")
        old, revoked = link(library, id, expires=YESTERDAY), link(library, id)
        [made] = [one for one in library.call("read_sharing", id=id).links if one.expires is None]
        library.call("revoke_link", id=id, link=made.id)
        assert not reads(library, id, None, old) and not reads(library, id, None, revoked)
        with pytest.raises(NotFound):
            library.call("revoke_link", id=id, link=made.id)

    def test_a_link_opens_no_other_record(self, library: Any, word: str) -> None:
        token = link(library, add(library, word, record_access="restricted"))
        other = library.add(title="Other", record_access="restricted").id
        assert not reads(library, other, None, token)


class TestRequests:
    def test_who_is_let_in_opens_the_file_and_both_see_it(self, library: Any, word: str) -> None:
        id = add(library, word, file_access="restricted")
        reader = library.person(id="user:asks")
        asked = library.call("ask_for_access", by=reader, id=id, reason="My thesis.")
        again = library.call("ask_for_access", by=reader, id=id, reason="My other thesis.")
        assert again.id == asked.id
        [waiting] = [
            one for one in library.call("list_access_requests").items if one.resource == id
        ]
        assert (waiting.name, waiting.reason, waiting.title) == ("Thandi", "My other thesis.", word)
        answer = {"request": waiting.id, "decision": "granted", "answer": "Enjoy."}
        library.call("answer_access_request", **answer)
        assert opens(library, id, reader)
        own = library.call("read_own_request", by=reader, id=id).request
        assert (own.state, own.answer) == ("granted", "Enjoy.")
        with pytest.raises(Conflict):
            library.call("ask_for_access", by=reader, id=id, reason="Again.")

    def test_who_is_refused_reads_why_and_may_ask_again(self, library: Any, word: str) -> None:
        id = add(library, word, file_access="restricted")
        reader = library.person(id="user:refused")
        asked = library.call("ask_for_access", by=reader, id=id, reason="Please.")
        refusal = {"request": asked.id, "decision": "refused", "answer": "It is private."}
        library.call("answer_access_request", **refusal)
        assert not opens(library, id, reader)
        with pytest.raises(Conflict):
            library.call("answer_access_request", request=asked.id, decision="granted")
        anew = library.call("ask_for_access", by=reader, id=id, reason="It is mine.")
        assert anew.id != asked.id

    def test_nobody_asks_for_what_they_may_not_know_of(self, library: Any, word: str) -> None:
        id = add(library, word, record_access="restricted", file_access="restricted")
        with pytest.raises(NotFound):
            library.call("ask_for_access", by=library.person(), id=id, reason="?")
        with pytest.raises(NotAuthenticated):
            library.call("ask_for_access", by=None, id=id, reason="?")

    def test_only_who_asked_takes_a_question_back(self, library: Any, word: str) -> None:
        id = add(library, word, file_access="restricted")
        reader = library.person(id="user:changes-mind")
        asked = library.call("ask_for_access", by=reader, id=id, reason="Please.")
        library.call("withdraw_access_request", by=library.person(), request=asked.id)
        assert library.call("read_own_request", by=reader, id=id).request
        library.call("withdraw_access_request", by=reader, request=asked.id)
        assert library.call("list_own_access_requests", by=reader).items == []


def test_levels_are_changed_together_and_leave_a_revision(library: Any, word: str) -> None:
    id = add(library, word)
    changed = library.call(
        "set_access", id=id, if_revision=1, record_access="members", embargo_until=TOMORROW
    )
    assert (changed.record_access, changed.embargo_until, changed.revision) == (
        "members", TOMORROW, 2,
    )  # fmt: skip
    with pytest.raises(Conflict):
        library.call("set_access", id=id, if_revision=1)


def test_an_embargo_that_ended_is_noted_for_those_who_count(library: Any, word: str) -> None:
    id = add(library, word, embargo_until=TOMORROW, embargo_covers="record")
    assert counted(library, word, None, 0)
    move_embargo(library, id, YESTERDAY)
    assert library.call("lift_embargoes").lifted >= 1
    assert counted(library, word, None, 1)
    assert library.call("read_resource", id=id).embargo_until is None


def test_a_person_is_told_what_was_opened_to_them_and_forgotten(library: Any, word: str) -> None:
    id = add(library, word, file_access="restricted")
    person = uuid7()
    reader = library.person(id=f"user:{person}")
    let_in(library, id, f"user:{person}")
    other = add(library, f"{word}-b", file_access="restricted")
    library.call("ask_for_access", by=reader, id=other, reason="Please.")
    told = people.export(library.hosted, person)
    assert [one["title"] for one in told["let_in_to"]] == [word]  # type: ignore[index]
    assert [one["reason"] for one in told["asked_for"]] == ["Please."]  # type: ignore[index]
    assert people.erase(library.hosted, person) == "erased"
    assert not opens(library, id, reader)
    assert library.call("list_own_access_requests", by=reader).items == []


def link(library: Any, id: str, **fields: Any) -> str:
    made = library.call("make_link", id=id, note="For a reviewer", **fields)
    return str(made.address.partition("token=")[2])
