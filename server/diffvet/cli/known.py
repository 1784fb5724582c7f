"""The baseline that counts for a run: as it lies here, or as the commit compared with has it."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.assembly import known_findings
from diffvet.cli.main import complain
from diffvet.errors import UsageError

if TYPE_CHECKING:
    from diffvet.diff.source import DiffStream
    from diffvet.settings.loaded import Loaded


def known_to(stream: "DiffStream", loaded: "Loaded") -> Collection[str]:
    """The fingerprints that are accepted; raises ``BaselineError`` and ``UsageError``.

    What the change itself adds to the baseline is said, where it does not count.
    """
    if loaded.settings.baseline_from == "tree":
        return known_findings(loaded)
    accepted = _of_base(stream, loaded)
    added = set(_here(loaded)).difference(accepted)
    if added:
        entries = "1 entry" if len(added) == 1 else f"{len(added)} entries"
        complain(f"the change adds {entries} to the baseline, which do not count (baseline_from is 'base')")
    return accepted


def _of_base(stream: "DiffStream", loaded: "Loaded") -> Collection[str]:
    from diffvet.diff.repository import Repository  # noqa: PLC0415 - with a baseline of the base only
    from diffvet.review.baseline_file import parse  # noqa: PLC0415

    if stream.root is None or stream.base is None:
        raise UsageError(
            "baseline_from is 'base', but what is reviewed is compared with no commit; use 'tree', or name a --base"
        )
    repository = Repository.find(stream.root)
    path = repository.pathspec(loaded.directory, str(loaded.baseline_place().absolute()))
    content = repository.content(stream.base, path)
    return parse(content.decode("utf-8", "replace"), Path(path)) if content is not None else ()


def _here(loaded: "Loaded") -> Collection[str]:
    """What is accepted here; nothing where that cannot be read: it does not count."""
    from diffvet.review.baseline import BaselineError  # noqa: PLC0415 - with a baseline of the base only

    try:
        return known_findings(loaded)
    except BaselineError:
        return ()
