"""Telling code from comment on a single line, and comment blocks whose start the hunk does not show."""

from collections.abc import Sequence

from diffvet.rules.language import COMMENTS

_QUOTES = "\"'`"
_BLOCK = frozenset(
    [
        "javascript", "jsx", "typescript", "tsx", "go", "java", "kotlin", "csharp", "c", "cpp", "rust",
        "scala", "swift", "php", "terraform"
    ]
)  # fmt: skip


def _split(line: str, marks: tuple[str, ...]) -> int:
    """The offset where a comment starts, or the length of the line."""
    quote = ""
    index = 0
    while index < len(line):
        char = line[index]
        if quote:
            if char == "\\":
                index += 1
            elif char == quote:
                quote = ""
        elif char in _QUOTES:
            quote = char
        elif any(line.startswith(mark, index) for mark in marks) and (
            index == 0 or line[index - 1] in " \t;{}()," or marks[0] == "--"
        ):
            return index
        index += 1
    return len(line)


def marks_of(languages: Sequence[str]) -> tuple[str, ...]:
    """The comment marks of the first language that has some."""
    return next((COMMENTS[name] for name in languages if name in COMMENTS), ())


def code_part(line: str, languages: Sequence[str]) -> str:
    """``line`` up to its comment; empty for a line of a comment block (``* ...``, ``/* ...``)."""
    text = line.lstrip()
    if languages[0] in _BLOCK and (text.startswith(("/*", "* ", "*/")) or text == "*"):
        return ""
    marks = marks_of(languages)
    if not marks or not any(mark in line for mark in marks):
        return line
    return line[: _split(line, marks)]


def comment_part(line: str, languages: Sequence[str]) -> str:
    """What ``code_part`` leaves out; the whole line where the language has no line comments."""
    if not marks_of(languages):
        return line
    return line[len(code_part(line, languages)) :]


def without_prose(lines: Sequence[str], language: str) -> list[str]:
    """``lines`` with comment blocks and docstrings blanked whose beginning lies above the hunk."""
    shown = list(lines)
    if language == "python":
        _blank_docstring(shown)
    elif language in _BLOCK:
        _blank_block(shown)
    return shown


def _blank_docstring(lines: list[str]) -> None:
    for mark in ('"""', "'''"):
        hits = [index for index, line in enumerate(lines) if mark in line]
        if hits and sum(lines[index].count(mark) for index in hits) % 2:
            first = lines[hits[0]].strip()
            if first == mark or (first.endswith(mark) and first.count(mark) == 1 and not _opens(first, mark)):
                lines[: hits[0] + 1] = [""] * (hits[0] + 1)
    for index, line in enumerate(lines):
        if line.lstrip().startswith((">>> ", "... ")):
            lines[index] = ""


def _opens(line: str, mark: str) -> bool:
    before = line.partition(mark)[0].rstrip()
    return not before or before.endswith(("=", "(", ",", "r", "f", "b", "return", ":"))


def _blank_block(lines: list[str]) -> None:
    for index, line in enumerate(lines):
        text = line.lstrip()
        if "/*" in text:
            return
        if "*/" in text:
            lines[: index + 1] = [""] * (index + 1)
            return
        if text.startswith("* ") or text == "*":
            lines[index] = ""
