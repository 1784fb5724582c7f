"""``diffvet lsp``: the language server on standard input and output."""

import argparse
import asyncio
import gc
import importlib
import importlib.util
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from diffvet.cli.rule_notes import rule_notes
from diffvet.errors import UsageError

if TYPE_CHECKING:
    from diffvet.lsp.reviewers import Desk, OpenDesk
    from diffvet.report.report import RuleNote
    from diffvet.review.finding import Finding
    from diffvet.review.select import Selected
    from diffvet.settings.model import Settings
    from diffvet.store.reviews import KeptReview

DESCRIPTION = "Run the language server on standard input and output; editors start it themselves."

EPILOG = """\
examples:
  diffvet lsp                            what an editor starts: VS Code, Neovim, Emacs and others
  DIFFVET_FAIL_ON=error diffvet lsp      with a setting of its own

Every setting can be given as a DIFFVET_<OPTION> environment variable; the API key only so.

The editor's own settings count as well, and above all others. In their section 'diffvet' they may hold what a
repository may say (min_severity, exclude, ...), model, models, lsp_base, lsp_pause and lsp_model. Where code and key
go is said when the server starts, never in messages. A change counts at once.

exit codes:
  0    the editor shut it down as the protocol asks
  1    the editor went away without
"""


LEISURE = 1.0
"""Seconds after which what hovers need is loaded, unless one asks for it before."""

SWITCH = 0.0005
"""Seconds a reviewing thread keeps the interpreter from a hover that waits; the default is ten times that."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of the verb."""
    parser.add_argument(
        "--stdio", action="store_true", help="the only transport; accepted for editors that pass it"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until the client ends the session; the exit code of the LSP rules (0 or 1)."""
    del args
    if importlib.util.find_spec("pygls") is None:
        raise UsageError("the language server needs pygls; install it with: pip install 'diffvet[lsp]'")
    sys.setswitchinterval(SWITCH)
    gc.disable()  # until the server is initialized: start-up allocates much and drops little
    stdin, stdout = take_streams()
    quiet_logs()

    from diffvet.lsp.server import Server, serve  # noqa: PLC0415 - a quarter of a second nobody else should pay

    notes = cache(rule_notes)
    server = Server(desks(notes), partial(warm, notes))
    # The loop is not closed: that would wait for worker threads, and ``main`` ends the process anyway.
    return asyncio.new_event_loop().run_until_complete(serve(server, stdin, stdout))


def desks(notes: "Callable[[], Mapping[str, RuleNote]]") -> "OpenDesk":
    """How a repository's reviewer is opened. The key is taken out of the environment here, once."""
    from diffvet.credentials import hide_users_key  # noqa: PLC0415 - not for --help

    key = hide_users_key()

    @asynccontextmanager
    async def open_desk(root: Path, said: Mapping[str, object]) -> AsyncIterator["Desk"]:
        await asyncio.to_thread(
            importlib.import_module, "diffvet.assembly"
        )  # ``warm`` may be at it: nobody else waits
        from diffvet.assembly import (  # noqa: PLC0415 - a tenth of a second that no greeting waits for
            Errand,
            budget,
            judged,
            keyless,
            known_findings,
            load_for_editor,
            new_run,
            open_reviewer,
        )
        from diffvet.diff.source import Against  # noqa: PLC0415
        from diffvet.lsp.decisions import Decisions  # noqa: PLC0415
        from diffvet.lsp.reviewers import Asks, Desk  # noqa: PLC0415
        from diffvet.store.store import Store  # noqa: PLC0415

        loaded, warning = load_for_editor(root, said)
        loaded = keyless(loaded, key)
        errand = Errand("lsp", root.name, new_run())
        with Store.open() as store:
            settings = loaded.settings
            opened = partial(open_reviewer, settings, key, store=store, errand=errand, loaded=loaded)
            async with AsyncExitStack() as stack:
                reviewer = await stack.enter_async_context(opened())
                free = None if settings.embedded else await stack.enter_async_context(opened(free=True))
                yield Desk(
                    reviewer,
                    lambda findings: kept(*judged(findings, loaded, store, known_findings(loaded))),
                    introduction(settings),
                    free,
                    decisions=Decisions(root, loaded, store),
                    notes=notes,
                    asks=Asks(settings.lsp_model),
                    against=Against(settings.lsp_base),
                    pause=settings.lsp_pause,
                    remember=partial(store.reviews.keep, f"lsp {root}"),
                    recall=lambda: text_of(store.reviews.last(f"lsp {root}")),
                    budget=lambda: budget(settings, store, errand.run),
                    current=loaded.is_current,
                    warning=warning,
                )

    return open_desk


def warm(notes: "Callable[[], object]") -> None:
    """Load what the first review and the first hover need, beside the answers to the editor's first questions."""
    from diffvet.assembly import warm as load  # noqa: PLC0415 - that is what takes its time

    load()
    later = threading.Timer(LEISURE, notes)  # the first review needs the processor now
    later.daemon = True
    later.start()


def kept(judged: "Sequence[Finding]", selected: "Selected") -> "Sequence[Finding]":
    """What a session keeps of ``judged`` findings: the shown ones, and those that somebody decided about."""
    from diffvet.review.finding import State  # noqa: PLC0415 - not for --help

    decided = (State.DISMISSED, State.BASELINE)
    return (*selected.shown, *(finding for finding in judged if finding.state in decided))


def text_of(kept: "KeptReview | None") -> str | None:
    """What was kept, None where there is nothing."""
    return kept.text if kept else None


def introduction(settings: "Settings") -> str:
    """Who reviews, in one sentence."""
    if settings.embedded:
        return "Reviewing with the embedded rules: no model is asked, nothing is sent"
    return f"Reviewing with {', '.join(settings.asked)} at {settings.endpoint}"


def take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Our own descriptors of the client's pipes; 0 and 1 then lead nowhere that matters.

    A stray ``print`` goes to standard error, and a child process that reads its input finds nothing.
    """
    sys.stdout.flush()
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout


def quiet_logs() -> None:
    """Our own warnings to standard error; nothing of pygls, whose lines quote whole messages."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="diffvet: %(message)s")
    for name in ("pygls", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
