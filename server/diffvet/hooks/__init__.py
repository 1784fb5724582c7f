"""Diffvet as a hook of git: where hooks live, the script that is put there, putting it there and taking it away."""
