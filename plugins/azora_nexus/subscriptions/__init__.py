"""Subscriptions from outside: webhooks, which are sent events, and readers, which fetch them."""
