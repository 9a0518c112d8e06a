"""Adding a resource by its ISBN, DOI or address: what others say of it fills the form."""
