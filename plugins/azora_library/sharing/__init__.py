"""Letting people in: access levels, grants, secret links, and requests for access."""
