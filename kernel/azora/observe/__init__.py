"""What a process tells of itself: logs, metrics, traces and error reports, with secrets masked."""
