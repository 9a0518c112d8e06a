"""The types that a resource may have: the built-in ones, and those that were registered beside them."""

from azora.errors import FieldError, Invalid
from azora_library import domain
from azora_library.catalogue.contracts import ResourceType
from azora_library.catalogue.models import TypeRow


def known_types() -> list[ResourceType]:
    """Every type that a resource may have."""
    registered = {row.name: row.label for row in TypeRow.select().order_by(TypeRow.name)}
    return [
        ResourceType(name=name, label=label)
        for name, label in {**domain.TYPES, **registered}.items()
    ]


def require_type(name: str) -> None:
    """Raise Invalid for a type that nobody registered."""
    if name in domain.TYPES or TypeRow.get_or_none(TypeRow.name == name):
        return
    known = ", ".join(kind.name for kind in known_types())
    problem = FieldError(
        field="type", code="library.unknown_type", detail=f"{name} is no type here: {known}."
    )
    raise Invalid("Some fields are not right.", code="library.unknown_type", fields=[problem])
