"""Fills ``bundled/``: Diffvet itself, its pure dependencies once, its compiled ones per CPython for this platform.

Standard library and pip only. The wheels are kept under ``build/`` of the checkout, so that a second run works offline.
Usage: ``python bundle.py``; versions come from ``constraints.txt`` and ``pyproject.toml``.
"""  # noqa: INP001 - a script, not a package

import argparse
import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from launch import platform_name

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
CONSTRAINTS = CHECKOUT / "constraints.txt"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# pip reads environment markers as this Python; what an older one needs in addition is named here.
ALSO = ("typing_extensions",)
QUIETLY = ("--quiet", "--retries=1", "--disable-pip-version-check")
LICENCE = re.compile(r"licen[cs]e|copying|notice|authors", re.IGNORECASE)


class BundleError(Exception):
    """What went wrong, in one sentence."""


class NoWheelError(BundleError):
    """The package index answers, but has no wheel that fits."""


def main() -> int:
    """Build ``bundled/``; 1 and one sentence when that is not possible."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    try:
        check_version()
        wheels = download(requirements())
        report = bundle(wheels, HERE / "bundled")
    except BundleError as error:
        sys.stderr.write(f"bundle.py: {error}\n")
        return 1
    sys.stdout.write(report + "\n")
    return 0


def check_version() -> None:
    """The extension carries the server's version; two numbers would hide what a user runs."""
    extension = json.loads((HERE / "package.json").read_text("utf-8"))["version"]
    source = ast.parse((CHECKOUT / "server" / "diffvet" / "__init__.py").read_text("utf-8"))
    server = next(
        ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"
    )
    if extension != server:
        raise BundleError(
            f"package.json says {extension}, diffvet.__version__ says {server}; make them equal"
        )


def requirements() -> list[str]:
    """What ``diffvet[lsp]`` needs, from pyproject.toml."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["lsp"], *ALSO]


def download(wanted: list[str]) -> Path:
    """A folder with all wheels: one per pure project, one per CPython of each compiled one."""
    said = "\n".join([*wanted, *PYTHONS, platform_name(), sys.version]).encode() + CONSTRAINTS.read_bytes()
    place = CHECKOUT / "build" / "vsix-wheels" / hashlib.sha256(said).hexdigest()[:16]
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=place.parent) as scratch:
        made = Path(scratch) / "wheels"
        oldest, *newer = PYTHONS
        pip_download(made, oldest, wanted)
        compiled = [pin(wheel) for wheel in made.iterdir() if not is_pure(wheel)]
        for python in newer:
            try:
                pip_download(made, python, ["--no-deps", *compiled])
            except NoWheelError as error:
                sys.stderr.write(f"bundle.py: left out: {error}\n")
        made.rename(place)
    return place


def pip_download(place: Path, python: str, arguments: list[str]) -> None:
    """Binary wheels for CPython ``python`` on this platform; nothing is built or run."""
    pip = [sys.executable, "-m", "pip", "download", *QUIETLY, "--dest", str(place)]
    target = ["--only-binary=:all:", "--implementation", "cp", "--python-version", python]
    done = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [*pip, *target, "-c", str(CONSTRAINTS), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=HERE,
    )
    if done.returncode == 0:
        return
    if "connection broken" in done.stderr:  # pip then blames the versions it could not look up
        raise BundleError(
            f"the wheels for Python {python} are not in build/ and the package index cannot be reached"
        )
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    raise NoWheelError(f"no wheels for Python {python}: {errors[0] if errors else done.stderr.strip()}")


def is_pure(wheel: Path) -> bool:
    """Whether a wheel runs on any Python and platform, by its file name (PEP 427)."""
    return wheel.name.endswith("-none-any.whl")


def pin(wheel: Path) -> str:
    """``name==version`` of a wheel's file name."""
    name, version, *_ = wheel.name.split("-")
    return f"{name}=={version}"


def libs_of(wheel: Path) -> str:
    """The folder under ``libs`` for a wheel; see ``libs_name`` in launch.py, which looks for it."""
    if is_pure(wheel):
        return "pure"
    abi = wheel.name.removesuffix(".whl").split("-")[-2]
    return f"{abi.replace('cp', 'cpython-')}-{platform_name()}"


def bundle(wheels: Path, place: Path) -> str:
    """Write ``place`` anew from ``wheels`` and the checkout; a line that says what it holds."""
    shutil.rmtree(place, ignore_errors=True)
    for wheel in sorted(wheels.glob("*.whl")):
        unpack(wheel, place / "libs" / libs_of(wheel))
    source = CHECKOUT / "server" / "diffvet"
    shutil.copytree(
        source, place / "libs" / "pure" / "diffvet", ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    shutil.copy(HERE / "launch.py", place / "launch.py")
    names = sorted(libs.name for libs in (place / "libs").iterdir() if libs.name != "pure")
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    return f"bundled {size / 1e6:.0f} MB for {', '.join(names)}"


def unpack(wheel: Path, place: Path) -> None:
    """Extract the files of ``wheel`` that running needs or that its licence asks to keep."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place, members=wanted(archive.namelist()))


def wanted(members: Iterable[str]) -> list[str]:
    """Names in a wheel without tests, type stubs, scripts and installer records."""
    return [name for name in members if is_wanted(PurePosixPath(name))]


def is_wanted(member: PurePosixPath) -> bool:
    """See ``wanted``."""
    top = member.parts[0]
    if top.endswith(".dist-info"):
        return member.name == "METADATA" or bool(LICENCE.search(str(member)))
    return not top.endswith(".data") and not {"tests", "test"} & set(member.parts) and member.suffix != ".pyi"


if __name__ == "__main__":
    sys.exit(main())
