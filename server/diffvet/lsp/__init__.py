"""The language server. The only place that imports pygls and lsprotocol (a quarter of a second)."""
