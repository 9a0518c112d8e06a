"""Earlier versions of resources: what they said, what changed, and the way back."""
