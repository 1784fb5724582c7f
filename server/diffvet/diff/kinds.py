"""What a path says about its content: product code, tests, documentation, generated or vendored files."""

import re
from enum import StrEnum
from functools import lru_cache


class Place(StrEnum):
    """The class of a path. A risk in product code is not the same risk in a test."""

    CODE = "code"
    TESTS = "tests"
    DOCS = "docs"
    GENERATED = "generated"
    VENDORED = "vendored"


LOCK_FILES = frozenset(
    (
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "pnpm-lock.yml",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
        "pipfile.lock",
        "conda-lock.yml",
        "cargo.lock",
        "gemfile.lock",
        "composer.lock",
        "go.sum",
        "go.work.sum",
        "packages.lock.json",
        "paket.lock",
        "pubspec.lock",
        "podfile.lock",
        "package.resolved",
        "cartfile.resolved",
        "mix.lock",
        "rebar.lock",
        "flake.lock",
        "gradle.lockfile",
        "module.bazel.lock",
        ".terraform.lock.hcl",
    )
)
"""Names, in lower case, of files in which a package manager writes down what it resolved."""

_LOCKS = "|".join(sorted(map(re.escape, LOCK_FILES)))

_PLACES = (
    (
        Place.VENDORED,
        (r"(^|/)(vendor|vendored|_vendor|node_modules|third[_-]?party|site-packages|bower_components|external|dist|"
        r"\.yarn|pods)/|(^|/)vendor/"),
    ),
    (
        Place.GENERATED,
        (rf"(^|/)({_LOCKS})$|"
        r"\.(min\.(js|css)|map|snap|lock|svg|ipynb|pb\.go|g\.dart|designer\.cs|csv|tsv|po|pot|geojson)$|_pb2(_grpc)?\.pyi?$|"
        r"(^|/)(generated|__generated__|__snapshots__|\.generated)/|[._-]generated\."),
    ),
    (
        Place.TESTS,
        (r"(^|/)(tests?|__tests__|specs?|testing|testdata|test[_-]data|fixtures?|__mocks__|mocks?|e2e|testsuite|benchmarks?|"
        r"examples?|samples?|demos?|[\w-]*[_-]tests?|test[_-][\w-]*)/|"
        r"(^|/)(test_[^/]*|conftest)\.py$|[^/]_tests?\.(py|go|rb|cc|cpp|c|exs|rs|dart)$|_spec\.rb$|"
        r"\.(test|spec|stories|cy)\.[cm]?[jt]sx?$|[a-z0-9]tests?\.(java|kt|cs|php|swift|scala)$|"
        r"(^|/)src/(test|it|integrationtest|androidtest)/"),
    ),
    (Place.DOCS, r"\.(md|mdx|rst|adoc|txt)$|(^|/)(docs?|documentation|man)/|(^|/)(changelog|changes|news|license|readme)[^/]*$"),
)  # fmt: skip

_PINNED = re.compile(
    r"(^|/)(requirements|constraints)[^/]*\.(txt|in)$|(^|/)requirements/|(^|/)cmakelists\.txt$", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def place_of(path: str) -> Place:
    """The class of ``path``; the first that fits of vendored, generated, tests, docs, code."""
    lowered = path.lower()
    for place, pattern in _PLACES:
        if place is Place.DOCS and _PINNED.search(lowered):
            continue
        if re.search(pattern, lowered):
            return place
    return Place.CODE


def is_lock_file(path: str) -> bool:
    """Whether ``path`` is a file in which a package manager writes down what it resolved."""
    return path.rpartition("/")[2].lower() in LOCK_FILES
