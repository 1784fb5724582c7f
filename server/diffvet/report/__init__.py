"""One file per output format; each renders the same ``Review``."""
