"""The only module that runs git: pinned flags, a scrubbed environment, bytes in and bytes out.

Whatever a repository's configuration, attributes or the surrounding environment say, the same
question gets the same bytes and no program but git itself is started. How each way in is shut:

* settings that change a diff are pinned on the command line (``neutral.NEUTRAL``, ``neutral.DIFF_FLAGS``),
  which outranks every configuration file;
* external diff, textconv, pager, fsmonitor and hooks are switched off the same way;
* a promisor remote cannot start a transport: no protocol is allowed and lazy fetching is off;
* clean and smudge filters are kept only as the user's own configuration has them
  (:func:`repository_settings`), never as the repository's;
* ``git show`` and ``git log`` are never used: they may start a signature checker.

Which variables reach git is decided in ``neutral``; ``spawn`` starts it in the same neutral way for a few cheap
questions before this module is worth loading.
"""

import os
import re
import subprocess
import threading
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from diffvet.diff.neutral import NEUTRAL, environment, is_hook, program
from diffvet.diff.turn import Turn
from diffvet.errors import GitError

MINIMUM_VERSION = (2, 31)
"""The oldest git that reads ``GIT_CONFIG_COUNT`` and ``rev-parse --end-of-options`` (March 2021)."""

CHUNK = 1 << 18
"""Bytes asked from the pipe at once."""

SPOOLED = 8 << 20
"""Bytes of a streamed answer that wait in memory; the rest waits on the disk."""

_STDERR_KEPT = 1 << 16


@dataclass(frozen=True, slots=True)
class Git:
    """Git, asked from ``directory``; made by :meth:`at`.

    ``settings`` are configuration values imposed on every command (used to neutralise filters); they
    travel in the environment, so a name may contain any character. ``hook`` keeps the variables that
    say where repository and index are (see the module's docstring); ``alone`` keeps git from looking
    for a repository above ``directory``. Of all that share a ``turn`` one runs at a time; what one of them streams
    is then written to a temporary file first, so that its reader may ask git something else meanwhile.
    """

    directory: Path
    hook: bool = False
    alone: bool = False
    settings: tuple[tuple[str, str], ...] = ()
    turn: Turn | None = field(default=None, compare=False, repr=False)

    @classmethod
    def at(cls, directory: Path, turn: Turn | None = None) -> "Git":
        """Git in ``directory``, as a hook if that is what we are."""
        return cls(directory, hook=is_hook(directory, os.environ), turn=turn)

    def moved(self, directory: Path) -> "Git":
        """The same git asked from another directory of the same repository."""
        return replace(self, directory=directory)

    def with_settings(self, settings: tuple[tuple[str, str], ...]) -> "Git":
        """The same git with more settings imposed."""
        return replace(self, settings=self.settings + settings)

    def pinned(self) -> "Git":
        """The same git with what the repository's configuration may not say undone; asks git once."""
        return self.with_settings(repository_settings(self))

    def run(self, args: Sequence[str], *, stdin: bytes | None = None, ok: Sequence[int] = (0,)) -> bytes:
        """Standard output of ``git ARGS``; any exit status outside ``ok`` is a ``GitError``."""
        with self._in_turn(), self._start(args, feed=stdin is not None) as process:
            out, err = process.communicate(stdin)
        if process.returncode not in ok:
            raise GitError(sentence(err, process.returncode))
        return out

    def answers(self, args: Sequence[str], *, stdin: bytes | None = None) -> bytes | None:
        """Standard output of ``git ARGS``, or None when git says no (any status but 0)."""
        with self._in_turn(), self._start(args, feed=stdin is not None) as process:
            out, _ = process.communicate(stdin)
        return out if process.returncode == 0 else None

    def stream(self, args: Sequence[str], *, ok: Sequence[int] = (0,)) -> Generator[bytes, None, None]:
        """Standard output in chunks as it comes; the child is killed when the iterator is closed.

        A failing git raises ``GitError`` after the last chunk, so a consumer that reads to the end
        cannot take a broken answer for a short one.
        """
        if self.turn is None:
            yield from self._stream(args, ok)
            return
        import tempfile  # noqa: PLC0415 - costs 5 ms, and only the language server waits for turns

        with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as spool:
            with self.turn:
                for chunk in self._stream(args, ok):
                    spool.write(chunk)
            spool.seek(0)
            while chunk := spool.read(CHUNK):
                yield chunk

    def _in_turn(self) -> AbstractContextManager[None]:
        return self.turn or nullcontext()

    def _stream(self, args: Sequence[str], ok: Sequence[int]) -> Generator[bytes, None, None]:
        process = self._start(args, feed=False)
        complaint = _Drain(process)
        try:
            pipe = process.stdout
            while pipe is not None and (chunk := os.read(pipe.fileno(), CHUNK)):
                yield chunk
            process.wait()
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            err = complaint.finish()
            if process.stdout is not None:
                process.stdout.close()
        if process.returncode not in ok:
            raise GitError(sentence(err, process.returncode))

    def _start(self, args: Sequence[str], *, feed: bool) -> subprocess.Popen[bytes]:
        # check-ignore takes plain paths and refuses this flag; all others take path specifications
        literal = () if args[:1] == ["check-ignore"] else ("--literal-pathspecs",)
        try:
            process = subprocess.Popen(  # noqa: S603 - an argument vector, no shell; every word is ours or guarded
                [program(os.environ), *NEUTRAL, *literal, *args],
                cwd=self.directory,
                env=self._environment(),
                stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                process_group=0 if self.turn and os.name == "posix" else None,  # to be ended with its filters
            )
        except (FileNotFoundError, NotADirectoryError) as error:
            if not self.directory.is_dir():
                raise GitError(f"no such directory: {self.directory}") from error
            raise GitError("git was not found; install git and make sure it is on the PATH") from error
        except PermissionError as error:
            raise GitError(f"git cannot be started in {self.directory}: permission denied") from error
        if self.turn:
            self.turn.take(process)
        return process

    def _environment(self) -> dict[str, str]:
        made = environment(os.environ, hook=self.hook, settings=self.settings)
        if self.alone:
            made["GIT_CEILING_DIRECTORIES"] = str(self.directory.parent)
        return made

    def require_version(self) -> None:
        """Refuse a git older than :data:`MINIMUM_VERSION` in one sentence."""
        said = self.run(["--version"]).decode("utf-8", "replace").strip()
        found = re.search(r"(\d+)\.(\d+)", said)
        if found is None:
            raise GitError(f"cannot read git's version from '{said[:80]}'; check the git on your PATH")
        if (int(found[1]), int(found[2])) < MINIMUM_VERSION:
            needed = ".".join(map(str, MINIMUM_VERSION))
            raise GitError(f"git {found[0]} is too old; diffvet needs git {needed} or newer")


