"""Finding secrets in text: vendors' tokens, private keys, addresses with passwords, values in key-like places."""
