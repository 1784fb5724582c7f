"""Colours of a terminal, or none: the styles of a report, and of the code in it."""

from dataclasses import dataclass

_STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "path": "1",
    "faint": "2",
    "good": "32",
    "added": "32",
    "removed": "31",
    "comment": "2",
    "string": "32",
    "number": "36",
    "keyword": "35",
}
"""Style to the SGR parameters; the eight basic colours, which every terminal's theme makes readable."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Adds ANSI colour to text that holds no control characters (see ``secrecy.visible``), or does not."""

    color: bool = False

    def __call__(self, style: str, text: str) -> str:
        """``text`` in ``style``."""
        return f"\033[{_STYLES[style]}m{text}\033[0m" if self.color and text else text

    def code(self, path: str, text: str) -> str:
        """``text``, one line of the file ``path``, with the colours of its language."""
        if not self.color:
            return text
        from diffvet.report.syntax import tokens  # noqa: PLC0415 - where there are colours only

        return "".join(self(style, part) if style else part for style, part in tokens(path, text))
