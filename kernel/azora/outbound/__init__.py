"""What the campus asks of other machines on the internet: fetched so that nobody reaches inside by it."""
