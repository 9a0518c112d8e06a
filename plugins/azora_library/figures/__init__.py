"""How much resources are read and downloaded."""
