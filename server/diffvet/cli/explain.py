"""``diffvet explain``: all about one finding of the last review."""

import argparse
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from diffvet.cli.colour import add_color_argument, colored
from diffvet.cli.directory_flag import add_directory_argument, directory_from
from diffvet.cli.main import complain
from diffvet.report.paint import Paint
from diffvet.report.secrecy import visible

if TYPE_CHECKING:
    from diffvet.cli.last import LastReview
    from diffvet.review.finding import Finding
    from diffvet.rules.rule import Rule
    from diffvet.store.store import Store

DESCRIPTION = """\
Show one finding of the last review whole: its code with what stands around it, why it matters, how to fix it, who
found it by which rule, and how to say "I know".
"""

EPILOG = """\
examples:
  diffvet explain a7cb                   the id stands under each finding; four characters are enough
  diffvet explain a7cb7f2f4937 --context 10

exit codes:
  0    shown
  2    usage or configuration error, no such finding, or no review is remembered here
"""

WIDTH = 100
"""Characters of a line of prose."""

CONTEXT = 3
"""Lines of code shown before and after the finding's own."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which finding, and how to print it."""
    parser.add_argument(
        "id", metavar="ID", help="the finding's id, or at least four characters of its beginning"
    )
    parser.add_argument(
        "--context", type=_lines, default=CONTEXT, metavar="N", help="lines of code around it (default: 3)"
    )
    add_color_argument(parser)
    add_directory_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print the finding."""
    from diffvet.cli.last import named, recall  # noqa: PLC0415 - not for --help
    from diffvet.store.store import Store  # noqa: PLC0415

    with Store.open() as store:
        last = recall(directory_from(args), store)
        finding = named(last.review.findings, args.id)
        standing = _standing(finding, last, store)
    for notice in store.notices:
        complain(notice)
    paint = Paint(colored(args.color))
    print("\n".join(_explained(finding, last, standing, paint, args.context)))
    return 0


def _explained(
    finding: "Finding", last: "LastReview", standing: str, paint: Paint, around: int
) -> Iterator[str]:
    from diffvet.report.wording import place  # noqa: PLC0415 - not for --help

    where = f"{visible(finding.path)}, {place(finding)}"
    yield f"{paint(finding.severity, finding.severity)} {finding.category}  {paint('path', where)}"
    yield from _prose("", finding.title)
    yield ""
    yield from _code(finding, last, paint, around)
    yield ""
    yield from _prose("why: ", finding.why)
    if finding.fix:
        yield from _prose("fix: ", finding.fix)
    if finding.suggestion is not None:
        yield f"     'diffvet fix {finding.fingerprint[:12]}' shows it as a patch, and applies it"
    yield ""
    yield from _origin(finding)
    yield f"state: {standing}"
    yield paint("faint", f"id: {finding.fingerprint}")
    yield ""
    yield from _ways_to_say_i_know(finding)


def _code(finding: "Finding", last: "LastReview", paint: Paint, around: int) -> Iterator[str]:
    """The code frame; the lines around it are shown where the text is still what was reviewed."""
    from diffvet.report.frame import frame_within  # noqa: PLC0415 - not for --help
    from diffvet.review.finding import Placement  # noqa: PLC0415

    if finding.placement is Placement.UNPLACED:
        yield "    its place is not known: the reviewer's line number and quoted code do not agree"
        return
    before, after = _around(finding, last, around) if around else ([], [])
    yield from frame_within(finding, before, after, paint)
    if around and not (before or after) and last.loaded.root:
        yield paint("faint", "    (the text around it is not there any more)")
    if finding.placement is Placement.MOVED:
        yield paint("faint", "    (the reviewer's line number was corrected from the code it quoted)")


def _around(finding: "Finding", last: "LastReview", around: int) -> tuple[list[str], list[str]]:
    """The lines before and after the finding's own, secrets hidden; none where these are not found in their place."""
    from diffvet.diff.context import whole_text  # noqa: PLC0415 - not for --help
    from diffvet.report.secrecy import code  # noqa: PLC0415
    from diffvet.review.discreet import hide  # noqa: PLC0415

    root = last.loaded.root
    if root is None:
        return [], []
    ends = (last.review.base, last.review.head)
    first, end = finding.line - 1, finding.end_line
    lines = whole_text(root, last.review.kind, ends, finding.side, finding.path)
    harmless = hide("\n".join(lines), finding.path).split("\n")  # all of it: another line may reveal a value
    shown = harmless[max(first - around, 0) : end + around]
    before, own = shown[: min(around, first)], shown[min(around, first) : min(around, first) + end - first]
    if not finding.sensitive and tuple(own) != code(finding):
        return [], []
    return before, shown[len(before) + len(own) :]


def _origin(finding: "Finding") -> Iterator[str]:
    yield f"found by: {visible(finding.reviewer)}"
    rule = _rule(finding.rule) if finding.rule else None
    if rule is not None:
        yield from _prose(f"rule: {rule.id}: ", rule.title)
        yield f"      {', '.join(rule.reference)} ('diffvet rules explain {rule.id}' has examples)"
    elif finding.rule:
        yield f"rule: {visible(finding.rule)}"


def _rule(name: str) -> "Rule | None":
    from diffvet.rules.catalogue import all_rules  # noqa: PLC0415 - where a rule spoke only

    return next((rule for rule in all_rules() if rule.id == name), None)


def _standing(finding: "Finding", last: "LastReview", store: "Store") -> str:
    """Its state, with who said so."""
    from diffvet.review.baseline import Baseline  # noqa: PLC0415 - not for --help
    from diffvet.review.finding import State  # noqa: PLC0415

    match finding.state:
        case State.OPEN:
            return "open"
        case State.DISMISSED:
            said = store.dismissals.dismissed([finding.fingerprint])[finding.fingerprint]
            return (
                f"dismissed by {visible(said.author) or 'somebody'} on {said.at[:10]}: {visible(said.reason)}"
            )
        case State.BASELINE:
            if not isinstance(last.known, Baseline):
                return "in the baseline"
            entry = last.known.entries[finding.fingerprint]
            return f"accepted in the baseline by {visible(entry.author)} on {entry.added}: {visible(entry.reason)}"
        case State.IGNORED:
            return "ignored by a marker in the code, or by a setting that switches its rule off"


def _ways_to_say_i_know(finding: "Finding") -> Iterator[str]:
    name, short = finding.rule or finding.category.value, finding.fingerprint[:12]
    yield 'to say "I know":'
    yield f"  in the code      a comment 'diffvet: ignore[{visible(name)}] REASON' on the line or alone above it"
    yield f"  for yourself     diffvet dismiss {short} --reason TEXT"
    yield "  for everybody    diffvet baseline update --reason TEXT (accepts every open finding of the change)"
    if finding.rule:
        yield f'  the whole rule   rules = {{ "{visible(finding.rule)}" = "off" }} in diffvet.toml'


def _prose(label: str, text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        visible(text),
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _lines(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) <= 1000:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of lines; give a whole number up to 1000")
