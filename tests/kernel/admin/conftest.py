"""The nursery on a real runtime, on both databases, and somebody who administers it."""

import pytest
from tests.kernel.admin.nursery import MIGRATIONS, Bed, Plant, nursery
from tests.kernel.hosting import acting_as, running

ADMINISTRATOR = ("nursery.administer", "nursery.administer_personal", "nursery.keep")


class Desk:
    """Asks the nursery's operations as somebody with these permissions."""

    def __init__(self, runtime):
        self.runtime = runtime
        self.database = runtime.hosted["nursery"].database
        with self.database.transaction():
            Plant.delete().execute()
            Bed.delete().execute()
            self.database.execute("DELETE FROM azora_outbox")
        self.before = self.database.execute("SELECT COALESCE(MAX(link), 0) FROM azora_audit")[0][0]

    def ask(self, name, permissions=ADMINISTRATOR, **fields):
        context = acting_as(self.runtime, "user:thandi", *permissions)
        return self.runtime.call(f"nursery.{name}", fields, context=context)

    def beds(self, *rows):
        with self.database.transaction():
            for row in rows:
                Bed.create(**row)
        return [bed.id for bed in Bed.select().order_by(Bed.name)]

    def plant(self, **values):
        with self.database.transaction():
            return Plant.create(**values)

    def trail(self):
        return self.database.execute(
            'SELECT entity, "row", action, outcome FROM azora_audit WHERE link > ? ORDER BY link',
            self.before,
        )

    def stream(self, name, permissions=ADMINISTRATOR, **fields):
        """Everything that a streaming operation replies."""
        bound = self.runtime.operations[f"nursery.{name}"]
        context = acting_as(self.runtime, "user:thandi", *permissions)
        return list(self.runtime.invoke(bound, bound.parse(fields), context))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def runtime(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nursery")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr("azora.processes.upgrade.load_migrations", lambda package: MIGRATIONS)
    url = {}
    if request.param == "postgresql":
        url = {"database_url": request.getfixturevalue("postgresql").new_database()}
    with running(folder, nursery(), **url) as runtime:
        monkeypatch.undo()
        assert not runtime.registry.refused
        yield runtime


@pytest.fixture
def desk(runtime):
    return Desk(runtime)
