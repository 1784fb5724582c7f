"""Reports to print: one of everything, and hostile ones."""

from collections.abc import Sequence
from hashlib import blake2b

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.report.report import Report
from diffvet.review.events import Review
from diffvet.review.finding import Finding, Placement, State, Usage
from diffvet.review.ledger import LedgerRow, Outcome
from diffvet.review.select import Selection, select


def finding(
    title="Shell injection.", severity=Severity.ERROR, *, line=2, end_line=None, path="src/app.py", **more
):
    """A finding whose fingerprint follows from its title and place."""
    defaults = {
        "fingerprint": blake2b(
            f"{path}\0{line}\0{title}".encode("utf-8", "replace"), digest_size=16
        ).hexdigest(),
        "side": Side.NEW,
        "category": Category.SECURITY,
        "why": "`cmd` holds user input.",
        "fix": "Pass a list.",
        "quote": None,
        "placement": Placement.EXACT,
        "reviewer": "route/test",
        "code": ("run(cmd, shell=True)",),
    }
    return Finding(
        path=path, line=line, end_line=end_line or line, severity=severity, title=title, **defaults | more
    )


def row(outcome=Outcome.REVIEWED, *, path="src/app.py", old=(1, 3), new=(1, 5), reason=None):
    return LedgerRow(path, *old, *new, outcome, reason, "route/test")


def report(findings: Sequence[Finding], rows: Sequence[LedgerRow], selection=Selection(), **more) -> Report:  # noqa: B008 - frozen
    review = Review("range", "b" * 40, "e" * 40, tuple(findings), tuple(rows), Usage(2, 1200, 80, 0.5))
    return Report(review, select(findings, selection), **more)


FINDINGS = (
    finding(quote="shell=True", suggestion=("run([cmd])",)),
    finding("Deleted on request", Severity.WARNING, line=4, suggestion=(), code=("  log(cmd)",)),
    finding(
        "Two lines become one",
        Severity.INFO,
        line=5,
        end_line=6,
        code=("é = a\r", "b\r"),
        suggestion=("c\r",),
        quote="é = a b",
    ),
    finding("Line corrected", line=9, placement=Placement.MOVED, quote="🙂ser", code=("x = 🙂ser  # é",)),
    finding("Check removed", Severity.WARNING, line=7, side=Side.OLD, near=8, code=("assert ok",), category=Category.REMOVED_SAFEGUARD),
    finding("File gone", Severity.WARNING, line=3, path="gone.py", side=Side.OLD, category=Category.TEST_GAP),
    finding("Nobody knows where", Severity.INFO, line=1, placement=Placement.UNPLACED, quote="nowhere", reviewer="m"),
    finding("A key", line=11, category=Category.SECRET, sensitive=True, quote=None, code=('KEY = "AKIA****************"',)),
    finding("Known", line=12, state=State.BASELINE),
    finding("Dismissed", line=13, state=State.DISMISSED, side=Side.OLD, near=1),
    finding("Ignored", line=14, state=State.IGNORED, rule="py.shell-true", reviewer="embedded"),
    finding("By a rule", Severity.WARNING, line=15, rule="py.shell-true", reviewer="embedded", path="src/ö [1].py"),
)  # fmt: skip

ROWS = (
    row(),
    row(Outcome.CACHED, old=(20, 2), new=(22, 4)),
    row(Outcome.FAILED, old=(40, 3), new=(44, 3), reason="the answer was cut"),
    row(Outcome.FAILED, path="gone.py", old=(1, 9), new=(0, 0), reason="no answer within 60 s"),
    row(Outcome.FAILED, path="big.sql", old=(0, 0), new=(0, 0), reason="larger than 64 MiB"),
    row(Outcome.SKIPPED, path="logo.png", old=(0, 0), new=(0, 0), reason="binary file"),
)

EVERYTHING = report(FINDINGS, ROWS)
COMPLETE = report(FINDINGS[:3], ROWS[:2])
EMPTY = report((), ())
