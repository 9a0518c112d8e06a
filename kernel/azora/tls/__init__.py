"""HTTPS of the campus's own: a certificate of the keeper's or one that the campus makes, and its streams."""
