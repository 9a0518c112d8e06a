"""What resources are about: the tree of categories, and tags."""
