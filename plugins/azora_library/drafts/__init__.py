"""What librarians have typed and not yet saved, kept for them."""
