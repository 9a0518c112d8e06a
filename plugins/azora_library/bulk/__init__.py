"""Many records changed as one: said once, looked at before, applied in the background, undone as one."""
