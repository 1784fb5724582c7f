"""What decides about a code match: is the dangerous value a constant, made safe, or from outside?"""

import re
from enum import Enum
from typing import TYPE_CHECKING

from diffvet.dialogue.vocabulary import Severity
from diffvet.expression import expression

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MOST_NODES = 400

_LEAVES = expression(
    r"identifier|variable|^name$|^this$|^self$|^constant$",
)
_OPEN = expression(r"expansion|command_substitution|subshell|await")
_CONSTANT_NAME = expression(r"(?!_(?:GET|POST|REQUEST|COOKIE|FILES|SERVER|ENV|SESSION)$)_*[A-Z][A-Z0-9_]+")
_SOURCE = expression(
    r"\b(request|req|params|argv|getenv|input\(|readline|query_params|querystring|form\[|headers|cookies|body|"
    r"\$_(GET|POST|REQUEST|COOKIE|FILES|SERVER)|stdin|ctx\.(query|params)|FormValue|PathVariable|RequestParam|"
    r"getParameter|user_?input|sys\.args|os\.Args|env::args)\b|\binput\(|location\.(hash|search|href)",
    re.IGNORECASE,
)
_SANITISER = expression(
    r"shlex\.quote|shellescape|escapeshell|\bquote\(|escape(d|_|Html|HTML|URIComponent)?\w*\(|encodeURI|saniti[sz]e|"
    r"DOMPurify|basename\(|secure_filename|\bint\(|\bfloat\(|parseInt|Number\(|strconv\.|Atoi|\.to_i\b|intval|"
    r"\(int\)|Integer\.parse|UUID|sha256|hexdigest|allow_?list|whitelist|bleach\.",
)

_MARKS = expression(
    r"""["'][\s,]*["']\s*\.join\(\s*[\[(]?\s*f?["']\(?(?:\?|%s|:\w|\$)|^\s*\(?["'](?:\?|%s)\s*,?\s*["']\s*\*""",
)
_MARKS_NAME = expression(
    r"(?i)(?:^|_)(?:\w*placeholders?|q?marks?|question_?marks?|bind_?(?:marks|vars|params)?|binds)$"
)
_LIST = expression(r"""(?i)\b(?:in|values)\s*\(+\s*(?:\$?\{|["'`]\s*[+%.]|%s)""")
_LITERAL = r"""(?:"[^"{}$\\]*"|'[^'{}$\\]*'|\d+)"""
_LITERALS = expression(rf"\(?{_LITERAL}(?: if [^\n]{{1,200}}? else {_LITERAL})?\)?\s*;?\s*")
_BUILDERS = frozenset({"format", "join"})


class Verdict(Enum):
    """What the values of a match say."""

    SAFE = "safe"
    UNKNOWN = "unknown"
    OUTSIDE = "outside"

    def raised(self, severity: Severity) -> Severity:
        """``severity``, or error where a value comes from outside."""
        return Severity.ERROR if self is Verdict.OUTSIDE else severity


def verdict(node: "SgNode", names: tuple[str, ...], around: str) -> Verdict:
    """The verdict on the values captured as ``names``, read in the snippet ``around`` them.

    SAFE where all are constants or made safe, OUTSIDE where one is a request, argument or environment value
    (itself or the value last assigned to its name in sight), else UNKNOWN. No names: UNKNOWN.
    """
    if not names:
        return Verdict.UNKNOWN
    values = [value for name in names for value in _captured(node, name)]
    open_values = [
        value for value in values if not (_is_constant(value, around) or _is_made_safe(value, around))
    ]
    if values and not open_values:
        return Verdict.SAFE
    outside = any(_SOURCE.search(_with_origin(value.text(), around)) for value in open_values)
    return Verdict.OUTSIDE if outside else Verdict.UNKNOWN


def _captured(node: "SgNode", name: str) -> "list[SgNode]":
    single = node.get_match(name)
    many = node.get_multiple_matches(name) if single is None else [single]
    return [found for found in many if found.is_named()]


def _is_constant(node: "SgNode", around: str) -> bool:
    """Whether ``node`` is built of constants, and of placeholders for a statement's values."""
    lists = bool(_LIST.search(node.text()))
    stack, seen = [node], 0
    while stack:
        inner = stack.pop()
        seen += 1
        if seen > MOST_NODES:
            return False
        kind = inner.kind()
        if "call" in kind and _MARKS.match(inner.text()):
            continue
        children = inner.children()
        if _OPEN.search(kind) or (
            not children and _LEAVES.search(kind) and not _names_known(inner.text(), around, lists=lists)
        ):
            return False
        stack.extend(children)
    return True


def _names_known(name: str, around: str, *, lists: bool) -> bool:
    """Whether ``name`` stands for a constant or, where ``lists`` says that a list is filled, for placeholders."""
    if name in _BUILDERS or _names_constant(name, around):
        return True
    return bool(_MARKS.search(_origin(name, around)) or (lists and _MARKS_NAME.search(name)))


def _names_constant(name: str, around: str) -> bool:
    if _CONSTANT_NAME.fullmatch(name):
        return True
    values = re.findall(
        rf"(?m)^[ \t]*(?:(?:const|let|var|final|val|static|String|string)\s+)*{re.escape(name)}\s*:?=\s*(.+)$",
        around,
    )
    return bool(values) and all(_LITERALS.fullmatch(value) for value in values)


def _origin(name: str, around: str) -> str:
    found = re.findall(rf"(?m)^.*?\b{re.escape(name)}\b[\w\s:<>\[\]]{{0,40}}=(?!=)\s*(.{{0,300}})$", around)
    return found[-1] if found else ""


def _with_origin(text: str, around: str) -> str:
    names = re.findall(r"[A-Za-z_$][\w$]*", text)[:12]
    return " ".join([text, *(_origin(name, around) for name in dict.fromkeys(names))])


def _is_made_safe(node: "SgNode", around: str) -> bool:
    text = node.text()
    if _SANITISER.search(text):
        return True
    names = re.findall(r"[A-Za-z_$][\w$]*", text)
    return len(set(names)) == 1 and bool(_SANITISER.search(_origin(names[0], around)))
