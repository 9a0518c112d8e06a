"""What people type. Each module holds related commands; nothing heavy is imported before it is used."""
