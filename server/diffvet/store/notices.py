"""Sentences for the user about the store itself, each said once."""


class Notices:
    """Collects sentences in the order they came; the same sentence twice is one. Safe to add from any thread."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}
        self._over = False

    def add(self, sentence: str) -> None:
        """Remember ``sentence`` unless it was said before."""
        if not self._over:
            self._said.setdefault(sentence)

    def last(self, sentence: str) -> None:
        """Remember ``sentence`` and nothing after it: it explains all that will follow."""
        self.add(sentence)
        self._over = True

    def all(self) -> list[str]:
        """What was said so far."""
        return list(self._said)
