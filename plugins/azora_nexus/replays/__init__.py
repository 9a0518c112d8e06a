"""Replays: a stretch of the log given to one handler, while the others see nothing of it."""
