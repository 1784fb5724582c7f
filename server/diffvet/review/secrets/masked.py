"""Changes that may leave the machine, and what is needed to read an answer about them."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category
from diffvet.diff.model import FileChange
from diffvet.review.secrets.placeholder import INSTRUCTION, PATTERN
from diffvet.review.secrets.secret import Secret, Value

_CREDENTIAL: Final = re.compile(
    r"hard.?coded|credential|secret|password|api.?key|token|private key|placeholder|mask(?:ed|ing)?\b|redact",
    re.IGNORECASE,
)
_NEAR_SECRET: Final = {Category.SECURITY, Category.CONFIGURATION, Category.MAINTAINABILITY}
_LEAST: Final = 3
"""A quote of fewer letters and digits proves no line (see ``review.place``)."""


@dataclass(frozen=True)
class Masked:
    """``changes`` may be sent; ``originals`` are what was given, with the same shape; neither prints a secret."""

    changes: tuple[FileChange, ...]
    secrets: tuple[Secret, ...] = ()
    originals: tuple[FileChange, ...] = field(default=(), repr=False)
    _paths: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def instruction(self) -> str | None:
        """The sentence that explains placeholders to a model; None when nothing was masked."""
        return INSTRUCTION if self.secrets else None

    def unmask(self, text: str) -> str:
        """``text`` with every placeholder replaced by its value; for comparing with local code only."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda hit: self._values[hit[0]].reveal(), text)

    def hide(self, text: str) -> str:
        """``text`` with every known value replaced by its placeholder: for logs, records and messages."""
        known = {secret.value.reveal(): secret.placeholder for secret in self.secrets}
        for value in sorted(known, key=len, reverse=True):
            text = text.replace(value, known[value])
        return text

    def original_path(self, path: str) -> str:
        """The real path of a file that the prompt names ``path``."""
        return self._paths.get(path, path)

    def evidence_is_placeholder(self, bullet: Bullet) -> bool:
        """Whether nothing but a placeholder speaks for ``bullet``, as the model wrote it (not yet unmasked).

        So it is when it names a secret, or talks of one, on a line whose secret is masked: that one is
        reported already. A finding of another kind that quotes such a line is kept.
        """
        if not self.secrets:
            return False
        quote = bullet.quote or ""
        shown = any(hit[0] in self._values for hit in PATTERN.finditer(quote))
        if shown and sum(map(str.isalnum, PATTERN.sub("", quote))) < _LEAST:
            return True
        if not shown and not self._stands_on(bullet):
            return False
        if bullet.category is Category.SECRET:
            return True
        return shown and bullet.category in _NEAR_SECRET and _CREDENTIAL.search(bullet.title) is not None

    def _stands_on(self, bullet: Bullet) -> bool:
        if bullet.start is None:
            return False
        path = self.original_path(bullet.path or "")
        lines = range(bullet.start, (bullet.end or bullet.start) + 1)
        return any(
            secret.line is not None
            and secret.line in lines
            and secret.path == path
            and secret.side is bullet.side
            for secret in self.secrets
        )

    @cached_property
    def _values(self) -> dict[str, Value]:
        return {
            secret.placeholder: secret.value
            for secret in reversed(self.secrets)
            if secret.placeholder.strip("x")
        }

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        known = sorted(self._values, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, known))) if known else None
