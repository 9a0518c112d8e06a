"""Which backups stay: those of the last day, and the last of each of so many days, weeks and months."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from azora.backup.catalog import BACKUPS, BLOBS, NAMES, Backup, backups_at
from azora.backup.places import Place

if TYPE_CHECKING:
    from azora.backup.settings import BackupSettings


DAY = 86_400.0


def kept(backups: Iterable[Backup], daily: int, weekly: int, monthly: int) -> set[str]:
    """The ids that stay; the newest always does.

    Backups of single plugins were asked for by somebody: they all stay.
    """
    ordered = sorted(backups, key=lambda backup: (backup.at, backup.id), reverse=True)
    stay = {backup.id for backup in ordered if not backup.whole}
    whole = [backup for backup in ordered if backup.whole]
    stay |= {backup.id for backup in whole if backup.at > whole[0].at - DAY}
    for form, count in (("%Y-%m-%d", daily), ("%G-%V", weekly), ("%Y-%m", monthly)):
        last: dict[str, str] = {}
        for backup in whole:
            last.setdefault(backup.moment.strftime(form), backup.id)
        stay |= set(list(last.values())[:count])
    return stay


def prune(place: Place, settings: "BackupSettings") -> list[str]:
    """Remove the backups that need not stay, halves of broken-off ones, and blobs that none needs.

    A blob goes only after every backup that names it: broken off anywhere, what stays is whole.
    """
    backups = backups_at(place)
    stay = kept(backups, settings.keep_daily, settings.keep_weekly, settings.keep_monthly)
    for name in sorted(place.sizes(BACKUPS), reverse=True):  # `complete.json` before its parts
        if name.split("/")[1] not in stay and name.endswith("complete.json"):
            place.remove(name)
    for name in place.sizes(BACKUPS):
        if name.split("/")[1] not in stay:
            place.remove(name)
    needed = {name for backup in backups if backup.id in stay for name in blob_names(place, backup)}
    for name in place.sizes(BLOBS).keys() - needed:
        place.remove(name)
    return [backup.id for backup in backups if backup.id not in stay]


def blob_names(place: Place, backup: Backup) -> list[str]:
    """The names of the blobs that a backup needs."""
    return (place.read(backup.part(NAMES)) or b"").decode().split()
