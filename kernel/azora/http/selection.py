"""`fields=`: the caller names the fields that it wants, and the reply holds no others."""

import typing
from typing import Any

from azora.errors import FieldError, Invalid
from azora.http.edge import parse_query
from azora.http.exchange import HttpRequest
from azora.messages import ListReply, Message

Include = dict[str, Any]


class Selection:
    """What may be chosen from one reply model: its fields, or of a list those of the items."""

    def __init__(self, reply: type[Message], hidden: frozenset[str]) -> None:
        self.is_list = issubclass(reply, ListReply)
        fields = reply.model_fields
        if self.is_list:
            item = typing.get_args(fields["items"].annotation)[0]
            fields = getattr(item, "model_fields", {})
        self.names = frozenset(fields) - hidden
        self._rest = (
            dict.fromkeys(reply.model_fields.keys() - {"items"}, True) if self.is_list else {}
        )

    def of(self, request: HttpRequest) -> Include | None:
        """Pydantic's `include` for the fields that the query names, or None for all of them."""
        if "fields=" not in request.query:
            return None
        chosen = [
            name.strip()
            for key, value in parse_query(request.query)
            if key == "fields"
            for name in value.split(",")
            if name.strip()
        ]
        unknown = [name for name in chosen if name not in self.names]
        if unknown:
            raise Invalid(
                "The selection names fields that the reply does not have.",
                fields=[
                    FieldError(
                        field="fields", code="unknown_field", detail=f"There is no {name!r}."
                    )
                    for name in unknown
                ],
            )
        if not chosen:
            return None
        included: Include = dict.fromkeys(chosen, True)
        return {**self._rest, "items": {"__all__": included}} if self.is_list else included
