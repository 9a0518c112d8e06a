"""Ids that name things of another plugin: what is gone is found, kept or cleared, and never guessed."""

from typing import ClassVar

import peewee
import pytest
from tests.kernel.hosting import acting_as, make_plugin, running

from azora import (
    CheckIds,
    KnownIds,
    Permission,
    PluginError,
    Refers,
    Request,
    Service,
    Table,
    Unavailable,
    operation,
)
from azora.data.schema import Schema
from azora.loader import load_registry
from azora.permissions import CHECK_REFERENCES
from azora.references import GRACE


class NoteRow(Table):
    """A note, whose author and last reader are people."""

    author = peewee.TextField()
    reader = peewee.TextField(null=True)

    class Meta:
        personal = ()
        retention = "As long as the test."
        refers: ClassVar = {
            "author": Refers("people.known_people"),
            "reader": Refers("people.known_people", orphan="clear"),
        }


class People(Service):
    living: ClassVar[set[str]] = set()
    away: ClassVar[bool] = False

    @operation("POST /people/known", permission=CHECK_REFERENCES, idempotent=True, http=False)
    def known_people(self, request: CheckIds) -> KnownIds:
        if self.away:
            raise Unavailable("people is being restarted")
        return KnownIds(ids=[one for one in request.ids if one in self.living])


PEOPLE = make_plugin("people", services=[People])
NOTES = make_plugin("notes", tables=[NoteRow])


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    if request.param == "sqlite":
        return {}
    return {"database_url": request.getfixturevalue("postgresql").new_database()}


@pytest.fixture
def notes(tmp_path, database_url):
    """The plugin `notes` beside `people`, with a table that is empty."""
    People.living, People.away = {"ann", "ben"}, False
    with running(tmp_path, PEOPLE, NOTES, **database_url) as runtime:
        yield with_table(runtime)


def with_table(runtime):
    hosted = runtime.hosted["notes"]
    with hosted.database.altering():
        Schema(hosted.database).create_table(
            "note_row",
            id=peewee.AutoField(),
            author=peewee.TextField(),
            reader=peewee.TextField(null=True),
        )
    return hosted


def write(hosted, author, reader=None):
    with hosted.transaction():
        return NoteRow.create(author=author, reader=reader).id


def check(hosted):
    """What the job finds, by column."""
    reply = hosted.runtime.call("notes.check_references", Request(), context=hosted.as_itself())
    return {column.column.partition(".")[2]: column for column in reply.columns}


def a_day_passes(hosted):
    with hosted.database.transaction():
        hosted.database.execute("UPDATE azora_orphans SET found = found - ?", GRACE)


def orphans(hosted):
    return {row[0] for row in hosted.database.execute("SELECT value FROM azora_orphans")}


def test_what_names_somebody_is_no_orphan(notes):
    write(notes, "ann", "ben")
    found = check(notes)
    assert [(found[name].checked, found[name].missing) for name in ("author", "reader")] == [
        (1, 0)
    ] * 2
    assert orphans(notes) == set()


def test_an_id_that_names_nothing_is_reported_and_counted(notes):
    for author in ("ann", "gone", "gone", "lost"):
        write(notes, author)
    found = check(notes)["author"]
    assert (found.checked, found.missing, found.orphans) == (3, 2, ["gone", "lost"])
    assert b'azora_orphans{plugin="notes"} 2.0' in notes.runtime.metrics.render()


def test_a_column_is_cleared_only_when_the_orphan_was_found_a_day_before(notes):
    number = write(notes, "gone", "gone")
    assert check(notes)["reader"].cleared == 0
    assert check(notes)["reader"].cleared == 0
    a_day_passes(notes)
    assert check(notes)["reader"].cleared == 1
    kept = NoteRow.get_by_id(number)
    assert (kept.author, kept.reader) == ("gone", None)
    assert check(notes)["reader"].missing == 0


