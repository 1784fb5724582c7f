"""What was said, by whom (options), and what is used (settings)."""
