"""Completion for shells: ``tree`` reads the commands off the parsers, one file for each shell writes its script."""
