"""The session from inside, with a reviewer that does what a test says and a client that writes all down."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.diff.section import FileSection
from diffvet.errors import SettingsError
from diffvet.lsp import reviews
from diffvet.lsp.capabilities import Capabilities
from diffvet.lsp.convert import path_of
from diffvet.lsp.features import documents, review
from diffvet.lsp.jobs import Jobs
from diffvet.lsp.progress import Progress, Value
from diffvet.lsp.publish import Publisher
from diffvet.lsp.reviewers import Asks, Desk, Reviewers
from diffvet.lsp.session import Session
from diffvet.review.events import Answered, Event, Planned, Settled
from diffvet.review.finding import Finding, Placement, State, Usage
from diffvet.review.ledger import LedgerRow, Outcome

FINDING = Finding(
    fingerprint="0f",
    path="app.py",
    side=Side.NEW,
    line=2,
    end_line=2,
    severity=Severity.WARNING,
    category=Category.SECURITY,
    title="Risk",
    why="",
    fix=None,
    quote=None,
    placement=Placement.EXACT,
    reviewer="fake",
)
ROW = LedgerRow("app.py", 1, 1, 1, 1, Outcome.REVIEWED)


class RecordingClient:
    """Writes down what it is told; ``agrees`` is how it answers a progress display."""

    def __init__(self) -> None:
        self.published: list[types.PublishDiagnosticsParams] = []
        self.logged: list[str] = []
        self.shown: list[str] = []
        self.asked: list[Future[None]] = []
        self.progress: list[Value] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.registered: list[types.Registration] = []

    def publish(self, params: types.PublishDiagnosticsParams) -> None:
        self.published.append(params)

    def log(self, message: str, kind: types.MessageType) -> None:
        self.logged.append(message)

    def show(self, message: str, kind: types.MessageType) -> None:
        self.shown.append(message)

    def live_with(self, process_id: int | None) -> None:
        raise AssertionError

    def say_plainly(self, method: str) -> None:
        raise AssertionError(method)

    def create_progress(self, token: str) -> Future[None]:
        self.asked.append(Future())
        return self.asked[-1]

    def show_progress(self, token: str, value: Value) -> None:
        self.progress.append(value)

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.told.append((method, params))

    def register(self, registration: types.Registration) -> None:
        self.registered.append(registration)

    def configuration(self, items: Sequence[tuple[str, str]]) -> Future[Sequence[Any]]:
        raise AssertionError(items)

    def show_document(self, uri: str, selection: types.Range) -> Future[Any]:
        raise AssertionError(uri)


class ScriptedReviewer:
    """Each review waits for its ``gate``, then gives ``findings`` and ``rows`` as they are at that time."""

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] = (FINDING,)
        self.rows: tuple[LedgerRow, ...] = (ROW,)
        self.gates: asyncio.Queue[asyncio.Event] = asyncio.Queue()
        self.closed = 0

    async def review(self, sections: Iterable[FileSection], **_: object) -> AsyncGenerator[Event, None]:
        list(sections)
        gate = asyncio.Event()
        self.gates.put_nowait(gate)
        try:
            yield Planned(1, 1, 1, 10)
            await gate.wait()
            yield Answered(1, Usage())
            yield Settled("app.py", self.findings, self.rows)
        finally:
            self.closed += 1


def open_ones(found: Sequence[Finding]) -> Sequence[Finding]:
    """What a desk shows: all that is not dismissed, worst first or not."""
    return [finding for finding in found if finding.state is State.OPEN]


class Stage:
    """A session on a repository with one changed file."""

    def __init__(self, root: Path) -> None:
        subprocess.run(["git", "init", "-q", str(root)], check=True)
        self.client = RecordingClient()
        self.desks = 0
        self.reviewer = ScriptedReviewer()
        self.session = Session(self.client, self.desk, pause=0)
        self.uri = (root / "app.py").as_uri()
        (root / "app.py").write_text("a\nb\nc\n")

    @asynccontextmanager
    async def desk(self, root: Path, _said: object) -> AsyncIterator[Desk]:
        self.desks += 1
        yield Desk(self.reviewer, open_ones, "Reviewed by a script")
        self.desks -= 1

    def open(self) -> None:
        item = types.TextDocumentItem(self.uri, "python", 1, "a\nb\nc\n")
        documents.did_open(self.session, types.DidOpenTextDocumentParams(item))

    def save(self) -> None:
        params = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri))
        documents.did_save(self.session, params)

    def close(self) -> None:
        params = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri))
        documents.did_close(self.session, params)

    def insert(self, line: int, text: str) -> None:
        spot = types.Position(line, 0)
        change = types.TextDocumentContentChangePartial(types.Range(spot, spot), text)
        named = types.VersionedTextDocumentIdentifier(2, self.uri)
        documents.did_change(self.session, types.DidChangeTextDocumentParams(named, [change]))

    async def reviewing(self) -> asyncio.Event:
        """The gate of the next review, once it has begun."""
        return await asyncio.wait_for(self.reviewer.gates.get(), 20)

    async def quiet(self) -> None:
        """Return when no job is running."""
        for job in self.session.jobs.running:
            await self.session.jobs.ended(job)

    @property
    def lines(self) -> list[list[int]]:
        """The first lines of each publication."""
        return [[one.range.start.line for one in said.diagnostics] for said in self.client.published]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    await stage.session.stop()


async def test_edits_made_while_a_review_runs_move_its_findings(stage: Stage) -> None:
    stage.open()
    gate = await stage.reviewing()
    stage.insert(0, "x\ny\n")
    gate.set()
    await stage.quiet()
    assert stage.lines[-1] == [3]


async def test_a_line_edited_while_a_review_runs_gets_no_finding(stage: Stage) -> None:
    stage.open()
    gate = await stage.reviewing()
    stage.insert(1, "edited ")
    gate.set()
    await stage.quiet()
    assert stage.client.published == []


async def test_the_older_of_two_reviews_is_closed_and_says_nothing(stage: Stage) -> None:
    stage.open()
    old = await stage.reviewing()
    stage.save()
    new = await stage.reviewing()
    old.set()
    new.set()
    await stage.quiet()
    assert stage.lines == [[1]]
    assert stage.reviewer.closed == 2


async def test_a_save_that_waits_is_done_by_what_was_asked_for_and_by_no_free_look(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "BURST", 1000)

    async def looked(occasion: Asks | None) -> None:
        reviews.start_review(stage.session, file, occasion)
        (await stage.reviewing()).set()
        await stage.quiet()

    stage.open()
    (await stage.reviewing()).set()
    stage.save()
    (await stage.reviewing()).set()
    await stage.quiet()
    stage.save()
    [file] = stage.session.files.values()
    await looked(None)
    assert "again" in file.timers
    await looked(Asks.COMMAND)
    assert "again" not in file.timers


async def test_closing_a_file_ends_its_review(stage: Stage) -> None:
    stage.open()
    gate = await stage.reviewing()
    stage.close()
    gate.set()
    await stage.quiet()
    assert stage.client.published == []
    assert stage.session.files == {}


async def test_a_file_opened_by_another_name_is_cleared_under_the_old_one(stage: Stage) -> None:
    stage.open()
    (await stage.reviewing()).set()
    await stage.quiet()
    old, stage.uri = stage.uri, stage.uri.replace("app.py", "%61pp.py")
    stage.open()
    (await stage.reviewing()).set()
    await stage.quiet()
    assert [(said.uri, len(said.diagnostics)) for said in stage.client.published] == [
        (old, 1),
        (old, 0),
        (stage.uri, 1),
    ]


async def test_who_reviews_is_said_once(stage: Stage) -> None:
    for _ in range(2):
        stage.open()
        (await stage.reviewing()).set()
        await stage.quiet()
    assert stage.client.logged == ["Reviewed by a script"]


async def test_a_review_that_will_not_end_does_not_hold_up_shutdown(stage: Stage, monkeypatch) -> None:
    monkeypatch.setattr("diffvet.lsp.session.PATIENCE", 0.01)
    stuck = asyncio.Event()

    async def never(_: Progress) -> str:
        while not stuck.is_set():
            with suppress(asyncio.CancelledError):
                await stuck.wait()
        return ""

    job = stage.session.jobs.start("t", never)
    await asyncio.sleep(0)
    await stage.session.stop()
    assert stage.session.jobs.running == (job,)
    stuck.set()


async def test_unsaved_edits_that_are_thrown_away_move_the_findings_back(stage: Stage) -> None:
    stage.open()
    (await stage.reviewing()).set()
    await stage.quiet()
    stage.insert(0, "x\n")
    stage.session.show(stage.session.file(stage.uri))
    stage.close()
    assert stage.lines == [[1], [2], [1]]


async def test_a_closed_file_can_be_reviewed_on_command(stage: Stage) -> None:
    assert review.review(stage.session, stage.uri) is not None
    (await stage.reviewing()).set()
    await stage.quiet()
    assert stage.lines == [[1]]
    assert stage.client.published[0].version is None
    assert review.review(stage.session, stage.uri + ".gone") is None
    assert stage.client.shown[-1].endswith("app.py.gone cannot be reviewed: No such file or directory")


async def test_a_failed_review_keeps_the_earlier_findings_and_a_complete_one_drops_them(stage: Stage) -> None:
    stage.open()
    (await stage.reviewing()).set()
    await stage.quiet()
    stage.reviewer.findings = (replace(FINDING, fingerprint="new", line=3, end_line=3),)
    stage.reviewer.rows = (replace(ROW, outcome=Outcome.FAILED, reason="no answer"),)
    stage.save()
    gate = await stage.reviewing()
    stage.insert(0, "x\n")
    gate.set()
    await stage.quiet()
    assert stage.lines[-1] == [2, 3]
    assert stage.client.logged[1:] == ["app.py: Incomplete: 1 of 1 hunk not reviewed: no answer"]
    stage.reviewer.findings, stage.reviewer.rows = (), (ROW,)
    stage.save()
    (await stage.reviewing()).set()
    await stage.quiet()
    assert stage.lines[-1] == []


async def test_only_open_findings_of_enough_weight_are_shown_worst_first(stage: Stage) -> None:
    stage.session.capabilities = replace(stage.session.capabilities, data=True)
    stage.reviewer.findings = (
        FINDING,
        replace(FINDING, fingerprint="worse", severity=Severity.ERROR),
        replace(FINDING, fingerprint="dismissed", state=State.DISMISSED),
        replace(FINDING, fingerprint="beyond the end", line=99, end_line=120),
    )
    stage.open()
    (await stage.reviewing()).set()
    await stage.quiet()
    shown = [one.data["fingerprint"] for one in stage.client.published[-1].diagnostics]
    assert shown == ["worse", "0f", "beyond the end"]
    assert stage.lines[-1] == [1, 1, 3]


async def test_shutting_down_ends_reviews_and_their_progress(stage: Stage) -> None:
    stage.session.capabilities = Capabilities(progress=True)
    stage.open()
    await stage.reviewing()
    stage.client.asked[0].set_result(None)
    await stage.session.stop()
    assert isinstance(stage.client.progress[-1], types.WorkDoneProgressEnd)
    assert stage.client.progress[-1].message == "Cancelled"
    assert stage.reviewer.closed == 1


async def test_a_job_cancelled_before_its_first_step_ends_its_progress(stage: Stage) -> None:
    stage.session.capabilities = Capabilities(progress=True)
    stage.open()
    job = stage.session.file(stage.uri).job
    stage.client.asked[0].set_result(None)
    review.cancel(stage.session, types.WorkDoneProgressCancelParams(job))
    await stage.quiet()
    assert [type(value).__name__ for value in stage.client.progress] == [
        "WorkDoneProgressBegin",
        "WorkDoneProgressEnd",
    ]


async def test_edits_are_not_collected_once_a_job_is_gone(stage: Stage) -> None:
    stage.open()
    await stage.reviewing()
    file = stage.session.file(stage.uri)
    stage.session.jobs.cancel(file.job)
    await stage.quiet()
    stage.insert(0, "x\n")
    assert (file.job, file.steps) == (None, [])


def diagnostic(line: int) -> types.Diagnostic:
    return types.Diagnostic(types.Range(types.Position(line, 0), types.Position(line, 1)), "m")


def test_a_list_is_sent_when_it_differs_from_what_is_shown_and_an_empty_one_once() -> None:
    sent: list[types.PublishDiagnosticsParams] = []
    publisher = Publisher(sent.append)
    for wanted in ([], [diagnostic(1)], [diagnostic(1)], [diagnostic(2)], [], []):
        publisher.publish("u", wanted, None)
    assert [len(params.diagnostics) for params in sent] == [1, 1, 0]
    publisher.reopened("u")
    publisher.publish("u", [], None)
    assert len(sent) == 3


def test_a_reopened_file_is_told_again_what_it_showed() -> None:
    sent: list[types.PublishDiagnosticsParams] = []
    publisher = Publisher(sent.append)
    publisher.publish("u", [diagnostic(1)], None)
    publisher.reopened("u")
    publisher.publish("u", [diagnostic(1)], 4)
    publisher.publish("u", [diagnostic(1)], 5)
    assert [params.version for params in sent] == [None, 4]


def test_a_progress_that_is_agreed_to_after_the_job_ended_is_begun_and_ended() -> None:
    client = RecordingClient()
    progress = Progress("t", "title", client)
    progress.report("1/2", 50)
    progress.end("done")
    progress.end("again")
    progress.report("late")
    client.asked[0].set_result(None)
    begin, end = client.progress
    assert (begin.kind, begin.message, begin.percentage) == ("begin", "1/2", 50)
    assert (end.kind, end.message) == ("end", "done")


def test_a_percentage_never_goes_back() -> None:
    client = RecordingClient()
    progress = Progress("t", "title", client)
    client.asked[0].set_result(None)
    for done in (50, 20, 70):
        progress.report(f"{done}", done)
    assert [value.percentage for value in client.progress] == [0, 50, 50, 70]


@pytest.mark.parametrize(
    "refuse", [lambda asked: asked.cancel(), lambda asked: asked.set_exception(OSError())]
)
def test_a_refused_progress_is_silence(refuse) -> None:
    client = RecordingClient()
    progress = Progress("t", "title", client)
    refuse(client.asked[0])
    progress.report("1/2", 50)
    progress.end("done")
    assert client.progress == []


async def test_a_bug_in_a_job_is_said_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    jobs = Jobs(lambda token, title, _quiet: Progress(token, title, None), said.append)

    async def broken(_: Progress) -> str:
        raise RuntimeError("canary")

    await jobs.ended(jobs.start("t", broken))
    assert said == ["an internal error in diffvet; the server's standard error has the details"]
    assert "RuntimeError while running diffvet-job-1" in caplog.text
    assert "canary" not in caplog.text.replace('raise RuntimeError("canary")', "")
    assert not jobs.cancel("diffvet-job-1")


async def test_a_desk_that_cannot_be_opened_is_tried_again_and_open_ones_are_kept_and_closed() -> None:
    log: list[str] = []

    @asynccontextmanager
    async def open_desk(root: Path, _said: object) -> AsyncIterator[Desk]:
        log.append("open")
        if len(log) == 1:
            raise SettingsError("broken")
        yield Desk(ScriptedReviewer(), open_ones, "Reviewed by a script")
        log.append("close")

    reviewers = Reviewers(open_desk)
    with pytest.raises(SettingsError):
        await reviewers.at(Path("/r"))
    first = await reviewers.at(Path("/r"))
    assert await reviewers.at(Path("/r")) is first
    assert reviewers.forget(Path("/r"))
    assert not reviewers.forget(Path("/r"))
    second = asyncio.ensure_future(reviewers.at(Path("/r")))
    await asyncio.sleep(0)
    assert reviewers.forget(Path("/r")), "one that is being opened was asked for by a review"
    assert await second is not first
    assert log == ["open", "open", "open"]
    reviewers.tidy()
    third = await reviewers.at(Path("/r"))
    assert third is not await second
    await reviewers.close(20)
    assert sorted(log) == ["close", "close", "close", "open", "open", "open", "open"]


async def test_the_desks_of_old_settings_are_closed_when_the_last_review_ends(stage: Stage) -> None:
    stage.open()
    first = await stage.reviewing()
    root = stage.session.files[path_of(stage.uri)].root
    for _ in range(3):
        assert stage.session.reviewers.forget(root.path)
        await stage.session.reviewers.at(root.path)
    assert stage.desks == 4
    first.set()
    await stage.quiet()
    while stage.desks > 1:
        await asyncio.sleep(0)
    assert stage.session.reviewers.opened(root.path)
