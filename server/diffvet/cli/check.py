"""``diffvet check``: review a change and report findings."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.cli.main import complain
from diffvet.cli.option_flags import add_option_arguments, overrides
from diffvet.cli.reports import add_arguments as add_report_arguments
from diffvet.cli.reports import reports_from, require_none
from diffvet.cli.source_flags import add_source_arguments, source_from
from diffvet.report.formats import Needs

if TYPE_CHECKING:
    from diffvet.cli.remember import Attempt
    from diffvet.diff.source import DiffStream
    from diffvet.messages.key import ApiKey
    from diffvet.review.events import Review
    from diffvet.review.select import Selected
    from diffvet.settings.loaded import Loaded
    from diffvet.store.store import Store

DESCRIPTION = """\
Review a change and report findings, each on its line with a reason and a fix.

Without an endpoint the embedded reviewer answers: deterministic rules, no key, no network.
"""

EPILOG = """\
examples:
  diffvet check                          everything since HEAD, untracked files included
  diffvet check --staged                 what the next commit will hold (the index)
  diffvet check --base main              this branch since it left main
  diffvet check --ci --baseline-from base --without-key embedded
                                         in CI: what the run is about; a branch cannot accept its own findings
  diffvet check HEAD~3..HEAD             a range; a single commit works too
  git diff | diffvet check --stdin       any unified diff
  diffvet check --staged --dry-run       the exact prompts and their size; nothing is sent
  diffvet check --watch                  again at every change, until Ctrl-C (--staged --watch: of the index)

exit codes:
  0    nothing at or above --fail-on (or nothing to review; a line says so)
  1    findings at or above --fail-on
  2    usage or configuration error, or a change that cannot be read
  3    incomplete: part of the change was not reviewed (wins over 1); --fail-open can let it pass, in words
  130  interrupted

Every option can also be set as DIFFVET_<OPTION> (DIFFVET_FAIL_ON=error) or in the user file
(DIFFVET_CONFIG, else diffvet/config.toml in your configuration folder). The repository under review may say
in diffvet.toml or [tool.diffvet] what is reviewed and shown, nothing that decides where code or key go, or
what is spent: see 'diffvet config show --origin' and 'diffvet config explain PATH'.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to compare, how to report, and one flag for every option."""
    add_source_arguments(parser)
    report = add_report_arguments(parser)
    report.add_argument(
        "--dry-run", action="store_true", help="print the exact prompts and their size, send nothing"
    )
    report.add_argument(
        "--watch", action="store_true", help="review again whenever something changes; Ctrl-C ends it"
    )
    add_option_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Review, report, and say by the exit code what was found."""
    from diffvet.diff.source import open_source  # noqa: PLC0415

    if args.watch:
        from diffvet.cli.watch import watch  # noqa: PLC0415 - only here

        return watch(args)
    attempt = attempt_of(args)
    loaded, key = settled(args)
    stream = open_source(source_from(args), loaded.directory)
    if args.dry_run:
        require_none(args)
        from diffvet.cli.dry_run import show  # noqa: PLC0415

        return show(stream, loaded, as_json=args.format == "json")
    return checked(stream, loaded, args, key, attempt and attempt.loaded(loaded))


def attempt_of(args: argparse.Namespace) -> "Attempt | None":
    """What remembers the outcome of this very command line, if anything does. To be made before anything is read."""
    if args.asked is None:
        return None
    from diffvet.cli.remember import Attempt  # noqa: PLC0415 - where the outcome may be remembered only

    return Attempt.begin(args.asked, sys.argv[1:])


def settled(args: argparse.Namespace, before: "ApiKey | None" = None) -> "tuple[Loaded, ApiKey | None]":
    """The settings of the run and the key, which is taken out of the environment before git is started.

    ``before`` is a key that was taken out earlier.
    """
    from diffvet.assembly import keyless, load_all  # noqa: PLC0415 - heavy, and not for --help
    from diffvet.credentials import hide_key  # noqa: PLC0415

    said = load_all(Path(args.directory), overrides(args))
    key = hide_key(said.settings) or before
    loaded = keyless(said, key)
    if loaded is not said:
        complain(
            f"there is no key in {said.settings.api_key_env}: the embedded reviewer reviews in place of the model"
        )
    return loaded, key


