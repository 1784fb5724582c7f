"""The language spoken with a reviewer: the prompt that goes out, the bullets that come back.

Each has a writer and a reader, so that a model and the embedded reviewer stand behind the same words.
"""