class _Drain:
    """Reads a child's stderr beside its stdout, so that neither pipe can fill up and block it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._pipe = process.stderr
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while self._pipe is not None and (chunk := os.read(self._pipe.fileno(), CHUNK)):
            if len(self._kept) < _STDERR_KEPT:
                self._kept += chunk

    def finish(self) -> bytes:
        self._thread.join()
        if self._pipe is not None:
            self._pipe.close()
        return bytes(self._kept)


def sentence(stderr: bytes, status: int) -> str:
    """The first meaningful line of git's complaint, without its ``fatal:``, as one sentence."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    said = next((line for line in lines if re.match(r"(fatal|error): ", line)), "")
    said = said or next((line for line in lines if line and not line.startswith(("warning:", "hint:"))), "")
    said = re.sub(r"^(fatal|error): ", "", said)
    if owner := re.search(r"dubious ownership in repository at '(.+)'", said):
        trust = f"git config --global --add safe.directory '{owner[1]}'"
        return f"git refuses to read a repository that belongs to another user; if you trust it, run: {trust}"
    return f"git: {said}" if said else f"git ended with status {status} without saying why"


def repository_settings(git: Git) -> tuple[tuple[str, str], ...]:
    """Settings that undo what a repository's configuration may not say, to pass as ``Git.settings``.

    These are filter drivers, and the files outside of it that list ignored names and attributes. A key
    that the user's own (global or system) configuration also has gets that value back, so git-lfs keeps
    working; any other gets git's default, for a filter empty, which git takes for "no filter".
    """
    keys = r"^(filter\.|core\.(excludesfile|attributesfile)$)"
    out = git.run(["config", "--show-scope", "--null", "--get-regexp", keys], ok=(0, 1))
    fields = out.split(b"\0")
    own: dict[str, str] = {}
    foreign: set[str] = set()
    for scope, entry in zip(fields[0::2], fields[1::2], strict=False):
        name, _, value = entry.decode("utf-8", "surrogateescape").partition("\n")
        if scope in (b"local", b"worktree"):
            foreign.add(name)
        else:
            own[name] = value
    return tuple((name, own.get(name, _default(name))) for name in sorted(foreign))


def _default(name: str) -> str:
    """What git takes where the setting ``name`` is missing."""
    if name.startswith("core."):
        config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
        return config + ("/git/ignore" if name == "core.excludesfile" else "/git/attributes")
    return "false" if name.endswith(".required") else ""
