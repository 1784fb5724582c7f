"""How git is asked so that nobody's configuration plays a part: its pinned words, and its scrubbed environment.

Environment variables beginning with ``GIT_`` are dropped, with two exceptions. Those that name the
user's own configuration files and discovery limits stay. Those that say where the repository and its
index are stay while running as a hook, that is: git set ``GIT_INDEX_FILE`` or ``GIT_DIR``, and the
directory asked about is the process's own working directory (``git commit -a`` and ``git commit PATH``
show the hook an index that is not ``.git/index``). Their relative paths are made absolute first.

A ``PATH`` may name folders relative to the working directory (``.``, or an empty entry); there the repository would
choose the program, so they are passed over, by us and by git.

On the path of a remembered check, hence without ``pathlib``, ``typing`` and the like.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEUTRAL = (
    "--no-pager",
    "--no-replace-objects",
    *("-c", "core.quotePath=false"),
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "color.ui=false"),
    *("-c", "diff.noprefix=false"),
    *("-c", "diff.mnemonicPrefix=false"),
    *("-c", "diff.suppressBlankEmpty=false"),
    *("-c", "diff.interHunkContext=0"),
    *("-c", "diff.relative=false"),
    *("-c", "core.bigFileThreshold=512m"),
    *("-c", "diff.indentHeuristic=true"),
    *("-c", "diff.autoRefreshIndex=true"),
)
"""Options of git itself, before the subcommand (``--literal-pathspecs`` is added where it is taken)."""

DIFF_FLAGS = (
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--submodule=short",
    "--ignore-submodules=dirty",
    "--diff-algorithm=default",  # as a flag it also outranks diff.<driver>.algorithm
    "--full-index",
    "--abbrev=64",
    f"-O{os.devnull}",
    "-l1000",
    "-M",
    "-U3",
)
"""Options of every ``git diff`` of ours; the same change gives the same bytes on every machine."""

_HOOK_PATHS = frozenset(
    ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"),
)
_HOOK_LISTS = frozenset(("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"))
_USERS_OWN = frozenset(
    (
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CEILING_DIRECTORIES",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    ),
)
_IMPOSED = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PAGER": "cat",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "LC_ALL": "C",
}


_NAME = "git.exe" if os.name == "nt" else "git"


def program(inherited: "Mapping[str, str]") -> str:
    """The git on ``PATH``, with its folder. Raises ``FileNotFoundError`` where there is none."""
    for folder in _folders(inherited):
        found = os.path.join(folder, _NAME)  # noqa: PTH118 - see above
        if os.access(found, os.X_OK) and os.path.isfile(found):  # noqa: PTH113 - see above
            return found
    raise FileNotFoundError(_NAME)


def _folders(inherited: "Mapping[str, str]") -> list[str]:
    """The folders of ``PATH`` that are the same wherever one stands."""
    named = inherited.get("PATH", os.defpath).split(os.pathsep)
    return [folder for folder in named if os.path.isabs(folder)]  # noqa: PTH117 - see above


def environment(
    inherited: "Mapping[str, str]",
    *,
    hook: bool = False,
    settings: "Sequence[tuple[str, str]]" = (),
) -> dict[str, str]:
    """What git is started with, made of the environment we were started with."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("GIT_")}
    kept |= {name: inherited[name] for name in _USERS_OWN if name in inherited}
    if hook:
        here = os.getcwd()  # noqa: PTH109 - see above
        kept |= {name: os.path.join(here, inherited[name]) for name in _HOOK_PATHS if inherited.get(name)}  # noqa: PTH118
        kept |= {name: inherited[name] for name in _HOOK_LISTS if name in inherited}
    kept |= _IMPOSED
    kept["PATH"] = os.pathsep.join(_folders(inherited))
    kept.pop("LANGUAGE", None)  # it would outrank LC_ALL for messages
    for number, (name, value) in enumerate(settings):
        kept[f"GIT_CONFIG_KEY_{number}"] = name
        kept[f"GIT_CONFIG_VALUE_{number}"] = value
    if settings:
        kept["GIT_CONFIG_COUNT"] = str(len(settings))
    return kept


def is_hook(directory: "str | os.PathLike[str]", inherited: "Mapping[str, str]") -> bool:
    """Whether git started us as a hook of the repository that ``directory`` belongs to."""
    if not (inherited.get("GIT_INDEX_FILE") or inherited.get("GIT_DIR")):
        return False
    try:
        return os.path.realpath(directory) == os.path.realpath(os.getcwd())  # noqa: PTH109 - see above
    except OSError:
        return False
