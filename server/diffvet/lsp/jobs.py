"""Jobs: what takes longer than an answer may. One asyncio task each, known by its progress token."""

import asyncio
from collections.abc import Awaitable, Callable

from diffvet.errors import DiffvetError
from diffvet.lsp.faults import log_fault
from diffvet.lsp.progress import Progress

Work = Callable[[Progress], Awaitable[str]]
"""Does the job, reports how far it is, and returns the sentence its progress ends with."""


Opener = Callable[[str, str, bool], Progress]
"""Makes the progress of a job from its token, its title, and whether it is quiet."""


class Jobs:
    """All running jobs of the session.

    ``open_progress`` makes a job's progress; ``complain`` takes a sentence for the user; ``rest`` is done when the last
    running job has ended.
    """

    def __init__(self, open_progress: Opener, complain: Callable[[str], None]) -> None:
        self._open_progress = open_progress
        self._complain = complain
        self._running: dict[str, asyncio.Task[None]] = {}
        self._started = 0
        self.rest: Callable[[], None] = lambda: None

    def start(
        self,
        title: str,
        work: Work,
        *,
        quiet: bool = False,
        instead_of: str | None = None,
        tell: Callable[[str], None] | None = None,
        after: Callable[[str], object] = str,
    ) -> str:
        """Start ``work`` and return its id, which is its progress token too; a ``quiet`` one says nothing to anybody.

        The job ``instead_of`` which it is started is cancelled first, and has ended when ``work`` begins. Somebody who
        asked for the job can ``tell`` why it failed; else the session complains. ``after`` is told of the id as soon as the
        work has ended, however it did, and again with the job: it may be cancelled before its first step.
        """
        complain = tell or self._complain
        if instead_of is not None:
            self.cancel(instead_of)
            work = self._after(instead_of, work)
        self._started += 1
        job = f"diffvet-job-{self._started}"

        async def followed(progress: Progress) -> str:
            try:
                return await work(progress)
            finally:
                after(job)

        progress = self._open_progress(job, title, quiet)
        task = asyncio.create_task(self._run(job, progress, followed, None if quiet else complain), name=job)
        self._running[job] = task

        def forget(_: asyncio.Task[None]) -> None:
            self._running.pop(job, None)
            if not self._running:
                self.rest()
            progress.end("Cancelled")  # says nothing unless the task was cancelled before its first step
            after(job)

        task.add_done_callback(forget)
        return job

    def cancel(self, job: str | int) -> bool:
        """Cancel ``job``; False if it is not running (any more)."""
        task = self._running.get(str(job))
        return task is not None and task.cancel()

    @property
    def running(self) -> tuple[str, ...]:
        """The ids of the jobs that have not ended, oldest first."""
        return tuple(self._running)

    async def ended(self, job: str) -> None:
        """Return when ``job`` has ended, however it did."""
        task = self._running.get(job)
        if task is not None:
            await asyncio.wait({task})

    async def stop(self, patience: float) -> None:
        """Cancel all jobs and return when they have ended, or after ``patience`` seconds."""
        tasks = tuple(self._running.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=patience)

    def _after(self, job: str, work: Work) -> Work:
        """``work``, begun when ``job`` has ended."""

        async def waiting(progress: Progress) -> str:
            await self.ended(job)
            return await work(progress)

        return waiting

    async def _run(
        self, job: str, progress: Progress, work: Work, complain: Callable[[str], None] | None
    ) -> None:
        try:
            progress.end(await work(progress))
        except asyncio.CancelledError:
            progress.end("Cancelled")
            raise
        except DiffvetError as error:
            progress.end(str(error))
            if complain is not None:
                complain(str(error))
        except Exception as error:  # noqa: BLE001 - the border of a job: one job's bug must not end the server
            log_fault(f"running {job}", error)
            progress.end("Failed: an internal error in diffvet; the server's standard error has the details")
            (complain or self._complain)(
                "an internal error in diffvet; the server's standard error has the details"
            )
