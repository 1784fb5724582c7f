"""Puts the script into a hooks folder and takes it away again, without ever losing a hook that was there.

A hook is written beside its place and moved there in one step, so that git finds the old one or the new one.
The old one gets a second name first. The pre-commit framework does the like with ours, as ``NAME.legacy``.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diffvet.errors import UsageError
from diffvet.hooks.script import KEPT, is_changed, is_framework, is_ours, script
from diffvet.replacing import replace_file

MODE = 0o755
"""Others may share a hooks folder; git's own samples have it too."""


@dataclass(frozen=True, slots=True)
class Place:
    """The hook ``name`` in ``folder``."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """What git runs."""
        return self.folder / self.name

    @property
    def kept(self) -> Path:
        """The hook that was there before."""
        return self.folder / f"{self.name}{KEPT}"

    @property
    def ours(self) -> Path | None:
        """Our script: what git runs, or what the framework runs first; None where there is none."""
        legacy = self.folder / f"{self.name}.legacy"
        if is_ours(self.path):
            return self.path
        return legacy if is_framework(self.path) and is_ours(legacy) else None


def install(place: Place, *, force: bool = False) -> str:
    """Put the script there, or renew it; returns what was done, in words. Raises ``UsageError``, ``OSError``.

    ``force`` overwrites a script of ours that was changed by hand.
    """
    text = script(place.name)
    ours = place.ours
    if ours is not None:
        _refuse_changed(ours, force=force)
        if ours.read_text("utf-8", "surrogateescape") == text and os.access(ours, os.X_OK):
            return f"is already installed: {ours}"
        _write(ours, text)
        return f"renewed: {ours}"
    place.folder.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(place.path):
        _write(place.path, text)
        return f"installed: {place.path}"
    if place.path.is_dir():
        raise UsageError(f"{place.path} is a directory; git cannot run it, and it is in the way")
    _keep(place)
    _write(place.path, text)
    runs = "which runs first" if os.access(place.kept, os.X_OK) else "which git did not run either"
    return f"installed: {place.path}, keeping the hook that was there as {place.kept.name}, {runs}"


def uninstall(place: Place, *, force: bool = False) -> str:
    """Take the script away and put the kept hook back; returns what was done, in words."""
    ours = place.ours
    if ours is None:
        left = f"; {place.kept} was kept for a hook that is no longer there" * os.path.lexists(place.kept)
        return f"is not installed{left}"
    _refuse_changed(ours, force=force)
    if not os.path.lexists(place.kept):
        ours.unlink()
        return f"removed: {ours}"
    if ours != place.path and is_framework(
        place.kept
    ):  # its newer hook is in place and would refuse the old one
        ours.unlink()
        place.kept.unlink()
        return f"removed: {ours}; the pre-commit framework's hook stays"
    place.kept.replace(ours)
    return f"removed, and the hook that was there before is back: {ours}"


def _refuse_changed(ours: Path, *, force: bool) -> None:
    if is_changed(ours) and not force:
        raise UsageError(f"{ours} was changed by hand since it was installed; look at it, then use --force")


def _keep(place: Place) -> None:
    """Give the present hook its second name; it keeps the first until ours takes it."""
    if os.path.lexists(place.kept) and not place.kept.samefile(place.path):
        raise UsageError(
            f"{place.path} has taken the place of a Diffvet hook that had kept {place.kept.name}; "
            "look at both, and delete or rename one"
        )
    with suppress(FileExistsError):  # it has it already: an installation that was killed in between
        try:
            os.link(place.path, place.kept, follow_symlinks=False)
        except (OSError, NotImplementedError) as error:
            if isinstance(error, FileExistsError):
                raise
            place.path.rename(place.kept)  # a file system without second names


def _write(path: Path, text: str) -> None:
    replace_file(path, text.encode("utf-8", "surrogateescape"), mode=MODE, follow=False)
