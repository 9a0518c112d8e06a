"""What saved searches are asked and answer, and what they tell."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from azora import Event, ListReply, ListRequest, Reply, Request
from azora_library.catalogue.contracts import Card
from azora_library.catalogue.fields import Line
from azora_library.discovery.contracts import Filters, Sort

Alert = Literal["none", "daily", "weekly"]
Name = Annotated[Line, StringConstraints(max_length=100)]
SearchId = Annotated[Line, StringConstraints(max_length=36)]


class Asked(Filters):
    """A search as it is kept."""

    sort: Sort | None = None


class SaveSearch(Asked, Request):
    """A search under a name. `alert` says how often you hear of what is new in it."""

    name: Name
    alert: Alert = "none"


class ListSearches(ListRequest):
    """One's own, the one saved last first."""


class SearchRef(Request):
    search: SearchId


class UpdateSearch(Request):
    """A new name or another alert; what is left out stays."""

    search: SearchId
    name: Name | None = None
    alert: Alert | None = None


class SavedSearch(Reply):
    """`address` is the page of all that it finds; `seen` the moment up to which you saw what is new."""

    id: str
    name: str
    asked: Asked
    address: str
    alert: Alert
    has_feed: bool
    created: datetime
    seen: datetime


class SavedSearches(ListReply[SavedSearch]):
    """Your saved searches."""


class ReadNew(ListRequest):
    """What was added to the library since you last said that you saw it."""

    search: SearchId


class NewResults(ListReply[Card]):
    """The newest first. `until` is the moment up to which it counts."""

    saved: SavedSearch
    until: datetime
    total: int


class MarkSeen(Request):
    """`until` is that of the new results which you saw."""

    search: SearchId
    until: datetime


class ListAlerts(ListRequest):
    """Your searches with an alert in which there is something new."""


class SearchAlert(Reply):
    id: str
    title: str
    found: int


class SearchAlerts(ListReply[SearchAlert]):
    """What you asked to hear of."""


class NewFeed(Reply):
    """The address of a feed, from this campus on. Its secret is shown this once: whoever has it sees what you may see."""

    id: str
    address: str


class ReadFeed(Request):
    search: SearchId
    key: Annotated[str, StringConstraints(max_length=100)] = Field(description="Its secret.")


class LookForNew(Request):
    """No choice to make."""


class Looked(Reply):
    searches: int
    told: int


class SavedSearchFound(Event):
    """There is something new in a search whose owner asked to hear of it; told once for each."""

    key_field = "search_id"
    personal: ClassVar[dict[str, str]] = {"name": "account_id"}

    search_id: str
    account_id: str
    name: str
    found: int
