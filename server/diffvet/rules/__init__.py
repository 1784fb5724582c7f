"""The embedded reviewer: deterministic rules that read a prompt and answer in bullets.

Rules are data (``catalogue/*.yaml``), each with the examples that are its tests.
"""
