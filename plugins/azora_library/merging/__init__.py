"""Two people edited the same record: what each made of it, side by side, and one record of both."""
