"""How a campus lives in processes: one that serves, a process per plugin behind a front, and control."""
