"""Work that a plugin does for ever beside its calls: following a log, sending what waits."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import eventlet

from azora.context import enter, leave
from azora.errors import ServiceError

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

LONGEST_PAUSE = 30.0
_FIRST_PAUSE = 0.2


def run_for_ever(hosted: "HostedPlugin", work: Callable[[], object]) -> None:
    """Do `work` again and again as the plugin; after a failure pause, longer each time."""
    pause = _FIRST_PAUSE
    while True:
        token = enter(hosted.as_itself())
        try:
            work()
            pause = _FIRST_PAUSE
            eventlet.sleep(0)
            continue
        except ServiceError as error:
            hosted.log.warning("work_waits", work=_named(work), error=str(error))
        except Exception as error:
            hosted.log.exception("work_failed", work=_named(work))
            hosted.runtime.report(error)
        finally:
            leave(token)
        eventlet.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _named(work: Callable[[], object]) -> str:
    return getattr(work, "__qualname__", type(work).__name__)
