"""What a removed line guarded: does it still stand, or did it go too?"""

import re
from dataclasses import dataclass

from diffvet.diff.model import Hunk, LineKind, Side, Status
from diffvet.expression import expression
from diffvet.rules.rule import LostMatch
from diffvet.rules.surroundings import enclosing
from diffvet.rules.text import WINDOW
from diffvet.rules.view import FileView

DEFINITION = expression(
    r"^\s*(?:@\w+\s+)*(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|override|"
    r"virtual|pub(?:\([^)]*\))?|unsafe|suspend|open|sealed|partial|data)\s+)*"
    r"(?:(?:def|class|func|function|fn|fun|module|interface|trait|impl|struct|enum|sub|resource|job)\b\s*"
    r"(?:\([^)]*\)\s*)?[\"']?(?P<name>[\w.:!?]+)|"
    r"(?:const|let|var)\s+(?P<bound>\w+)\s*=\s*(?:async\s*)?(?:\(|function|\w+\s*=>)|"
    r"[\w<>\[\],.?&*]+\s+(?P<method>\w+)\s*\([^;]*\)\s*(?:throws [\w, ]+)?\{?\s*$|"
    r"(?P<plain>\w+)\s*\([^;=]*\)\s*\{\s*$)",
)
_NO_NAMES = frozenset(
    [
        "if", "for", "while", "switch", "catch", "return", "else", "elif", "with", "synchronized", "lock",
        "using", "foreach", "when"
    ]
)  # fmt: skip
_WORDS = frozenset(
    [
        "and", "or", "not", "in", "is", "if", "None", "True", "False", "null", "nil", "undefined", "true",
        "false", "len", "isinstance", "typeof", "instanceof", "str", "int", "float", "list", "dict",
        "tuple", "set", "bytes", "self", "this", "size", "length", "isEmpty", "empty", "string", "number",
        "object", "any", "all"
    ]
)  # fmt: skip
_MARK = expression(r"^\s*(@|#\[|\[[A-Z]|//|#|\*|/\*)")


@dataclass(frozen=True, slots=True)
class Fact:
    """A safeguard on a changed line: its place, its identity, and the text that must stay for it to matter.

    ``said`` is the identity as it was written, white space included.
    """

    hunk: int
    position: int
    key: str
    said: str
    kept: str
    offset: int


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The new side of one hunk, as one test asks for it: its text, and whether it holds a replacement."""

    text: str
    replaced: bool


def aftermath(test: LostMatch, hunk: Hunk) -> Aftermath:
    """What ``hunk`` leaves behind; worked out once for all facts of the hunk."""
    replaced = bool(test.unless) and any(
        re.search(test.unless or "", line.text[:WINDOW]) for line in hunk.lines if line.kind is LineKind.ADDED
    )
    return Aftermath(
        "\n".join(line.text[:WINDOW] for line in hunk.lines if line.kind is not LineKind.REMOVED), replaced
    )


def stands(test: LostMatch, view: FileView, fact: Fact, after: Aftermath) -> bool:
    """Whether what ``fact`` guarded is still there, and nothing else in the hunk guards it now."""
    if after.replaced or (test.stays and not (fact.kept and fact.kept in after.text)):
        return False
    return test.whole or (_in_use(test, fact, after.text) and _around_stays(test, view, fact))


def _in_use(test: LostMatch, fact: Fact, new: str) -> bool:
    return bool(new.strip()) and (not test.uses or _still_used(fact.key, new))


def _around_stays(test: LostMatch, view: FileView, fact: Fact) -> bool:
    if view.change.status is Status.DELETED:
        return False
    hunk = view.change.hunks[fact.hunk]
    if test.attached:
        return _still_defined(view, hunk, _below(hunk, fact.position))
    return all(_still_defined(view, hunk, at) for at in enclosing(hunk, fact.position, Side.OLD))


def _still_used(key: str, new: str) -> bool:
    names = {
        name
        for name in re.findall(r"[A-Za-z_]\w*", re.sub(r"""(["']).*?\1""", "", key))
        if name not in _WORDS
    }
    return all(re.search(rf"\b{name}\b", new) for name in names)


def _below(hunk: Hunk, position: int) -> int | None:
    for at in range(position + 1, len(hunk.lines)):
        line = hunk.lines[at]
        if line.kind is not LineKind.ADDED and line.text.strip() and not _MARK.match(line.text):
            return at
    return None


def _still_defined(view: FileView, hunk: Hunk, at: int | None) -> bool:
    """True unless the line at ``at`` is a removed definition whose name the file's added lines lack."""
    if at is None or hunk.lines[at].kind is not LineKind.REMOVED:
        return True
    hit = DEFINITION.match(hunk.lines[at].text[:WINDOW])
    name = next((group for group in hit.groups() if group), None) if hit else None
    if name is None or name in _NO_NAMES:
        return True
    return name in view.added.text and any(
        name in found.groups()
        for line in view.added.lines
        if name in line and (found := DEFINITION.match(line[:WINDOW]))
    )
