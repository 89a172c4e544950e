"""The second count."""
