"""Erasing a person: what the kernel adds to every plugin that may hold something of people.

Each plugin erases what is its own (the hook `erase_subject`); the kernel destroys the key with which
the plugin's events about that person were sealed, wherever they are by now.
"""

from dataclasses import replace
from typing import Any

from azora.contract import Plugin, operation
from azora.data.person_keys import destroy_key
from azora.messages import Reply, Request
from azora.permissions import ERASE_PEOPLE
from azora.personal import PersonalFields
from azora.service import Service


class EraseSubject(Request):
    """The person with this id."""

    subject: str


class ErasedSubject(Reply):
    """`answer` is what the plugin says of its own rows: `erased`, `kept: <the law>` or `none`.

    `sealed` says whether events about the person had been told, which nobody can read any more.
    """

    answer: str
    sealed: bool


class Erasure(Service):
    """One plugin's part in erasing a person."""

    @operation(
        "DELETE /subjects/{subject}",
        permission=ERASE_PEOPLE,
        http=False,
        timeout=600,
        audited="act",
    )
    def erase_subject(self, request: EraseSubject) -> ErasedSubject:
        """Erase a person here, and make what events told of the person unreadable everywhere"""
        hosted = self.hosted
        answer = hosted.runtime.call_hook(hosted, "erase_subject", subject=request.subject)
        sealed = destroy_key(hosted.database, request.subject)
        return ErasedSubject(answer=answer or "none", sealed=sealed)


def with_people(plugin: Plugin, module: Any) -> Plugin:
    """The plugin with the kernel's operations about people, where it may hold something of them."""
    tells = any(event.personal for event in plugin.events)
    added: list[type] = [PersonalFields] if tells else []
    if tells or hasattr(module, "erase_subject"):
        added.append(Erasure)
    return replace(plugin, services=(*plugin.services, *added)) if added else plugin
