"""The queries behind the busiest operations, on large tables: each finds its rows by an index."""

import re

import pytest

from azora import NotAuthenticated, NotFound
from azora.testing import worker_factory
from azora_identity import contracts as identity
from azora_identity import plugin as identity_plugin
from azora_library import plugin as library_plugin
from azora_library.catalogue import contracts as catalogue
from azora_library.discovery import contracts as discovery
from azora_library.discovery.headings import Heading, plain
from azora_library.subjects import contracts as subjects

ROWS = 20_000
SSD = "SET random_page_cost = 1.1"
"""What PostgreSQL's own manual advises for disks that turn no more."""

PROSE = "Some two thousand characters that nobody reads here. " * 40
LARGE = {"library_resource", "library_words", "library_filing", "library_heading"} | {
    "account", "session", "authenticator", "role_grant", "api_token",
}  # fmt: skip
DAY = 86_400.0


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def on_database(request):
    """Sets the campus to the database in question."""
    patch = pytest.MonkeyPatch()
    if request.param == "postgresql":
        patch.setenv("AZORA_DATABASE_URL", request.getfixturevalue("postgresql").new_database())
    yield request.param
    patch.undo()


@pytest.fixture(scope="module")
def shelves(on_database):
    worker = worker_factory(library_plugin, settings={"facet_bound": 200})
    fill(worker, "library_resource", resources())
    tags = [plain("tag", f"tag {n}") for n in range(ROWS)]
    fill(worker, "library_heading", [Heading._fields, *tags])
    filed = ((n, tags[n % 500].kind, tags[n % 500].id) for n in range(1, ROWS + 1))
    fill(worker, "library_filing", [("resource", "kind", "heading"), *filed])
    words = {"sqlite": "rowid, title", "postgresql": "number, document"}[on_database]
    fill(worker, "library_words", [words.split(", "), *((n, f"w{n}") for n in range(1, ROWS + 1))])
    fill(worker, "library_category", categories())
    pairs = ((row_id(n), row_id(n), 0) for n in range(500))
    fill(worker, "library_category_branch", [("ancestor", "descendant", "distance"), *pairs])
    analyse(worker)
    return worker


@pytest.fixture(scope="module")
def people(on_database):
    worker = worker_factory(identity_plugin, settings={"session_store": "database"})
    fill(
        worker,
        "account",
        [
            ("id", "email", "name", "active", "created", "sessions_since"),
            *(
                (f"user:{row_id(n)}", f"{n}@campus.example", f"n {n}", True, 0.0, 0.0)
                for n in numbers()
            ),
        ],
    )
    fill(
        worker,
        "session",
        [
            ["id", "digest", "account_id", "methods", "created", "last_used", "address", "agent"],
            *((f"s{n}", f"d{n}", f"user:{row_id(n)}", "", 1e12, 1e12, "", "") for n in numbers()),
        ],
    )
    fill(
        worker,
        "api_token",
        [
            ["id", "digest", "account_id", "name", "hint", "scopes", "created", "expires"],
            *((f"t{n}", f"d{n}", f"user:{row_id(n)}", "", "", "", 1e12, 1e12) for n in numbers()),
        ],
    )
    fill(
        worker,
        "authenticator",
        [
            ["id", "account_id", "kind", "secret", "created"],
            *((f"a{n}", f"user:{row_id(n)}", "password", "", 0.0) for n in numbers()),
        ],
    )
    fill(worker, "role", [("name", "summary", "permissions"), ("plans", "", "")])
    fill(
        worker,
        "role_grant",
        [
            ("account_id", "role", "granted", "by"),
            *((f"user:{row_id(n)}", "plans", 0.0, "nobody") for n in numbers()),
        ],
    )
    analyse(worker)
    return worker


def row_id(number):
    return f"00000000-0000-0000-0000-{number:012x}"


def numbers():
    return range(1, ROWS + 1)


def resources():
    yield [
        "number",
        "id",
        "title",
        "title_key",
        "type",
        "content",
        "authors",
        "category",
        "tags",
        "isbn",
        "issn",
        "language",
        "year",
        "downloads",
        "views",
        "created",
        "updated",
        "revision",
        "source",
        "details",
        "custom",
    ]
    for n in numbers():
        common = (n, row_id(n), f"w{n}", f"w{n:06}", ("BOOK", "VIDEO")[n % 2], PROSE, "[]")
        more = (f"c {n % 500}", "[]", "[]", "[]", ("en", "zu", None)[n % 3], 1500 + n % 500)
        yield (
            *common,
            *more,
            0,
            0,
            "2026-01-01 00:00:00",
            "2026-01-01 00:00:00",
            1,
            f"s {n}",
            "{}",
            "{}",
        )


