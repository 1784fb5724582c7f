r"""What changed: bytes of a diff become sections, files, hunks and numbered lines.

Imports nothing else of ours (``diffvet.errors`` apart). Bytes stay bytes until a section is parsed;
lines end at ``\\n`` only; undecodable bytes survive as surrogate escapes.
"""
