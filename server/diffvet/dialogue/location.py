# ruff: noqa: RUF001 - full-width and typographic signs are what it looks for
r"""Where a risk is, in the many ways reviewers write it.

``src/a.py:R42-R44``, ``:42``, ``:42:7``, ``#L42-L44`` (a forge's link: new side), ``a.py line 42``, ``lines 42 to
44 of a.py``, ``L17`` (old side), ``a.py`` alone; in backticks, quotes, brackets or bold; in some languages.
Every search looks a bounded number of characters around a number, so the time is linear.
"""

import json
import re
from dataclasses import dataclass
from itertools import islice

from diffvet.dialogue import spans
from diffvet.diff.model import Side
from diffvet.expression import expression

_REFERENCE = expression(
    r"""(?:(?P<mark>[:：]\s?|\#|@)
         |(?<![^\W_])(?P<word>lines?|ln|zeilen?|lignes?|l[ií]neas?|linhas?|righe|riga|строк[аи]|第|行)(?:\s?(?:no\.?|\#|:|：))?\s*
         |(?<![\w.-]))
        (?P<side>[RL])?(?P<first>[1-9]\d{0,8})
        (?:(?:\s?(?:-|–|—|\.\.\.?|~|～|,)\s?|\ (?:to|and|bis|und|à|et|a|y|до)\ )(?P<side2>[RL])?(?P<last>\d{1,9})(?![\d.]))?
        (?P<column>:\d{1,6})?(?P<after>\s?行目?)?(?![^\W_])""",
    re.VERBOSE | re.IGNORECASE,
)
_FOLLOWING = expression(
    r"""\s?\)?\]?[*_]{0,3},?\s?(?:of|in|von|de|du|in der datei|dans|en)\s+(?:file\s+)?[`"'*]{0,3}([^\s`"'*()]{1,300})""",
    re.IGNORECASE,
)
_EXTENSION = expression(r"[^\s()]\.[A-Za-z0-9_+-]{1,12}$")
_COMMON_EXTENSION = expression(
    r"\.(?:py|pyi|js|mjs|cjs|ts|tsx|jsx|vue|svelte|go|rs|java|kt|kts|scala|rb|php|c|h|cc|cpp|hpp|cs|fs|swift|m|sh|bash|zsh|ps1|bat|sql"
    r"|ya?ml|json|toml|ini|cfg|conf|env|xml|html?|css|scss|less|md|rst|txt|tf|hcl|proto|graphql|gradle|lock|ipynb|lua|pl|r|ex|exs|erl"
    r"|hs|clj|dart|zig|nix|mod|sum|properties|csv|Dockerfile)$"
)
_BARE_NAMES = frozenset(
    {"Makefile", "Dockerfile", "Jenkinsfile", "Gemfile", "Rakefile", "Procfile", "Vagrantfile", "LICENSE", "README", "BUILD", "WORKSPACE",
     "Containerfile", "Justfile", "CODEOWNERS", "Pipfile"}
)  # fmt: skip
_TOKEN_END = expression(r"[\s`\"'*<>|，。；（）「」]")
_NAMES_LINE = expression(r"(?::[RL]?|#L)\d{1,9}(?:-[RL]?\d{1,9})?$")
_ONLY_NUMBERS = expression(r"[\d.:]+")
_SEARCHED = 3000
_TRIED = 40


@dataclass(frozen=True, slots=True)
class Location:
    """A place, and the part ``begin``..``end`` of the text that names it (with its quotes or brackets)."""

    path: str | None
    side: Side
    start: int | None
    stop: int | None
    begin: int
    end: int


def find(text: str) -> Location | None:
    """The first place with a line number in ``text``, preferring one with a path; else a path alone."""
    bare: Location | None = None
    code = list(spans.found(text[:_SEARCHED]))
    for found in islice(_REFERENCE.finditer(text[:_SEARCHED]), _TRIED):
        place = _place(text, found)
        if place is not None and _is_part_of_code(place, found.start(), code):
            continue
        if place is not None and place.path is not None:
            return place
        if place is not None and bare is None:
            bare = place
    alone = _path_alone(text[:_SEARCHED])
    if bare is None or alone is None:
        return bare or alone
    return Location(alone.path, bare.side, bare.start, bare.stop, bare.begin, bare.end)


def only_path(text: str) -> str | None:
    """The path, if ``text`` (without emphasis and quotes) is one without a line number, and nothing else."""
    word = re.sub(
        r"^(?:file|datei|fichier|archivo|文件|ファイル)\s*[:：]\s*",
        "",
        text.strip(" \t#*_:："),
        flags=re.IGNORECASE,
    )
    word = word.strip(" \t*_:：")
    if _NAMES_LINE.search(word.strip("`'\"")):
        return None
    if len(word) > 1 and word[0] == word[-1] and word[0] in "`'\"":
        return _cleaned(word) if _is_path(_cleaned(word), sure=False) else None
    return word if not any(char.isspace() for char in word) and _is_path(word, sure=False) else None


