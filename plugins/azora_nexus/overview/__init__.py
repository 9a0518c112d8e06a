"""How events flow now, and what one of them led to."""
