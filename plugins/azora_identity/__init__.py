"""Accounts, sign-in, sessions, API tokens, roles: who somebody is, and what they may do."""
