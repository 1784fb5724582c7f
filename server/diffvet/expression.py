"""Regular expressions that are compiled when they are first used.

Compiling all that Diffvet knows takes 60 ms, which each start would pay; a change needs a few of them.
"""

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")


class _Expression:
    """Becomes the compiled pattern, as far as anybody looks, with the first attribute asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._source)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def expression(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile(pattern, flags)``, put off; raises ``re.error`` where it is first used."""
    return cast("re.Pattern[str]", _Expression(pattern, flags))
