"""A campus comes back as it was; whatever is wrong with a backup is said, and nothing is touched."""

import os
import random
import shutil
import subprocess

import pytest

from azora.backup import create
from azora.backup.catalog import backups_at
from azora.backup.keys import Secrets
from azora.backup.reading import verify_opened, verify_sealed
from azora.backup.retention import prune
from azora.errors import AzoraError, Conflict, Invalid, NotFound, Unavailable


def parts(kept):
    folder = kept.place.path
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def test_every_row_and_file_comes_back(campus, kept, new_campus_here):
    before = campus.content()
    made = kept.back_up(campus)
    there = new_campus_here("there")
    done = kept.restore(there)
    assert there.content() == before
    assert (
        made.rows
        == sum(done.plugins.values())
        == sum(len(rows) for tables in before.values() for rows in tables.values())
    )
    assert there.has_file(campus.digest)
    assert there.titles("mhudi") == ["Mhudi"]


def test_the_keys_that_sign_people_come_back(campus, kept, new_campus_here):
    kept.back_up(campus)
    there = new_campus_here("there")
    kept.restore(there)
    keys = ("people.key", "keeper.key", "backup.public")
    assert [(there.folder / "keys" / name).read_bytes() for name in keys] == [
        (campus.folder / "keys" / name).read_bytes() for name in keys
    ]
    assert (there.folder / "keys/people.key").stat().st_mode & 0o077 == 0


def test_a_file_is_copied_once_and_kept_as_long_as_a_backup_needs_it(campus, kept):
    first = kept.back_up(campus)
    second = kept.back_up(campus)
    assert (first.new_blobs, second.new_blobs, second.blobs) == (1, 0, 1)
    assert len(kept.place.sizes("blobs/")) == 1
    assert prune(kept.place, kept.settings) == []
    with campus.open() as here:
        here.runtime.hosted["library"].files.delete(campus.digest)
    shutil.rmtree(kept.place.path / "backups" / first.id)
    shutil.rmtree(kept.place.path / "backups" / second.id)
    kept.back_up(campus)
    prune(kept.place, kept.settings)
    assert kept.place.sizes("blobs/") == {}


def test_nothing_of_a_backup_tells_what_is_in_it(campus, kept):
    kept.back_up(campus)
    sealed = b"".join(path.read_bytes() for path in parts(kept))
    names = " ".join(str(path) for path in parts(kept))
    assert b"Mhudi" not in sealed and b"%PDF" not in sealed and campus.digest not in names


def test_a_passphrase_opens_what_was_written_under_it(campus, kept, new_campus_here):
    kept.settings = kept.settings.model_copy(
        update={"key_file": None, "passphrase": secret("correct horse")}
    )
    kept.back_up(campus)
    there = new_campus_here("there")
    with pytest.raises(Invalid, match="passphrase does not open"):
        kept.restore(there, secrets=Secrets("wrong horse"))
    assert sorted(path.name for path in there.folder.iterdir()) == ["backup.lock"]
    kept.restore(there, secrets=Secrets("correct horse"))
    assert there.titles("ubuntu") == ["Ubuntu"]


def secret(text):
    from pydantic import SecretStr

    return SecretStr(text)


def test_another_key_file_opens_nothing(campus, kept, new_campus_here, tmp_path):
    kept.back_up(campus)
    shutil.copy(tmp_path / "my.key", tmp_path / "first.key")
    (tmp_path / "other").mkdir()
    other = type(kept)(tmp_path / "other")
    other.back_up(new_with_a_book(new_campus_here))
    with pytest.raises(Invalid, match="does not open"):
        kept.restore(new_campus_here("there"), secrets=other.secrets)


def new_with_a_book(new_campus_here):
    campus = new_campus_here("elsewhere")
    campus.add_books("Elsewhere")
    return campus


def test_the_place_of_another_campus_is_refused(campus, kept, new_campus_here, tmp_path):
    kept.back_up(campus)
    (tmp_path / "my.key").unlink()
    with pytest.raises(Conflict, match="another campus"):
        kept.back_up(new_with_a_book(new_campus_here))


