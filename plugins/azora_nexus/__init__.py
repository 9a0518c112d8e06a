"""Nexus: what happens on the campus, kept, shown, replayed and repaired."""
