"""The table of saved searches."""

import peewee

from azora.tables import IdField, Refers, Table, TimeField


class SavedSearchRow(Table):
    """A search of one person. `seen` is their own mark, `told` that of the alert; both are moments."""

    id = IdField(primary_key=True)
    owner = peewee.CharField(max_length=60)
    name = peewee.TextField()
    asked = peewee.TextField()
    alert = peewee.CharField(max_length=10)
    seen = TimeField()
    told = TimeField()
    fresh = peewee.BooleanField(default=False)
    feed = peewee.CharField(max_length=64, null=True)
    created = TimeField()

    class Meta:
        table_name = "library_saved_search"
        indexes = ((("owner", "name"), True), (("alert", "id"), False))
        personal = ("owner", "name", "asked")
        secret = ("feed",)
        refers = {"owner": Refers("identity.known_accounts")}
        retention = "Until its owner removes it, or leaves."


TABLES = (SavedSearchRow,)
