"""A campus comes back on PostgreSQL too, and moves from one database product to the other."""

import psycopg2
import pytest
from tests.kernel.events.hosts import eventually

from azora.data import trail
from azora.errors import Conflict

TABLES = """SELECT schemaname, tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public')
    AND schemaname NOT LIKE '%__replaced%' AND tablename <> 'azora_migrations'"""
ODD = "A tab\there, a \\ and a \\N, and a line\nbreak"


@pytest.fixture
def on_postgresql(new_campus_here, postgresql):
    """`on_postgresql("name")`: a campus whose plugins have schemas of a database of the test's own."""
    return lambda name: new_campus_here(name, database_url=postgresql.new_database())


def rows(campus, sql):
    with psycopg2.connect(campus.settings.database_url) as connection:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()


def everything(campus):
    """Every row of every table of every schema, as text."""
    moved = " - 'changed' - 'until'"
    with (
        psycopg2.connect(campus.settings.database_url) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(TABLES)
        found = {}
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t){moved} FROM "{schema}"."{table}" t')
            found[schema, table] = sorted(str(row) for (row,) in cursor)
        return found


def fill(campus):
    campus.add_books("Mhudi", "Ngũgĩ – Petals of Blood")
    with campus.open() as here:
        odd = {"title": "Odd", "type": "BOOK", "category": "Cape", "content": ODD}
        here.call("library.add_resource", odd)
        here.call(
            "identity.create_account",
            {"email": "thandi@campus.example", "name": "Thandi", "roles": []},
        )
    campus.digest = campus.add_file(b"a book")


def counted(here):
    """The categories with what the library's own events have counted so far."""
    listed = here.call("library.list_categories", {})["items"]
    return {item["name"]: item["resources"] for item in listed}


def check(campus):
    """What people see of `fill`, and that what they do next works."""
    assert campus.titles("petals") == ["Ngũgĩ – Petals of Blood"]
    assert campus.has_file(campus.digest)
    with campus.open() as here:
        found = here.call("library.search", {"query": "odd"})["items"][0]
        assert here.call("library.read_resource", {"id": found["id"]})["content"] == ODD
        names = [row["name"] for row in here.call("identity.list_accounts", {})["items"]]
        eventually(lambda: counted(here) == {"Cape": 3})
        verdict = trail.verify(here.runtime.hosted["identity"].database)
    assert names == ["Thandi"]
    assert verdict.entries and not verdict.faults
    campus.add_books("After it all")
    assert campus.titles("after it all") == ["After it all"]


def test_postgresql_comes_back_row_by_row(on_postgresql, kept):
    campus, there = on_postgresql("campus"), on_postgresql("there")
    fill(campus)
    before = everything(campus)
    made = kept.back_up(campus)
    kept.restore(there)
    assert everything(there) == before
    assert made.rows >= sum(map(len, before.values()))
    there.digest = campus.digest
    check(there)


def test_a_laptop_moves_to_postgresql_and_back(new_campus_here, on_postgresql, kept):
    laptop, server, again = new_campus_here(), on_postgresql("server"), new_campus_here("again")
    fill(laptop)
    kept.back_up(laptop)
    assert kept.restore(server).left_out == {}
    server.digest = again.digest = laptop.digest
    kept.back_up(server)
    assert kept.restore(again).left_out == {}
    check(server)
    check(again)
    ignored = ("azora_migrations", "azora_leases", "azora_jobs", "sqlite_sequence")
    once, twice = laptop.content(), again.content()
    for plugin in once:
        for table in once[plugin].keys() - set(ignored):
            if not table.startswith(("azora_", "library_words")):
                assert len(twice[plugin][table]) >= len(once[plugin][table]), table


def test_what_is_there_is_set_aside_in_one_step_or_stays(on_postgresql, kept, monkeypatch):
    campus = on_postgresql("campus")
    fill(campus)
    kept.back_up(campus)
    campus.add_books("Later")
    before = everything(campus)
    with pytest.raises(Conflict, match="--replace"):
        kept.restore(campus)
    broken_at_the_last_moment(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        kept.restore(campus, replace=True)
    after = everything(campus)
    assert {name: after.get(name) for name in before} == before
    monkeypatch.undo()
    kept.restore(campus, replace=True)
    assert campus.titles("later") == []
    aside = rows(campus, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'library__replaced%'")
    assert len(aside) == 1


def broken_at_the_last_moment(monkeypatch):
    from azora.backup import postgres_switch

    rename, renamed = postgres_switch._rename, []

    def interrupted(cursor, old, new):
        renamed.append(old)
        if len(renamed) == 4:
            raise KeyboardInterrupt
        rename(cursor, old, new)

    monkeypatch.setattr(postgres_switch, "_rename", interrupted)


def test_one_plugin_of_postgresql_comes_back_alone(on_postgresql, kept):
    campus = on_postgresql("campus")
    fill(campus)
    kept.back_up(campus, ["library"])
    campus.add_books("Later")
    kept.restore(campus, plugin="library", replace=True)
    check(campus)


def test_a_campus_that_runs_is_not_replaced(on_postgresql, kept):
    campus = on_postgresql("campus")
    fill(campus)
    kept.back_up(campus)
    with campus.open(), pytest.raises(Conflict, match="connected"):
        kept.restore(campus, replace=True)
