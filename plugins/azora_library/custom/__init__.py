"""Fields that this campus declares for its resources, beyond those that every library has."""
