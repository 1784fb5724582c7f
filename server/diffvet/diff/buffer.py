"""An unsaved editor buffer against HEAD, another commit or the index, with the hunks git itself would find.

The base is the blob there in the form it has in the working tree (line ends converted, the user's smudge
filters applied, the repository's not), because that is what an editor shows.
"""

from dataclasses import replace
from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.model import Status
from diffvet.diff.neutral import DIFF_FLAGS
from diffvet.diff.quoting import to_bytes
from diffvet.diff.section import BINARY, HIDDEN_BY_ATTRIBUTE, UNMERGED, FileSection
from diffvet.diff.undiffed import hidden_by_attribute, is_binary
from diffvet.diff.untracked import added_body
from diffvet.errors import GitError

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_HUNK = b"\n@@ -"


def buffer_section(
    git: Git, base: str | None, path: str, content: bytes, *, staged: bool = False
) -> FileSection | None:
    """The change of ``path`` (from the root) when it is saved with ``content``; None if there is none.

    It is compared with the commit ``base`` (None: with nothing), if ``staged`` with the index. ``git`` stands at
    the root and has the repository's filters neutralised.
    """
    entry = _staged_entry(git, path) if staged else _entry(git, base, path)
    if entry is None:
        return None if _left_out(git, path) else _added(git, path, content)
    mode, kind, blob = entry
    if kind == UNMERGED:
        return FileSection(path, Status.MODIFIED, hidden=UNMERGED)
    if kind != "blob" or mode == "120000":
        return None
    before = _worktree_form(git, path, blob)
    section = FileSection(path, Status.MODIFIED, old_mode=mode, new_mode=mode, old_blob=blob)
    return None if before == content else _modified(git, section, before, content)


def _modified(git: Git, section: FileSection, before: bytes, content: bytes) -> FileSection:
    """``section`` with what became of the text, or why that is not shown."""
    if before.startswith(_LFS_POINTER):
        return replace(section, hidden="stored by git-lfs")
    reason = _reason(git, section.path, before, content)
    if reason is not None:
        return replace(section, binary=reason == BINARY, hidden=reason)
    return replace(section, body=_hunks(git, before, content))


def _entry(git: Git, head: str | None, path: str) -> tuple[str, str, str] | None:
    """Mode, type and object name of ``path`` in ``head``."""
    if head is None:
        return None
    out = git.run(["ls-tree", "-z", "--full-tree", head, "--", path])
    facts, _, name = out.partition(b"\0")[0].partition(b"\t")
    if name != to_bytes(path):
        return None
    mode, kind, blob = facts.decode("ascii").split(" ")
    return mode, kind, blob


def _staged_entry(git: Git, path: str) -> tuple[str, str, str] | None:
    """The same of the index; its kind is ``UNMERGED`` while several versions stand there."""
    entries = git.run(["ls-files", "--stage", "-z", "--", path]).split(b"\0")
    found = [
        facts.decode("ascii").split(" ")
        for facts, _, name in (e.partition(b"\t") for e in entries)
        if name == to_bytes(path)
    ]
    if not found:
        return None
    mode, blob, stage = found[0]
    kind = UNMERGED if stage != "0" else "commit" if mode == "160000" else "blob"
    return mode, kind, blob


def _left_out(git: Git, path: str) -> bool:
    """Whether git would never take ``path``: ignored, in ``.git``, behind a link, in a submodule."""
    if path == "." or ".git" in path.split("/"):
        return True
    try:
        return bool(
            git.run(["check-ignore", "-z", "--stdin"], stdin=b"./" + to_bytes(path) + b"\0", ok=(0, 1))
        )
    except GitError as error:
        if "beyond a symbolic link" in str(error) or "submodule" in str(error):
            return True
        raise


def _added(git: Git, path: str, content: bytes) -> FileSection:
    reason = _reason(git, path, content)
    if reason is not None:
        return FileSection(path, Status.ADDED, new_mode="100644", binary=reason == BINARY, hidden=reason)
    return FileSection(path, Status.ADDED, added_body(content), new_mode="100644")


def _reason(git: Git, path: str, *texts: bytes) -> str | None:
    """Why git would not show these texts of ``path``; None where it would."""
    if any(map(is_binary, texts)):
        return BINARY
    return HIDDEN_BY_ATTRIBUTE if hidden_by_attribute(git, [to_bytes(path)]) else None


def _worktree_form(git: Git, path: str, blob: str) -> bytes:
    """The blob as a checkout would write it, but in UTF-8: an editor's text has no other encoding."""
    asked = to_bytes(path) + b"\0"
    answer = git.run(["check-attr", "-z", "--stdin", "working-tree-encoding"], stdin=asked).split(b"\0")
    if answer[2:3] not in ([b"unspecified"], [b"unset"]):
        return git.run(["cat-file", "blob", blob])
    return git.run(["cat-file", "--filters", f"--path={path}", blob])


def _hunks(git: Git, old: bytes, new: bytes) -> bytes:
    """The hunks between two texts, by ``git diff --no-index`` outside of any repository."""
    import tempfile  # noqa: PLC0415 - costs 5 ms, and only an editor needs it

    with tempfile.TemporaryDirectory(prefix="diffvet-") as made:
        place = Path(made).resolve()
        (place / "old").write_bytes(old)
        (place / "new").write_bytes(new)
        patch = Git(place, alone=True, turn=git.turn).run(
            ["diff", "--no-index", "--text", *DIFF_FLAGS, "--", "old", "new"],
            ok=(0, 1),
        )
    start = patch.find(_HUNK) + 1
    return patch[start:] if start else b""
