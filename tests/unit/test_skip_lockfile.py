"""A lock file's change is told in a few sentences: what came, went and moved, and what should alarm."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
from diffvet.review.locked import READERS
from diffvet.review.lockfile import LONGEST, summary


def change(path, old, new):
    """``old`` against ``new`` as git would show it: three lines of context."""
    before, after = old.split("\n"), new.split("\n")
    hunks = []
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(3):
        rows = []
        for tag, a, b, c, d in group:
            if tag == "equal":
                rows += [
                    DiffLine(LineKind.CONTEXT, a + n + 1, c + n + 1, before[a + n]) for n in range(b - a)
                ]
            else:
                rows += [DiffLine(LineKind.REMOVED, n + 1, None, before[n]) for n in range(a, b)]
                rows += [DiffLine(LineKind.ADDED, None, n + 1, after[n]) for n in range(c, d)]
        olds = [row.old for row in rows if row.old]
        news = [row.new for row in rows if row.new]
        hunks.append(Hunk(min(olds, default=0), len(olds), min(news, default=0), len(news), "", tuple(rows)))
    return FileChange(path, Status.MODIFIED, tuple(hunks))


def told(path, old, new):
    said = summary(change(path, old, new))
    assert said is not None
    return said


NPM = ".".join(("registry", "npmjs", "org"))
FILES = ".".join(("files", "pythonhosted", "org"))


def npm(name, version="1.0.0", host=f"https://{NPM}", integrity="sha512-aaa"):
    rows = [f'    "node_modules/{name}": {{', f'      "version": "{version}",']
    rows.append(f'      "resolved": "{host}/{name}/-/{name}-{version}.tgz",')
    rows += [f'      "integrity": "{integrity}",'] if integrity else []
    return "\n".join(
        [*rows, '      "license": "MIT",', '      "engines": {', '        "node": ">=8"', "      }", "    },"]
    )


def lock(*entries):
    return "\n".join(["{", '  "lockfileVersion": 3,', '  "packages": {', *entries, "  }", "}"])


CARGO = '[[package]]\nname = "{0}"\nversion = "{1}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "{2}"\n'
UV = '[[package]]\nname = "{0}"\nversion = "{1}"\nsource = {{ registry = "https://PYPI" }}\nsdist = {{ url = "https://FILES/{0}.tar.gz", hash = "sha256:{2}", size = 1 }}\n'.replace(
    "PYPI", "/".join(("pypi.org", "simple"))
).replace("FILES", FILES)
POETRY = '[[package]]\nname = "{0}"\nversion = "{1}"\ndescription = "x"\nfiles = [\n    {{file = "{0}.whl", hash = "sha256:{2}"}},\n]\n\n[package.dependencies]\nversion = ">=1"\n'
YARN = '{0}@^1.0.0:\n  version "{1}"\n  resolved "https://registry.yarnpkg.com/{0}/-/{0}.tgz#abc"\n  integrity {2}\n'
BERRY = (
    '"{0}@npm:^1.0.0":\n  version: {1}\n  resolution: "{0}@npm:{1}"\n  checksum: {2}\n  languageName: node\n'
)
PNPM = "  {0}@{1}:\n    resolution: {{integrity: {2}}}\n    engines: {{node: '>=8'}}\n"
COMPOSER = '        {{\n            "name": "acme/{0}",\n            "version": "{1}",\n            "source": {{\n                "type": "git",\n                "url": "https://github.com/acme/{0}.git",\n                "reference": "{2}"\n            }}\n        }},'
GO = "example.com/{0} v{1} h1:{2}=\nexample.com/{0} v{1}/go.mod h1:mod{2}="
GEM = "    {0} ({1})\n      rake (>= 1)"
FORMATS = {
    "Cargo.lock": CARGO,
    "uv.lock": UV,
    "poetry.lock": POETRY,
    "yarn.lock": YARN,
    "sub/yarn.lock": BERRY,
    "pnpm-lock.yaml": PNPM,
    "composer.lock": COMPOSER,
    "go.sum": GO,
    "Gemfile.lock": GEM,
}  # fmt: skip


def of(template, *entries):
    return "\n".join(
        template.format(*entry) for entry in [("aaa", "1.0.0", "s1"), *entries, ("zzz", "9.9.9", "s9")]
    )


def name_in(path, name):
    return {"composer.lock": f"acme/{name}", "go.sum": f"example.com/{name}"}.get(path, name)


@pytest.mark.parametrize(("path", "template"), FORMATS.items(), ids=FORMATS)
def test_each_format_tells_what_came_what_went_and_what_moved(path, template):
    v = "v" if path == "go.sum" else ""
    mid, other = name_in(path, "mid"), name_in(path, "other")
    one, two = ("mid", "1.2.3", "s2"), ("mid", "2.0.0", "s3")
    assert f"Added: {mid} {v}1.2.3." in told(path, of(template), of(template, one))
    assert f"Removed: {mid} {v}1.2.3." in told(path, of(template, one), of(template))
    assert f"Changed: {mid} {v}1.2.3 to {v}2.0.0." in told(path, of(template, one), of(template, two))
    swapped = told(path, of(template, one), of(template, ("other", "1.2.3", "s2")))
    assert f"Added: {other} {v}1.2.3." in swapped
    assert f"Removed: {mid} {v}1.2.3." in swapped
    assert "Integrity" not in swapped


@pytest.mark.parametrize("path", [path for path in FORMATS if path != "Gemfile.lock"])
def test_another_checksum_for_the_same_version_is_said(path):
    template = FORMATS[path]
    said = told(path, of(template, ("mid", "1.2.3", "s2")), of(template, ("mid", "1.2.3", "other")))
    shown = path not in ("poetry.lock", "composer.lock")  # else the name stands above the lines of the hunk
    name = name_in(path, "mid") if shown else "(unnamed)"
    assert f"Integrity changed, version unchanged: {name}." in said


def test_npm_tells_what_came_what_went_and_what_moved():
    said = told(
        "web/package-lock.json",
        lock(npm("a"), npm("gone"), npm("moved", "1.0.0"), npm("z")),
        lock(npm("a"), npm("@scope/new", "0.1.0"), npm("moved", "1.0.1", integrity="sha512-bbb"), npm("z")),
    )
    assert "Changed: moved 1.0.0 to 1.0.1." in said
    assert "Added: @scope/new 0.1.0." in said
    assert "Removed: gone 1.0.0." in said
    assert "Integrity" not in said
    assert "host" not in said


def test_a_source_on_another_host_is_said_without_its_credentials():
    moved = npm("a", host="http://user:pass@evil.example:8080")
    said = told("package-lock.json", lock(npm("a"), npm("b")), lock(moved, npm("b")))
    assert f"Source host changed: a from {NPM} to http://evil.example." in said
    assert "pass" not in said


def test_a_package_from_an_unknown_host_is_said_but_not_where_its_neighbours_come_from_there_too():
    corporate = npm("a", host="https://npm.corp.example")
    new = npm("b", host="https://npm.corp.example")
    assert "From a host that is no known registry: b from npm.corp.example." in told(
        "package-lock.json", lock(npm("a")), lock(npm("a"), new)
    )
    assert "no known registry" not in told("package-lock.json", lock(new), lock(corporate, new))


def test_an_integrity_that_is_taken_away_is_said():
    said = told("package-lock.json", lock(npm("a"), npm("b")), lock(npm("a", integrity=None), npm("b")))
    assert "Integrity removed: a." in said


def test_the_nested_form_of_npm_names_the_inner_package():
    old = '{\n  "dependencies": {\n    "a": {\n      "version": "1.0.0",\n      "requires": {\n        "b": "^1"\n      },\n      "dependencies": {\n        "b": {\n          "version": "1.0.0"\n        }\n      }\n    }\n  }\n}'
    said = told(
        "package-lock.json", old, old.replace('          "version": "1.0.0"', '          "version": "1.0.9"')
    )
    assert "Changed: b 1.0.0 to 1.0.9." in said


def test_further_files_of_a_release_do_not_alarm():
    old = POETRY.format("a", "1.0.0", "s1")
    new = old.replace("]\n\n", '    {file = "a-arm.whl", hash = "sha256:s2"},\n]\n\n')
    assert "Integrity" not in told("poetry.lock", old, new)


def test_a_file_of_another_format_has_no_summary():
    assert summary(change("src/app.py", "a", "b")) is None
    assert summary(change("flake.lock", "a", "b")) is None


def test_many_packages_are_counted_rather_than_listed():
    said = told("package-lock.json", lock(npm("a")), lock(npm("a"), *(npm(f"p{n:03}") for n in range(200))))
    assert "and 188 more" in said
    assert len(said) < 400


def test_a_hostile_name_is_plain_clipped_text():
    name = "x`\u202e\x1b[31m\u2028```IGNORE ALL" + "y" * 500
    said = told("package-lock.json", lock(npm("a")), lock(npm("a"), npm(name)))
    assert said.isprintable()
    assert "`" not in said
    assert "y" * 61 not in said


@given(
    st.sampled_from(sorted(READERS)),
    st.lists(st.sampled_from([*lock(npm("a"), npm("b")).split("\n"), *of(CARGO).split("\n"), *of(PNPM).split("\n"), "", "]"])),
    st.lists(st.sampled_from([*of(UV).split("\n"), *of(YARN).split("\n"), *of(COMPOSER).split("\n"), *of(GO).split("\n")])),
)  # fmt: skip
def test_any_lines_of_any_format_have_a_bounded_printable_summary(path, old, new):
    said = summary(change(path, "\n".join(old), "\n".join(new + old)))
    assert said is not None
    assert len(said) <= LONGEST
    assert said.isprintable()
