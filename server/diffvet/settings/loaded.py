"""The settings of a run with who said them, and what a folder of a monorepo changes for its paths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from diffvet.errors import SettingsError
from diffvet.settings.files import OWN, PROJECT, Stamp, folders_above, stamps, tables_in
from diffvet.settings.layers import Layer, Speaker, read_table
from diffvet.settings.merge import Verdict, merge
from diffvet.settings.model import Settings
from diffvet.settings.origin import Kind, Origin
from diffvet.settings.wording import several

BASELINE = ".diffvet-baseline.json"
"""The baseline of a repository that names none, where it exists."""


@dataclass(frozen=True, slots=True)
class ForPath:
    """What holds for one path.

    ``sources`` are the files and tables that speak for it, from the weakest to the strongest; ``verdict`` says
    whether it is reviewed, and why. Only options marked ``Scope.FOLDER`` can differ from the run's.
    """

    settings: Settings
    origins: Mapping[str, Origin]
    sources: Sequence[Origin]
    verdict: Verdict
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings of a run, with the origin of each option.

    ``root`` is the top of the repository, None outside of one; ``before`` and ``after`` are the layers below
    and above the files in the repository's folders. ``seen`` is what stood where settings may be, when it was read.
    """

    settings: Settings
    origins: Mapping[str, Origin]
    directory: Path
    root: Path | None
    before: Sequence[Layer]
    after: Sequence[Layer]
    seen: dict[Path, Stamp] = field(default_factory=dict, repr=False)
    _folders: dict[str, tuple[Sequence[Layer], Sequence[str]]] = field(default_factory=dict, repr=False)

    def settings_for(self, path: str) -> ForPath:
        """What holds for ``path``, relative to the root with forward slashes; raises ``SettingsError``.

        The nearest ``diffvet.toml`` or ``[tool.diffvet]`` wins, option by option; then what the environment
        and the command line say. For a path that leads out of the repository no file is looked for.
        """
        found = self.examine_path(path)
        if found.problems:
            raise SettingsError(several(found.problems))
        return found

    def examine_path(self, path: str) -> ForPath:
        """The same with the problems of its files listed; what they spoil is left out."""
        nested: list[Layer] = []
        problems: list[str] = []
        for folder, place in folders_above(self.root, path) if self.root else ():
            layers, wrong = self._folder(folder, place)
            nested += layers
            problems += wrong
        merged = merge((*self.before, *nested, *self.after), path)
        problems += merged.problems
        return ForPath(merged.settings(), merged.origins, merged.sources, merged.verdict, problems)

    def is_current(self) -> bool:
        """Whether every file that was read, or looked for, is still what it was."""
        seen = dict(self.seen)
        return stamps(*seen) == seen

    def baseline(self) -> Path | None:
        """The baseline file; None where none is named and the usual one does not exist.

        A file of the repository means a path from the root, anybody else one from the directory of the run.
        Raises ``SettingsError`` for a file of the repository that is a link out of it.
        """
        root = self.root or self.directory
        named, origin = self.settings.baseline, self.origins["baseline"]
        if named and origin.kind is not Kind.REPOSITORY_FILE:
            return self.directory / Path(named).expanduser()
        path = root / (named or BASELINE)
        if not path.resolve().is_relative_to(root.resolve()):
            raise SettingsError(f"the baseline {path} leads out of the repository; it is not read")
        return path if named or path.is_file() else None

    def baseline_place(self) -> Path:
        """The baseline file, whether it is there or not: where a first one is to be written; raises as ``baseline``."""
        return self.baseline() or (self.root or self.directory) / BASELINE

    def _folder(self, folder: str, place: Path) -> tuple[Sequence[Layer], Sequence[str]]:
        """What the files of one folder say, and what is wrong with them; read once."""
        if folder not in self._folders:
            self.seen.update(stamps(place / PROJECT, place / OWN))
            self._folders[folder] = read_folder(place, folder, self.root or place)
        return self._folders[folder]


def read_folder(place: Path, folder: str, root: Path) -> tuple[Sequence[Layer], Sequence[str]]:
    """The layers of the files in ``place``, which is called ``folder`` from ``root``, and their problems."""
    layers: list[Layer] = []
    problems: list[str] = []
    for path, table in tables_in(place, root):
        if isinstance(table, SettingsError):
            problems.append(str(table))
        else:
            layers.append(read_table(table, Speaker.repository(path, folder), problems))
    return layers, problems
