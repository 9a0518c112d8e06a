"""What a table must declare."""

import peewee
import pytest

from azora.errors import PluginError
from azora.tables import IdField, Table


def declare(**facts):
    meta = type("Meta", (), facts)
    return type(
        "LibraryCard",
        (Table,),
        {"id": IdField(primary_key=True), "email": peewee.TextField(), "Meta": meta},
    )


def test_a_table_is_named_as_its_class_in_snake_case():
    assert declare(personal=("email",), retention="a year")._meta.table_name == "library_card"


@pytest.mark.parametrize("facts", [{"personal": ()}, {"retention": "a year"}, {}])
def test_a_table_says_which_columns_are_personal_and_how_long_they_stay(facts):
    with pytest.raises(PluginError, match="LibraryCard"):
        declare(**facts)


def test_a_personal_column_exists():
    with pytest.raises(PluginError, match="phone"):
        declare(personal=("phone",), retention="a year")