def checked(
    stream: "DiffStream",
    loaded: "Loaded",
    args: argparse.Namespace,
    key: "ApiKey | None",
    attempt: "Attempt | None" = None,
) -> int:
    """Review ``stream``, report as ``args`` ask, and return the exit code; the hooks do it too.

    ``attempt`` remembers the outcome.
    """
    done = finished(stream, loaded, args, key)
    code = done.tell()
    if attempt and not done.notices:
        sys.stdout.flush()  # nobody waits for the memory
        attempt.keep(done.review, done.kept_as, code, done.report)
    return code


@dataclass(frozen=True, slots=True)
class Finished:
    """A review that ended: what of it is shown, the name it is kept under, and how to ``report`` it.

    ``report`` prints the review it is given (this one, or this one as a later run would see it) and gives the code.
    """

    review: "Review"
    selected: "Selected"
    kept_as: str | None
    notices: tuple[str, ...]
    report: Callable[["Review"], int]

    def tell(self) -> int:
        """Print the notices and the report; returns the exit code."""
        for notice in self.notices:
            complain(notice)
        return self.report(self.review)


def finished(
    stream: "DiffStream", loaded: "Loaded", args: argparse.Namespace, key: "ApiKey | None"
) -> Finished:
    """Review ``stream`` and keep the review; nothing is printed but progress."""
    from diffvet.assembly import judged, reasons  # noqa: PLC0415 - heavy, and not for --help
    from diffvet.cli.config import misspelt_variables  # noqa: PLC0415
    from diffvet.cli.known import known_to  # noqa: PLC0415
    from diffvet.cli.last import keep  # noqa: PLC0415
    from diffvet.cli.verdict import exit_code  # noqa: PLC0415
    from diffvet.store.store import Store  # noqa: PLC0415

    reports = reports_from(
        args, loaded.root
    )  # before anything is paid for: what cannot be written ends the run,
    known = known_to(stream, loaded)  # and so does a broken baseline
    with Store.open() as store:
        in_hook = args.verb == "hook" or os.environ.get("PRE_COMMIT")  # the framework says so to its hooks
        reviewed = review(reports.watched(stream), loaded, store, key, face="hook" if in_hook else "cli")
        kept_as = keep(reviewed, loaded, store)
        findings, selected = judged(reviewed.findings, loaded, store, known)
        why = reasons(findings, store, known) if reports.need(Needs.REASONS) else {}
    notices = (*store.notices, *misspelt_variables(os.environ), *_sample_notice(loaded))

    def report(review: "Review") -> int:
        reports.write(review, selected, embedded=loaded.settings.embedded, notices=notices, reasons=why)
        _say_if_nothing(review)
        return exit_code(review, selected, loaded)

    return Finished(replace(reviewed, findings=findings), selected, kept_as, notices, report)


def _sample_notice(loaded: "Loaded") -> tuple[str, ...]:
    """What to know of a verdict that was sampled anew although an answer may be remembered (issue 3)."""
    settings = loaded.settings
    if settings.cache or settings.embedded or settings.replay:
        return ()
    origin = loaded.origins["cache"]
    return (
        f"no remembered answer was used and none is kept (cache = false, {origin}): this is a new sample",
    )


def review(
    stream: "DiffStream", loaded: "Loaded", store: "Store", key: "ApiKey | None", *, face: str = "cli"
) -> "Review":
    """The whole review of ``stream``, with progress on a terminal. ``key`` was taken out of the environment.

    Raises ``DiffvetError``, and ``KeyboardInterrupt`` when it was interrupted and has cleaned up.
    """
    from diffvet.assembly import Errand, open_reviewer  # noqa: PLC0415 - heavy, and not for --help
    from diffvet.cli import interrupt  # noqa: PLC0415
    from diffvet.cli.progress import drawable, shown  # noqa: PLC0415
    from diffvet.review.events import collect  # noqa: PLC0415

    settings = loaded.settings
    errand = Errand(face, stream.root.name if stream.root else "")

    async def whole() -> "Review":
        async with (
            open_reviewer(settings, key, store=store, errand=errand, loaded=loaded) as reviewer,
            aclosing(
                reviewer.review(
                    stream,
                    root=stream.root,
                    staged=stream.kind == "staged",
                    seconds=settings.time_limit,
                )
            ) as events,
            aclosing(shown(events, enabled=drawable())) as watched,
        ):
            return await collect(watched, kind=stream.kind, base=stream.base, head=stream.head)

    return interrupt.run(whole())


def _say_if_nothing(review: "Review") -> None:
    if not review.ledger:
        complain("nothing to review: the change is empty")
    elif review.complete and not any(row.old_lines or row.new_lines for row in review.ledger):
        first = review.ledger[0]
        complain(f"nothing to review: no line of text changed ({first.path}: {first.reason})")
