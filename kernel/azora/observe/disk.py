"""How much room is left where the campus's data lies, and what that means for it."""

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from azora.settings import CampusSettings

Room = Literal["enough", "low", "full"]


@dataclass(frozen=True)
class DiskSpace:
    """Bytes free of all, and whether that is enough: `full` means that uploads are refused."""

    free: int
    total: int
    room: Room

    @property
    def words(self) -> str:
        return f"{self.free / 1e9:.1f} GB of {self.total / 1e9:.0f} GB are free"


def disk_space(settings: "CampusSettings") -> DiskSpace:
    """The disk of the data folder, judged by the settings. Raises OSError where there is none."""
    usage = shutil.disk_usage(settings.data_dir)
    room: Room = "enough"
    if usage.free < settings.min_free_disk:
        room = "full"
    elif usage.free < settings.warn_free_disk:
        room = "low"
    return DiskSpace(usage.free, usage.total, room)


def disk_notices(settings: "CampusSettings") -> dict[str, str]:
    """What keepers should know of the disk; nothing while there is room."""
    try:
        space = disk_space(settings)
    except OSError as error:
        return {"disk": f"it cannot be looked at: {error.strerror}"}
    return {} if space.room == "enough" else {"disk": space.words}
