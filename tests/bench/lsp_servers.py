"""The language servers that ``bench_lsp.py`` compares, and the repository they all look at."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build" / "bench-lsp"

PEERS = {
    "ruff server": (["ruff==0.17.6"], ["ruff", "server"]),
    "pylsp": (["python-lsp-server==1.15.0", "pyflakes==4.1.0"], ["pylsp"]),
    "jedi-language-server": (["jedi-language-server==0.47.0", "pygls==2.1.1"], ["jedi-language-server"]),
}
"""Name to what is installed, and how it is started."""

SOURCES = ("cli/check.py", "diff/source.py", "review/settle.py", "store/journal.py", "settings/files.py")

MORE = "more"
"""Where the rest of our package stands in the repository, changed like the five files: a review that takes seconds."""

RISKY = "    done = subprocess.run(command_{0}, shell=True)\n"
"""A line that Diffvet and the trivial server report."""

RISKS = (
    RISKY,
    "    found = eval(text_{0})\n",
    "    got = requests.get(url_{0}, verify=False)\n",
    "    put = pickle.loads(data_{0})\n",
    "    run = os.system(words_{0})\n",
    "    mark = hashlib.md5(word_{0})\n",
    "    conf = yaml.load(text_{0})\n",
)
"""Lines of several rules: of one rule and prompt, only the first hundred are told."""

BROKEN = "def broken(:\n    import os\n"
"""What the others report: they look for errors in the text, not for risks in the change."""


@dataclass(frozen=True)
class Server:
    """A server: ``text`` is the file in which it is known to find something."""

    name: str
    command: Sequence[str]
    text: str
    env: Mapping[str, str] = field(default_factory=dict)


def servers(changed: str) -> tuple[list[Server], dict[str, str]]:
    """Those that can be had, ours first; and why the others cannot."""
    broken = changed + BROKEN
    found = [
        Server("diffvet lsp", [str(Path(sys.executable).parent / "diffvet"), "lsp"], changed),
        Server("trivial pygls server", [sys.executable, str(HERE / "lsp_trivial.py")], changed),
    ]
    missing: dict[str, str] = {}
    for name, (packages, (program, *words)) in PEERS.items():
        where, reason = provide(program, packages)
        if where is None:
            missing[name] = reason
        else:
            found.append(Server(name, [str(where), *words], broken))
    return found, missing


def provide(program: str, packages: Sequence[str]) -> tuple[Path | None, str]:
    """The path of ``program``, installed in an environment of its own when it is missing; else None and the reason."""
    place = BUILD / program
    path = place / "bin" / program
    if not path.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, capture_output=True)
            pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            done = subprocess.run([*pip, *packages], capture_output=True, text=True, check=False, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            return None, f"cannot be installed: {type(error).__name__}"
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            return None, f"cannot be installed: {last[:120]}"
    return path, ""


def environment(home: Path) -> dict[str, str]:
    """One in which neither this machine's settings nor its git configuration count."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def make_repository(place: Path) -> dict[Path, str]:
    """A repository with an ordinary change of five files: about one line in nine is new, two of them are risky."""
    package = HERE.parents[1] / "server" / "diffvet"
    texts = {place / Path(name).name: (package / name).read_text().splitlines(True) for name in SOURCES}
    more = {
        place / MORE / path.relative_to(package): path.read_text().splitlines(True)
        for path in package.rglob("*.py")
    }
    for path, lines in (texts | more).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(line for number, line in enumerate(lines) if number % 40 < 35))
    commit(place)
    for path, lines in more.items():
        path.write_text("".join(lines))
    changed = {}
    for path, lines in texts.items():
        risky = [RISKY.format(number) for number in range(2)]
        changed[path] = "".join([*lines, "\n\ndef run(command_0, command_1):\n", *risky])
        path.write_text(changed[path])
    return changed


def commit(place: Path) -> None:
    """All that is in ``place``, as the first commit there."""
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "commit", "-q", "-m", "before"],
    ):
        subprocess.run(["git", *words], cwd=place, check=True, capture_output=True)
