"""What the sentences about settings have in common: values shown on one line, and what was meant."""

from collections.abc import Iterable, Sequence

SHOWN = 60
"""How many characters of a wrong value a sentence repeats."""


def shown(value: object) -> str:
    """``value`` as it was written, on one printable line and cut; a number beyond reason is only named."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of more digits than Python writes; tables in tables
        return f"a {type(value).__name__} that is too large to show"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def name(text: str) -> str:
    """A name that somebody else chose (a key, a file), printable and cut."""
    clean = text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
    return clean if len(clean) <= 4 * SHOWN else f"{clean[: 4 * SHOWN]}…"


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?``, or nothing where no known word is close."""
    import difflib  # noqa: PLC0415 - only for a misspelt word

    close = difflib.get_close_matches(word[:SHOWN].lower(), list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def several(problems: Sequence[str]) -> str:
    """The first problem, and how many more there are."""
    more = len(problems) - 1
    return f"{problems[0]} (and {more} more: see 'diffvet config show')" if more else problems[0]
