"""The classes of paths that rules speak of; the table itself is shared with ``review`` and lives in ``diff``."""

from diffvet.diff.kinds import Place, place_of

__all__ = ["Place", "place_of"]
