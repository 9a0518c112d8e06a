"""Which backups stay: never too few, never all."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from azora.backup.catalog import Backup
from azora.backup.retention import kept

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def backup(days_ago, whole=True, hour=0):
    at = NOON - timedelta(days=days_ago, hours=hour)
    return Backup(f"{at:%Y%m%dT%H%M}{whole}", at.timestamp(), "0.1.0", whole, [], *[0] * 5, "", "")


def days(backups, daily=7, weekly=0, monthly=0):
    stay = kept(backups, daily, weekly, monthly)
    return [(NOON - each.moment).days for each in backups if each.id in stay]


def test_a_year_of_days_becomes_days_weeks_and_months():
    year = [backup(ago) for ago in range(365)]
    stay = kept(year, 7, 5, 12)
    months = {each.moment.strftime("%Y-%m") for each in year if each.id in stay}
    assert len(months) == 12 and 12 < len(stay) <= 7 + 5 + 12


def test_days_without_a_backup_do_not_count():
    assert days([backup(ago) for ago in (0, 10, 20, 30)], daily=3) == [0, 10, 20]


def test_all_of_the_last_day_stay():
    assert days([backup(0, hour=hour) for hour in range(12)], daily=1) == [0] * 12


def test_a_backup_of_one_plugin_stays():
    assert 300 in days([backup(0), backup(300, whole=False)], daily=1)


@given(
    st.lists(st.integers(0, 2000), min_size=1, unique=True), st.integers(1, 9), st.integers(0, 9)
)
def test_the_newest_stays_and_deleting_in_steps_is_deleting_at_once(ages, daily, weekly):
    backups = [backup(age) for age in ages]
    stay = kept(backups, daily, weekly, 0)
    assert backup(min(ages)).id in stay
    again = kept([each for each in backups if each.id in stay], daily, weekly, 0)
    assert again == stay
