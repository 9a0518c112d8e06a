"""peewee databases that let PluginDatabase choose the connection and own the transactions."""

from typing import Any

import peewee

from azora.data.database import PluginDatabase
from azora.data.failures import InTransaction
from azora.data.rows import Rows


class Routed(peewee.Database):
    """Sends every statement of peewee through its PluginDatabase.

    Inside `transaction()`, `atomic()` is a savepoint; outside, peewee may not begin one of its own.
    """

    def __init__(self, owner: PluginDatabase, database: str, **options: Any) -> None:
        self.owner = owner
        super().__init__(database, thread_safe=False, **options)

    @property
    def _state(self) -> Any:
        return self.owner.state()

    @_state.setter
    def _state(self, _: Any) -> None:
        """The owner keeps the state."""

    def _execute_cursor(self, sql: str, params: Any, **_: Any) -> Rows:
        return self.owner.run(sql, params)

    def connect(self, reuse_if_open: bool = False) -> bool:
        return False

    def close(self) -> bool:
        return False

    def begin(self, *_: Any, **__: Any) -> None:
        raise InTransaction(
            f"{self.owner.name}: begin with `with self.transaction():`, not through peewee"
        )

    def commit(self) -> None:
        raise InTransaction(f"{self.owner.name}: `self.transaction()` commits, not its body")

    def rollback(self) -> None:
        raise InTransaction(
            f"{self.owner.name}: raise an error in `self.transaction()` to roll back"
        )
