"""``diffvet.server.nextFinding`` and ``previousFinding`` (``workspace/executeCommand``): from finding to finding of a root.

Both answer with a location, null where nothing is shown in the root; a client that opens documents is asked to open it
as well.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from diffvet.lsp.convert import as_json, path_of, text_range
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.session import Session

NEXT = "diffvet.server.nextFinding"
PREVIOUS = "diffvet.server.previousFinding"


def next_finding(session: Session, *arguments: Any) -> dict[str, Any] | None:
    """The first finding that begins behind ``[uri, position]``, in the files of the root by name; after the last the first."""
    path, position = _spot(arguments, NEXT)
    files = _files(session, path)
    here = (
        [where for where in _ranges(session, files[0]) if where.start > position] if _at(files, path) else ()
    )
    if here:
        return _opened(session, files[0], here[0])
    others = files[1:] + files[:1] if _at(files, path) else files
    return _opened(session, others[0], _ranges(session, others[0])[0]) if others else None


def previous_finding(session: Session, *arguments: Any) -> dict[str, Any] | None:
    """The last finding that ends before ``[uri, position]``, in the files of the root by name; before the first the last."""
    path, position = _spot(arguments, PREVIOUS)
    files = _files(session, path)
    here = [where for where in _ranges(session, files[0]) if position > where.end] if _at(files, path) else ()
    if here:
        return _opened(session, files[0], here[-1])
    return _opened(session, files[-1], _ranges(session, files[-1])[-1]) if files else None


def _spot(arguments: tuple[Any, ...], command: str) -> tuple[Path, types.Position]:
    """The file and the position that a command was given; raises ``JsonRpcInvalidParams``."""
    uri, said = arguments if len(arguments) == len(("uri", "position")) else (None, None)
    path = path_of(uri) if isinstance(uri, str) else None
    numbers = [said.get(name) for name in ("line", "character")] if isinstance(said, dict) else [None]
    if path is None or not all(type(number) is int and number >= 0 for number in numbers):
        raise JsonRpcInvalidParams(f"{command} takes a file's URI and a position in it")
    return path, types.Position(*numbers)


def _files(session: Session, path: Path) -> list[ReviewedFile]:
    """The files of the root of ``path`` that show findings: by name, beginning with its own or the next one."""
    root = session.roots.of(path)
    shown = [file for file in session.files_of(root) if file.standing and not file.is_gone] if root else []
    shown.sort(key=lambda file: (file.document.path < path, file.document.path))
    return shown


def _at(files: Sequence[ReviewedFile], path: Path) -> bool:
    return bool(files) and files[0].document.path == path


def _ranges(session: Session, file: ReviewedFile) -> list[types.Range]:
    """Where the findings of ``file`` stand, in order."""
    lines, encoding = file.document.lines, session.capabilities.encoding
    found = [text_range(lines, *span, encoding) for span, _ in file.standing]
    if not file.is_open:
        file.document.pack(session.shelf)
    return sorted(found, key=lambda where: (where.start.line, where.start.character))


def _opened(session: Session, file: ReviewedFile, where: types.Range) -> dict[str, Any]:
    uri = file.document.uri
    if session.capabilities.show_document:
        session.client.show_document(uri, where)
    return {"uri": uri, "range": as_json(where)}
