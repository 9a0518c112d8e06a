"""A database of its own for every plugin: SQLite when embedded, a PostgreSQL schema otherwise."""
