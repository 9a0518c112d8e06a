"""The codes of errors that only commands meet, as `--json` prints them: why each comes, and what to do."""

from azora.contract import ErrorCode

TERMINAL_CODES = tuple(
    ErrorCode(*entry)
    for entry in [
        ("backup.before_upgrade_failed", 500, "Older databases could not be backed up, and so were not migrated.", "Make room and start again, or say `AZORA_BACKUP_BEFORE_UPGRADE=false`."),
        ("backup.busy", 503, "Something writes without a pause.", "Try again at a quieter time."),
        ("backup.log_silent", 503, "The broker stopped handing out the log while it was copied. No backup was made.", "Look at the broker, and try again."),
        ("backup.campus_running", 409, "A campus is connected to the database.", "Stop it first."),
        ("backup.campus_there", 409, "A campus is here already.", "Name another folder, or say `--replace`."),
        ("backup.damaged", 500, "A part of the backup is missing or was changed.", "Restore another one."),
        ("backup.database", 503, "The database does not answer.", "Look at its address and whether it runs."),
        ("backup.database_damaged", 500, "The database itself is damaged.", "Restore it from an earlier backup."),
        ("backup.disk_full", 503, "There is no room for another backup.", "Free some, or keep fewer."),
        ("backup.incomplete", 404, "A file of the backup is not there.", "Restore another one."),
        ("backup.key_needed", 422, "The backups are opened with a key file.", "Give `--key-file`."),
        ("backup.no_key", 422, "The file holds no age identity.", "Give the file with `AGE-SECRET-KEY-…`."),
        ("backup.no_passphrase", 422, "Nothing says how backups are opened.", "Set `AZORA_BACKUP_PASSPHRASE`."),
        ("backup.no_plugin", 404, "The plugin is not in the backup, or has no data.", "List what is there."),
        ("backup.none", 404, "There is no such backup at this place.", "`azora backup list` shows them."),
        ("backup.other_key", 409, "The place holds backups under another key.", "Choose another place."),
        ("backup.passphrase_refused", 422, "The passphrases differ or are too short.", "Choose eight characters or more."),
        ("backup.rows_missing", 500, "Not every row came back.", "Restore another backup, and report this."),
        ("backup.running", 409, "A backup of this campus is running.", "Wait for it."),
        ("backup.too_new", 409, "A later Azora wrote the backup.", "Restore it with that version."),
        ("backup.unavailable", 503, "The place of the backups cannot be reached.", "Look at its address and rights."),
        ("backup.wrong_key", 422, "The key or passphrase is not theirs.", "Use the one they were made with."),
        ("job_failed", 500, "A job was run by `azora job` and failed, or its plugin's migrations are awaited.", "Read what it says; the next due time tries again."),
        ("job_not_found", 404, "No plugin here has a job of this name.", "`azora describe PLUGIN --json` lists its jobs."),
        ("migration_failed", 500, "A step of a plugin's migration failed and was undone.", "Mend what it names and start again, or go back with the command that it says."),
        ("unit_not_written", 500, "The folder of systemd's units is not writable.", "Run it as root, or pipe the unit there."),
    ]
)  # fmt: skip
