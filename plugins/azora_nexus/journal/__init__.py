"""The log of all events, and the index by which one is found in it."""
