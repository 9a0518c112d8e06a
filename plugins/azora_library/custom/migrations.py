"""The table of declared fields and the column of their values; listed with the rest in the library's
migrations."""

import peewee

from azora.data.migrations import Schema


def m0018_custom_fields(schema: Schema) -> None:
    schema.add_column("library_resource", "custom", peewee.TextField(default="{}"))
    schema.create_table(
        "library_field",
        number=peewee.AutoField(),
        name=peewee.CharField(max_length=40, unique=True),
        labels=peewee.TextField(),
        help=peewee.TextField(),
        kind=peewee.CharField(max_length=12),
        many=peewee.BooleanField(),
        required=peewee.BooleanField(),
        types=peewee.TextField(),
        choices=peewee.TextField(),
        facet=peewee.BooleanField(),
        searchable=peewee.BooleanField(),
        public=peewee.BooleanField(),
        place=peewee.IntegerField(),
        retired=peewee.BooleanField(),
        removing=peewee.BooleanField(),
    )


def m0018_custom_fields_down(schema: Schema) -> None:
    schema.drop_table("library_field")
    schema.drop_column("library_resource", "custom")
