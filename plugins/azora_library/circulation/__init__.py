"""Physical copies: who holds one, until when, and who waits for it."""
