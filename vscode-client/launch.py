"""Starts the bundled Diffvet: puts the libraries for this Python on the path and runs its command line.

The folder beside this file holds ``libs/pure`` (for every Python) and one ``libs/<tag>`` per CPython version with the
compiled dependencies. A Python without such a folder can still run a Diffvet of its own (``pip install diffvet``).
"""  # noqa: INP001 - a script that is started by path, not a package

import importlib
import importlib.util
import os
import platform
import sys
import sysconfig

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib costs more than all of this file


def platform_name() -> str:
    """The operating system, C library and machine that compiled code depends on, such as ``linux-gnu-x86_64``."""
    libc = ""
    if sys.platform == "linux":
        libc = "-musl" if "musl" in (sysconfig.get_config_var("SOABI") or "") else "-gnu"
    return f"{sys.platform}{libc}-{platform.machine().lower()}"


def libs_name() -> str:
    """The folder of compiled dependencies for this Python, such as ``cpython-312-linux-gnu-x86_64``."""
    threads = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
    return f"{sys.implementation.cache_tag}{threads}-{platform_name()}"


def main() -> int:
    """Run the command line with the arguments after this file's name; its exit code, or 2 when it cannot run."""
    libs = os.path.join(HERE, "libs")  # noqa: PTH118 - see HERE
    compiled = os.path.join(libs, libs_name())  # noqa: PTH118 - see HERE
    if os.path.isdir(compiled):  # noqa: PTH112 - see HERE
        sys.path[:0] = [os.path.join(libs, "pure"), compiled]  # noqa: PTH118 - see HERE
    elif importlib.util.find_spec("diffvet") is None:
        sys.stderr.write(
            f"This extension bundles no libraries for {libs_name()}; choose another Python in the setting "
            f"diffvet.interpreter, or run: {sys.executable} -m pip install 'diffvet[lsp]'\n"
        )
        return 2
    importlib.import_module("diffvet.cli.main").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
