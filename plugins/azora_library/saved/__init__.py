"""Searches that readers keep, and what is new in them."""
