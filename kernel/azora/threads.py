"""Real threads, for work that would hold up every greenlet: hashing, heavy reads, C code that waits."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call the function in a thread of a small pool while other greenlets go on; what it returns or raises.

    The function must not touch greenlets, the database or the current context.
    """
    from eventlet import tpool

    return tpool.execute(function, *args, **kwargs)  # type: ignore[no-any-return]
