"""Fixtures come from the plugin `azora.testing.early`, which setup.cfg loads first."""
