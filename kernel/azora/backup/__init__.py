"""Backups of a campus: one moment of every database, and the files, encrypted, in a folder or a bucket."""
