"""Subscriptions that plugins declare in code: how each handler stands, and stopping one for a while."""