def _place(text: str, found: re.Match[str]) -> Location | None:
    mark, word, letter = found["mark"], found["word"] or found["after"], (found["side"] or "").upper()
    path, begin = _path_before(text, found.start())
    forge_link = mark == "#" and letter == "L"
    sure = bool(mark) and bool(letter) and not forge_link
    end = found.end()
    if path is not None and not _is_path(path, sure=sure):
        path, begin = None, found.start()
    if path is None:
        following = _FOLLOWING.match(text, end) if word else None
        if following is not None and _is_path(_cleaned(following[1].rstrip(".,;:")), sure=False):
            path, end = _cleaned(following[1].rstrip(".,;:")), following.end()
        begin = found.start()
        exact_case = (found["side"] or "") in {"R", "L"}
        if not word and not (exact_case and (not mark or mark.startswith((":", "：")))):
            return None
    elif not (mark or word or letter):
        return None
    side = Side.OLD if letter == "L" and not forge_link else Side.NEW
    first = int(found["first"])
    last = int(found["last"] or first)
    separate = found["last"] and "," in text[found.end("first") : found.start("last")]
    if last < first or separate or (found["side2"] and found["side2"].upper() != letter):
        last = first
    if path and path[0] == "_" and text.startswith("_", end):
        path, end = path[1:], end + 1
    begin, end = _with_enclosure(text, begin, end)
    return Location(path, side, first, last, begin, end)


def _is_part_of_code(place: Location, at: int, code: list[tuple[int, int, str]]) -> bool:
    """Whether the number at ``at`` stands in a code span that holds more than the place."""
    return any(start < at < end and (start < place.begin or place.end < end) for start, end, _ in code)


def _path_before(text: str, end: int) -> tuple[str | None, int]:
    """The path that ends just before offset ``end`` (separators skipped), and where it begins."""
    low = max(0, end - 400)
    opening = text.rfind("`", low, end)
    if opening >= 0 and text.count("`", low, end) % 2:
        inside = text[opening + 1 : end].rstrip(" :,(#@")
        if _is_path(inside, sure=False) and not inside.startswith(" "):
            return _cleaned(inside), opening + 1
    at = end
    while at > low and text[at - 1] in " \t,;(（[*_，@":
        at -= 1
    if at > low and text[at - 1] in "`\"'":
        quote = text[at - 1]
        opening = text.rfind(quote, low, at - 1)
        return (_cleaned(text[opening:at]), opening) if 0 <= opening < at - 2 else (None, end)
    begin = at
    while begin > low and not _TOKEN_END.match(text[begin - 1]):
        begin -= 1
    begin = _start_of_spaced(text, begin, at, low)
    while begin < at and (text[begin] in "{,;" or (text[begin] in "([" and not _closes(text, begin, at))):
        begin += 1
    path = _cleaned(text[begin:at].rstrip(":,;"))
    return (path, begin) if path else (None, end)


def _start_of_spaced(text: str, begin: int, at: int, low: int) -> int:
    """Where the path begins if it has spaces: at the text's start, when an earlier word already has a slash."""
    before = text[low:begin]
    if (
        low == 0
        and before.strip()
        and "/" in before
        and len(before) < 200
        and not _TOKEN_END.search(before.replace(" ", ""))
    ):
        words = before.split(" ")
        first = next(index for index, each in enumerate(words) if "/" in each)
        if first <= 1 and ":" not in before and text.startswith(":", at):
            return 0
    return begin


def _closes(text: str, begin: int, at: int) -> bool:
    return (")" if text[begin] == "(" else "]") in text[begin:at]


def _with_enclosure(text: str, begin: int, end: int) -> tuple[int, int]:
    """Widened over the backticks, brackets, quotes and emphasis that enclose the place."""
    for _ in range(6):
        if (
            begin > 0
            and end < len(text)
            and (text[begin - 1] + text[end]) in {"``", "()", "[]", "**", "__", '""', "''", "（）", "<>"}
        ):
            begin, end = begin - 1, end + 1
        elif end < len(text) and text[end] in "`)]\"'" and _opens(text[begin:end], text[end]):
            end += 1
        else:
            break
    if text.startswith("](", end):
        close = text.find(")", end, end + 400)
        if close > 0:
            end = close + 1
            begin -= begin > 0 and text[begin - 1] == "["
    elif text.startswith("(", end) and begin < len(text) and text[begin] == "[":
        close = text.find(")", end, end + 400)
        end = close + 1 if close > 0 else end
    return begin, end


def _opens(inside: str, closing: str) -> bool:
    """Whether ``inside`` has an opening partner of ``closing`` that is still open."""
    partner = {")": "(", "]": "["}.get(closing)
    if partner:
        return inside.count(partner) > inside.count(closing)
    return inside.count(closing) % 2 == 1


def _path_alone(text: str) -> Location | None:
    """A path without a line: in a code span or in brackets or at the very start of the text."""
    for found in re.finditer(
        r"""[`(（"]([^\s`()（）"]{2,300})[`)）"]|^[*_\[]{0,3}([^\s`*\[\]()（）"]{2,300}?)[\]*_:,]{0,4}(?=\s|$)""",
        text,
    ):
        path = _cleaned(found[1] or found[2])
        if _is_path(path, sure=False) and (
            "/" in path or _COMMON_EXTENSION.search(path) or path in _BARE_NAMES
        ):
            begin, end = _with_enclosure(text, found.start(), found.end())
            return Location(path, Side.NEW, None, None, begin, end)
    return None


def _is_path(word: str, *, sure: bool) -> bool:
    if (
        not word
        or len(word) > 300
        or "://" in word
        or _ONLY_NUMBERS.fullmatch(word)
        or not re.search(r"\w", word)
    ):
        return False
    if sure:
        return True
    if word.endswith(")") or word.startswith(("@", "-", "http")) or "==" in word:
        return False
    return (
        "/" in word.strip("/")
        or "\\" in word
        or word in _BARE_NAMES
        or bool(_EXTENSION.search(word))
        or (word.startswith(".") and len(word) > 2)
    )


def _cleaned(word: str) -> str:
    if len(word) > 1 and word[0] == word[-1] and word[0] in "`'\"":
        if word[0] == '"':
            try:
                return str(json.loads(word))
            except ValueError:
                return word[1:-1]
        word = word[1:-1]
    word = word.strip()
    return word.removeprefix("./")
