"""Azora's public names. Importing this loads neither Nameko nor Eventlet."""

# ruff: noqa: F401 – the names are imported here for type checkers, and on first use for the rest

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azora.contract import (
        Drafts,
        ErrorCode,
        Form,
        Job,
        Operation,
        Page,
        Panel,
        Part,
        Permission,
        Plugin,
        needs,
        on_event,
        operation,
    )
    from azora.errors import (
        Conflict,
        DeadlineExceeded,
        Invalid,
        LimitReached,
        NotAllowed,
        NotAuthenticated,
        NotFound,
        PluginError,
        RequestError,
        ServiceError,
        Unavailable,
    )
    from azora.hooks import hookimpl
    from azora.messages import (
        CheckIds,
        Document,
        Event,
        FileRef,
        KnownIds,
        ListReply,
        ListRequest,
        Reply,
        Request,
    )
    from azora.money import Money
    from azora.service import Service
    from azora.settings import Settings
    from azora.tables import Refers, Table

__version__ = "0.1.0"

_HOMES = {
    "contract": "Drafts ErrorCode Form Job Operation Page Panel Part Permission Plugin needs on_event operation",
    "errors": "Conflict DeadlineExceeded Invalid LimitReached NotAllowed NotAuthenticated NotFound "
    "PluginError RequestError ServiceError Unavailable",
    "hooks": "hookimpl",
    "messages": "CheckIds Document Event FileRef KnownIds ListReply ListRequest Reply Request",
    "money": "Money",
    "service": "Service",
    "settings": "Settings",
    "tables": "Refers Table",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> object:
    """Import a public name from its home on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'azora' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"azora.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
