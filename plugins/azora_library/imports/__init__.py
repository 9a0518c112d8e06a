"""Imports from a file in the browser: looked at, tried, carried through in the background, taken back."""
