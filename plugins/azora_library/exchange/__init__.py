"""Records in from other catalogues, and out to them."""