def change_last_byte(path):
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize("harm", ["cut", "changed", "blob_gone", "blob_changed", "archive_gone"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(campus, kept, new_campus_here, harm):
    backup = kept.back_up(campus)
    archive = kept.place.path / backup.part("campus.age")
    (blob,) = (kept.place.path / name for name in kept.place.sizes("blobs/"))
    content = archive.read_bytes()
    spot = random.randrange(200, len(content))
    match harm:
        case "cut":
            archive.write_bytes(content[:spot])
        case "changed":
            archive.write_bytes(content[:spot] + bytes([content[spot] ^ 1]) + content[spot + 1 :])
        case "blob_gone":
            blob.unlink()
        case "blob_changed":
            change_last_byte(blob)
        case "archive_gone":
            archive.unlink()
    there = new_campus_here("there")
    there.add_books("Here before")
    before = there.content()
    with pytest.raises(AzoraError, match="(damaged|not at|not whole)") as refusal:
        kept.restore(there, replace=True)
    assert "Nothing was changed" in refusal.value.detail
    assert there.content() == before
    if harm != "blob_changed":
        with pytest.raises(AzoraError):
            verify_sealed(kept.place, backup)


def test_verifying_opens_everything(campus, kept, tmp_path):
    backup = kept.back_up(campus)
    key = private(kept)
    manifest = verify_opened(kept.place, backup, key, tmp_path, lambda *_: None)
    assert manifest.plugins["library"].tables["library_resource"] == 2
    (blob,) = (kept.place.path / name for name in kept.place.sizes("blobs/"))
    change_last_byte(blob)
    verify_sealed(kept.place, backup)
    with pytest.raises(AzoraError, match="damaged"):
        verify_opened(kept.place, backup, key, tmp_path, lambda *_: None)


def private(kept):
    from azora.backup.keys import private_key

    return private_key(kept.place, kept.secrets)


def test_a_campus_that_is_there_is_only_replaced_when_told_and_is_set_aside(
    campus, kept, new_campus_here
):
    kept.back_up(campus)
    there = new_campus_here("there")
    there.add_books("Here before")
    with pytest.raises(Conflict, match="--replace"):
        kept.restore(there)
    assert there.titles("before") == ["Here before"]
    done = kept.restore(there, replace=True)
    assert there.content() == campus.content()
    assert there.titles("before") == []
    there.folder = there.folder / done.aside
    assert "Here before" in str(there.content())


def test_one_plugin_comes_back_alone(campus, kept):
    kept.back_up(campus)
    campus.add_books("Later")
    with campus.open() as here:
        here.call(
            "identity.create_account",
            {"email": "later@campus.example", "name": "Later", "roles": []},
        )
    kept.restore(campus, plugin="library", replace=True)
    assert campus.titles("later") == []
    with campus.open() as here:
        found = here.call("identity.list_accounts", {"query": "later"})["items"]
    assert [account["name"] for account in found] == ["Later"]


def test_a_database_that_is_damaged_makes_no_backup(campus, kept):
    path = campus.folder / "db" / "library.db"
    content = bytearray(path.read_bytes())
    content[8192:16384] = os.urandom(8192)
    path.write_bytes(content)
    with pytest.raises(AzoraError, match="library is damaged"):
        kept.back_up(campus)
    assert backups_at(kept.place) == []


def test_a_damaged_file_is_named_and_left_out(campus, kept):
    path = campus.folder / "files/library" / campus.digest[:2] / campus.digest[2:]
    path.write_bytes(b"x" * path.stat().st_size)
    made = kept.back_up(campus)
    assert (made.blobs, made.damaged_blobs) == (0, 1)


def test_a_plugin_that_has_no_data_cannot_be_backed_up(campus, kept):
    with pytest.raises(NotFound, match="nobody has no data"):
        kept.back_up(campus, ["nobody"])


def test_two_backups_do_not_run_at_once(campus, kept, monkeypatch):
    def meanwhile(*_):
        with pytest.raises(Conflict, match="is running"):
            kept.back_up(campus)
        return iter(())

    monkeypatch.setattr(create, "kept_files", meanwhile)
    kept.back_up(campus)


@pytest.mark.needs("tmpfs")
def test_a_full_disk_leaves_the_earlier_backups_and_no_half_of_one(campus, kept, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", disk]
    subprocess.run(mount, check=True)
    try:
        kept.settings = kept.settings.model_copy(update={"to": str(disk)})
        first = kept.back_up(campus)
        campus.add_file(os.urandom(4_000_000))
        with pytest.raises(Unavailable, match="disk is full"):
            kept.back_up(campus)
        assert [each.id for each in backups_at(kept.place)] == [first.id]
        verify_sealed(kept.place, first)
        assert {path.name for path in parts(kept)} <= {
            "azora-backups.json", "campus.age", "complete.json", "blobs",
            *(name.rpartition("/")[2] for name in kept.place.sizes("blobs/")),
        }  # fmt: skip
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)