def categories():
    yield [
        "name",
        "id",
        "notation",
        "sort_key",
        "labels",
        "retired",
        "resources",
        "public",
        "members",
    ]
    for n in range(500):
        yield f"c {n}", row_id(n), "", f"c {n}", "{}", False, 9, 9, 0


def fill(worker, table, rows):
    columns, *values = rows
    names = ", ".join(columns)
    marks = ", ".join("?" * len(columns))
    database = worker.hosted.database
    with database.transaction():
        database.execute_many(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def analyse(worker):
    with worker.hosted.database.transaction():
        worker.hosted.database.execute("ANALYZE")


LIBRARY = {
    "the newest": ("list_resources", catalogue.ListResources()),
    "of a category": ("list_resources", catalogue.ListResources(category="c 7")),
    "one": ("read_resource", catalogue.ReadResource(id=row_id(77), count=False)),
    "by a word": ("search", discovery.SearchResources(query="w777")),
    "by a category": ("search", discovery.SearchResources(category="c 7")),
    "by a tag": ("search", discovery.SearchResources(tag="tag 7")),
    "by a year": ("search", discovery.SearchResources(year_from=1507, year_to=1507)),
    "the most used": ("search", discovery.SearchResources(sort="used")),
    "categories": ("list_categories", subjects.ListCategories()),
    "a branch": ("browse_categories", subjects.BrowseCategories(id="c 7")),
    "in a branch": ("list_category", subjects.ListCategory(id="c 7")),
    "tags in use": ("list_tags", subjects.ListTags(query="tag 77")),
    "tags that begin so": ("suggest_terms", subjects.SuggestTerms(query="tag 77")),
}
IDENTITY = {
    "a session": ("authenticate", identity.Credential(token="nobody's")),
    "an API token": ("authenticate", identity.Credential(token="azt_nobody")),
    "the first accounts": ("list_accounts", identity.ListAccounts()),
    "one account": ("read_account", identity.AccountRef(id=f"user:{row_id(77)}")),
}


@pytest.mark.parametrize("case", LIBRARY)
def test_the_library_scans_no_large_table(shelves, case):
    assert scans_of(shelves, *LIBRARY[case]) == []


@pytest.mark.parametrize("case", IDENTITY)
def test_identity_scans_no_large_table(people, case):
    assert scans_of(people, *IDENTITY[case]) == []


def scans_of(worker, operation, request):
    """(table, statement) of every large table that the operation reads from end to end."""
    database, asked = worker.hosted.database, {}
    with pytest.MonkeyPatch.context() as patch:
        watch(patch, database, asked)
        try:
            getattr(worker, operation)(request)
        except (NotAuthenticated, NotFound):
            pass  # it has looked, and that is all we ask
    assert asked
    return [
        (table, sql) for sql, params in asked.items() for table in scanned(database, sql, params)
    ]


def watch(patch, database, asked):
    """Note each statement with its last parameters, on whichever connection it runs."""
    run, heavy_read = database.run, database.heavy_read

    def noted_run(sql, params):
        asked[sql] = params
        return run(sql, params)

    def noted_read(sql, *params):
        asked[database._native(sql)] = params
        return heavy_read(sql, *params)

    patch.setattr(database, "run", noted_run)
    patch.setattr(database, "heavy_read", noted_read)


def scanned(database, sql, params):
    if not re.match(r"\s*(SELECT|WITH)", sql):
        return []
    explain = (
        "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else f"{SSD}; EXPLAIN (COSTS OFF)"
    )
    plan = [str(row[-1]) for row in database.run(f"{explain} {sql}", params)]
    pattern = r"^SCAN (\w+)$" if database.dialect == "sqlite" else r"Seq Scan on (\w+)"
    aliases = {alias: table for table, alias in re.findall(r'"?(\w+)"? AS "?(\w+)"?', sql)}
    found = [
        match[1]
        for before, step in zip(["", *plan], plan, strict=False)
        if (match := re.search(pattern, step)) and not re.search(r"^\W*Limit", before)
    ]
    tables = LARGE & {aliases.get(name, name) for name in found}
    return [] if _walks_in_order(plan, sql) else sorted(tables)


def _walks_in_order(plan, sql):
    """Whether SQLite reads rows in the order of their keys and stops at the limit: no scan to its end."""
    return "LIMIT" in sql and not any("TEMP B-TREE" in step or "Seq Scan" in step for step in plan)
