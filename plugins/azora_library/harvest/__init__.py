"""Harvests: the library takes in what other repositories tell by OAI-PMH, and keeps in step with them."""