def test_what_comes_back_within_the_day_is_forgotten_as_an_orphan(notes):
    number = write(notes, "ann", "cleo")
    check(notes)
    People.living = {"ann", "ben", "cleo"}
    a_day_passes(notes)
    assert check(notes)["reader"].cleared == 0
    assert orphans(notes) == set()
    People.living = {"ann", "ben"}
    assert check(notes)["reader"].cleared == 0
    assert NoteRow.get_by_id(number).reader == "cleo"


def test_an_orphan_whose_rows_are_gone_is_forgotten(notes):
    number = write(notes, "gone")
    check(notes)
    with notes.transaction():
        NoteRow.delete_by_id(number)
    check(notes)
    assert orphans(notes) == set()


def test_ids_are_asked_for_in_batches_that_the_owner_takes(notes):
    with notes.transaction():
        for number in range(1234):
            NoteRow.create(author=f"a{number}")
    found = check(notes)["author"]
    assert (found.checked, found.missing, len(found.orphans)) == (1234, 1234, 20)


def test_an_owner_that_does_not_answer_makes_no_orphans(notes):
    write(notes, "gone", "gone")
    check(notes)
    a_day_passes(notes)
    People.away = True
    found = check(notes)
    assert found["author"].unchecked == "people is being restarted"
    assert (found["reader"].missing, found["reader"].cleared) == (0, 0)
    assert orphans(notes) == {"gone"}
    assert NoteRow.get().reader == "gone"


def test_an_owner_that_is_not_installed_makes_no_orphans(tmp_path, database_url):
    with running(tmp_path, NOTES, **database_url) as runtime:
        hosted = with_table(runtime)
        write(hosted, "gone", "gone")
        found = check(hosted)["author"]
        assert found.unchecked
        assert (found.missing, orphans(hosted)) == (0, set())


def test_a_plugin_may_ask_for_what_its_columns_name_and_others_may_not(notes):
    write(notes, "ann")
    assert check(notes)["author"].unchecked is None
    stranger = acting_as(notes.runtime, "user:mallory", "notes.read")
    with pytest.raises(Exception, match=CHECK_REFERENCES):
        notes.runtime.call("people.known_people", CheckIds(ids=["ann"]), context=stranger)


def test_the_check_is_a_nightly_job_of_every_plugin_that_names_others(notes):
    assert "check_references" in [job.operation for job in notes.plugin.jobs]
    others = [job.operation for job in notes.runtime.hosted["people"].plugin.jobs]
    assert "check_references" not in others


def test_an_owner_that_cannot_answer_is_found_at_load():
    class Wrong(Service):
        @operation("POST /people/known", permission="people.ask", http=False)
        def known_people(self, request: Request) -> KnownIds:
            return KnownIds(ids=[])

    asks = [Permission("people.ask", "Ask")]
    wrong = make_plugin("people", services=[Wrong], permissions=asks)
    assert "CheckIds" in load_registry([wrong, NOTES], installed=False).refused["notes"]
    silent = make_plugin("people")
    assert "does not offer" in load_registry([silent, NOTES], installed=False).refused["notes"]


def test_a_reference_that_cannot_be_meant_is_refused_where_the_table_is_declared():
    for columns, words in (
        ({"nobody": Refers("people.known_people")}, "not a column"),
        ({"author": Refers("people.known_people", orphan="clear")}, "may not be empty"),
    ):
        body = {"personal": (), "retention": "none", "refers": columns}
        meta = type("Meta", (), body)
        with pytest.raises(PluginError, match=words):
            type("Bad", (Table,), {"author": peewee.TextField(), "Meta": meta})


def test_a_campus_checks_what_its_library_names(campus):
    librarian = campus.as_account("library.manage")
    librarian.post("/api/library/resources", json={"title": "Referred", "type": "BOOK"})
    done = campus.azora("orphans", "--json", "--data", str(campus.data_dir))
    assert done.code == 0, done.err
    assert '"unchecked": null' in done.out and '"library_resource.created_by"' in done.out
