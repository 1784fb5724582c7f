"""The reports of a run: ``--format X`` to standard output, ``--X-output=FILE`` to any number of files."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.cli.colour import add_color_argument, colored
from diffvet.cli.main import complain
from diffvet.cli.report_files import ReportFile, checked
from diffvet.cli.rule_notes import rule_notes
from diffvet.errors import UsageError
from diffvet.report.formats import FORMATS, Format, Needs

if TYPE_CHECKING:
    from diffvet.diff.section import FileSection
    from diffvet.diff.source import DiffStream
    from diffvet.review.events import Review
    from diffvet.review.picture import Picture
    from diffvet.review.select import Selected

EMBEDDED = "reviewed by the embedded rules (no model was asked, nothing was sent)"

OWN_REPORT = "a report that this very run writes"
"""Why an output file that lies in the working tree is not reviewed."""

"""Where the title of a rule takes in what was found."""

_HELP = """\
--format prints one report; --FORMAT-output=FILE writes another to a file, as often as you like, e.g.
  diffvet check --base main --sarif-output=diffvet.sarif --junit-output=diffvet.xml
The formats:
"""


def add_arguments(parser: argparse.ArgumentParser) -> "argparse._ArgumentGroup":
    """``--format``, ``--color`` and ``--X-output`` for each format; returns their group, for more."""
    table = "\n".join(f"  {form.name:<15} {form.says}" for form in FORMATS.values())
    group = parser.add_argument_group("report", _HELP + table)
    group.add_argument(
        "--format",
        choices=tuple(FORMATS),
        metavar="FORMAT",
        default="text",
        help="how to print (default: text)",
    )
    add_color_argument(group)
    for name in FORMATS:
        group.add_argument(
            f"--{name}-output",
            dest=_dest(name),
            metavar="FILE",
            action="append",
            help=argparse.SUPPRESS,  # the table above says it once for all
        )
    return group


@dataclass(frozen=True, slots=True)
class Reports:
    """Where the reports of one run go. ``picture`` fills while a ``watched`` stream is read, where a format needs it."""

    printed: Format
    files: tuple[ReportFile, ...]
    color: str
    picture: "Picture | None" = None

    def need(self, what: Needs) -> bool:
        """Whether one of the formats needs ``what`` beside the review."""
        return any(what in form.needs for form in (self.printed, *(file.format for file in self.files)))

    def watched(self, stream: "DiffStream") -> "DiffStream":
        """``stream`` without the files that this run will write; kept for formats that show the change itself."""
        own = _inside(stream, self.files)

        def read() -> "Iterator[FileSection]":
            for section in stream.read():
                yield replace(section, body=b"", hidden=OWN_REPORT) if section.path in own else section

        picture = self.picture
        return replace(stream, read=read if picture is None else lambda: picture.over(read()))

    def write(
        self,
        review: "Review",
        selected: "Selected",
        *,
        embedded: bool,
        notices: tuple[str, ...],
        reasons: Mapping[str, str],
    ) -> None:
        """Write every file, then print. A file that fails does not keep the others from being written."""
        from diffvet.report.report import Report  # noqa: PLC0415 - after a review only

        report = Report(
            review,
            selected,
            embedded=embedded,
            notices=notices,
            color=colored(self.color),
            rules=rule_notes() if self.need(Needs.RULES) else {},
            reasons=reasons,
            changes=self.picture.changes(review.findings) if self.picture is not None else (),
        )
        failed: UsageError | None = None
        for file in self.files:
            try:
                file.write(file.format.render(replace(report, color=self.color == "always")))
            except UsageError as error:
                failed = failed or error
        if review.ledger or self.printed.name != "text":
            _print(self.printed.render(report))
            if embedded and self.printed.name == "text":
                complain(EMBEDDED)
        if failed is not None:
            raise failed


def _print(text: str) -> None:
    """Print ``text``. A reader that leaves early (``head``) has seen enough, but the verdict stands all the same."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        with Path(os.devnull).open("wb") as nowhere:  # for what is still in the buffer
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def reports_from(args: argparse.Namespace, root: "Path | None" = None) -> Reports:
    """The reports that the parsed flags ask for; a file that may not be written is a ``UsageError``.

    ``root`` is the repository under review, whose links are not followed.
    """
    named = [(form, name) for form in FORMATS.values() for name in getattr(args, _dest(form.name)) or ()]
    reports = Reports(FORMATS[args.format], checked(named, root), args.color)
    if not reports.need(Needs.CHANGES):
        return reports
    from diffvet.review.picture import Picture  # noqa: PLC0415 - for few formats

    return replace(reports, picture=Picture())


def require_none(args: argparse.Namespace) -> None:
    """Raise ``UsageError`` if ``args`` name a report that a dry run does not make."""
    require_no_files(args, "--dry-run reviews nothing, so it has no report")
    if args.format not in {"text", "json"}:
        raise UsageError(f"--dry-run prints text or json, not {args.format}")


def require_no_files(args: argparse.Namespace, why: str) -> None:
    """Raise ``UsageError`` if ``args`` name a file for a report; ``why`` begins its sentence."""
    for name in FORMATS:
        if getattr(args, _dest(name)):
            raise UsageError(f"{why}; leave out --{name}-output")


def _dest(name: str) -> str:
    return f"{name.replace('-', '_')}_output"


def _inside(stream: "DiffStream", files: tuple[ReportFile, ...]) -> set[str]:
    """The paths from the root of those ``files`` that a review of the working tree would meet."""
    if stream.kind != "worktree" or stream.root is None:
        return set()
    root = stream.root.resolve()
    places = (file.path.resolve() for file in files)
    return {place.relative_to(root).as_posix() for place in places if place.is_relative_to(root)}
