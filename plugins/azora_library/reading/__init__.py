"""Reading what a resource's file holds: page by page in the browser, or away by a signed link."""
