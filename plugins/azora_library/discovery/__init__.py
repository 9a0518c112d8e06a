"""Finding what the library holds."""
