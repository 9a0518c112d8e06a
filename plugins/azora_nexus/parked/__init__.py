"""Parked events of the whole campus: seen, mended, given again or given up."""
