"""What the library holds: resources, their types and categories."""
