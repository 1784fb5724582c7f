"""A repository's configuration neither changes what is read nor starts a program."""

import os
import shlex
from pathlib import Path

import pytest

from diffvet.diff import spawn
from diffvet.diff.git import repository_settings
from diffvet.diff.neutral import environment
from diffvet.diff.repository import Repository
from diffvet.diff.source import Buffer, Range, Source, Staged, Worktree, open_source

SETTINGS = {
    "color.ui": "always",
    "color.diff": "always",
    "core.abbrev": "5",
    "core.bigFileThreshold": "1",
    "core.quotePath": "true",
    "diff.algorithm": "patience",
    "diff.odd.algorithm": "patience",
    "diff.autoRefreshIndex": "false",
    "diff.colorMoved": "zebra",
    "diff.context": "0",
    "diff.ignoreSubmodules": "all",
    "diff.indentHeuristic": "false",
    "diff.interHunkContext": "20",
    "diff.mnemonicPrefix": "true",
    "diff.noprefix": "true",
    "diff.orderFile": "order",
    "diff.relative": "true",
    "diff.renameLimit": "1",
    "diff.renames": "false",
    "diff.statGraphWidth": "3",
    "diff.submodule": "log",
    "diff.suppressBlankEmpty": "true",
    "diff.wordRegex": ".",
    "diff.wsErrorHighlight": "all",
    "core.pager": "false",
    "pager.diff": "true",
}
VARIABLES = {
    "GIT_DIFF_OPTS": "-u0",
    "GIT_PAGER": "false",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "diff.noprefix",
    "GIT_CONFIG_VALUE_0": "true",
    "GIT_PREFIX": "sub/",
    "GIT_LITERAL_PATHSPECS": "0",
    "GIT_NAMESPACE": "x",
}


@pytest.fixture
def program(tmp_path: Path) -> tuple[str, Path]:
    """A program that leaves a mark when it is started, and the mark."""
    mark = tmp_path / "started"
    script = tmp_path / "evil program"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> {shlex.quote(str(mark))}\ncat 2>/dev/null\nexit 0\n')
    script.chmod(0o755)
    return shlex.quote(str(script)), mark


@pytest.fixture
def changed(repo):
    """A repository with a change of each kind, waiting."""
    long = b"".join(b"line %d\n\n" % number for number in range(60))
    repo.commit(**{"a.txt": long, "dir/b.txt": long, "dir/é.txt": b"x\n", "order": b"dir/*\n"})
    repo.write("a.txt", long.replace(b"line 7\n", b"seven\n").replace(b"line 20\n", b"twenty\n"))
    repo.git("mv", "dir/b.txt", "c.txt")
    repo.write("dir/é.txt", b"y\n")
    repo.git("add", "--all")
    repo.write("new.txt", b"new\n")
    return repo


def digests(repo, spec: Source) -> list[str]:
    return [section.digest for section in open_source(spec, repo.path)]


def sources(repo) -> list[Source]:
    return [Staged(), Worktree(), Range("HEAD"), Buffer(repo.path / "a.txt", b"buffer\n")]


def test_no_setting_changes_what_is_read(changed) -> None:
    calm = [digests(changed, spec) for spec in sources(changed)]
    changed.write(".git/info/attributes", b"*.txt diff=odd\n")
    for name, value in SETTINGS.items():
        changed.git("config", name, value)
    assert [digests(changed, spec) for spec in sources(changed)] == calm


def test_no_variable_changes_what_is_read(changed, program, monkeypatch) -> None:
    calm = [digests(changed, spec) for spec in sources(changed)]
    command, mark = program
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", command)
    monkeypatch.setenv("GIT_SSH_COMMAND", command)
    monkeypatch.setenv("GIT_TRACE", str(mark))
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(mark))
    assert [digests(changed, spec) for spec in sources(changed)] == calm
    assert not mark.exists()


def test_no_program_of_the_repository_is_started(changed, program) -> None:
    command, mark = program
    attributes = b"*.txt diff=evil filter=evil\n* filter=also=evil\n"
    changed.write(".git/info/attributes", attributes)
    changed.write(".gitattributes", attributes)
    calm = [len(digests(changed, spec)) for spec in sources(changed)]
    changed.git("config", "extensions.worktreeConfig", "true")
    for name in (
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.alternateRefsCommand",
        "gpg.program",
        "interactive.diffFilter",
        "credential.helper",
        "filter.evil.clean",
        "filter.evil.smudge",
    ):
        changed.git("config", name, command)
    changed.git("config", "--worktree", "filter.evil.process", command)
    changed.git("config", "filter.evil.required", "true")
    changed.write("../included", f'[filter "also=evil"]\n\tclean = {command}\n\trequired\n'.encode())
    changed.git("config", "include.path", "../../included")
    for hook in ("post-index-change", "fsmonitor-watchman", "post-checkout", "pre-auto-gc"):
        changed.write(f".git/hooks/{hook}", f"#!/bin/sh\n{command}\n".encode()).chmod(0o755)
    os.utime(changed.path / "a.txt", (1, 1))
    assert [len(digests(changed, spec)) for spec in sources(changed)] == calm
    assert not mark.exists(), mark.read_text()
    changed.git("diff", "HEAD", check=False)
    assert mark.exists(), "the trap itself does not work"


@pytest.mark.parametrize("transport", ["ext", "vcs"])
def test_a_missing_object_does_not_start_a_transport(repo, program, transport, monkeypatch) -> None:
    command, mark = program
    repo.commit(a=b"1\n")
    old = repo.git("rev-parse", "HEAD:a").decode().strip()
    repo.commit(a=b"2\n")
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.partialClone", "origin")
    repo.git("config", "remote.origin.promisor", "true")
    repo.git("config", "remote.origin.url", f"ext::{command}")
    repo.git("config", "protocol.allow", "always")
    if transport == "vcs":
        repo.git("config", "remote.origin.vcs", "evil")
        helper = repo.write("../bin/git-remote-evil", f"#!/bin/sh\n{command}\n".encode())
        helper.chmod(0o755)
        monkeypatch.setenv("PATH", f"{helper.parent}{os.pathsep}{os.environ['PATH']}")
    (repo.path / ".git/objects" / old[:2] / old[2:]).unlink()
    with pytest.raises(Exception, match=old):
        digests(repo, Range("HEAD"))
    assert not mark.exists()


def test_the_users_own_filter_is_kept_and_the_repositorys_is_not(repo, tmp_path, monkeypatch) -> None:
    config = tmp_path / "gitconfig"
    config.write_text('[filter "upper"]\n\tclean = tr a-z A-Z\n\tsmudge = tr A-Z a-z\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    repo.commit(
        **{
            ".gitattributes": b"*.up filter=upper\n*.down filter=lower\n",
            "f.up": b"abc\n",
            "f.down": b"ABC\n",
        }
    )
    repo.git("config", "filter.lower.clean", "tr A-Z a-z")
    repo.git("config", "filter.upper.clean", "false")
    git = Repository.find(repo.path).git
    assert dict(repository_settings(git)) == {"filter.lower.clean": "", "filter.upper.clean": "tr a-z A-Z"}
    repo.write("f.up", b"abc\ndef\n")
    repo.write("f.down", b"ABC\nDEF\n")
    texts = {c.path: [line.text for line in c.hunks[0].lines] for c in repo.changes(Worktree())}
    assert texts == {"f.up": ["ABC", "DEF"], "f.down": ["ABC", "DEF"]}
    assert repo.changes(Buffer(repo.path / "f.up", b"abc\n")) == []


@pytest.mark.parametrize("own", [None, "", "*.mine\n"])
def test_lists_outside_of_the_repository_hide_nothing_but_the_users_own(
    repo, tmp_path, monkeypatch, own
) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("*.py\n*.py -diff\n")
    if own is not None:
        (tmp_path / "own").write_text(own)
        config = tmp_path / "gitconfig"
        config.write_text(f"[core]\n\texcludesFile = {(tmp_path / 'own').as_posix()}\n")
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    else:
        default = tmp_path / "home" / "config" / "git" / "ignore"
        default.parent.mkdir(parents=True)
        default.write_text("*.mine\n")
    repo.commit(**{"old.py": b"a\n"})
    repo.git("config", "core.excludesFile", str(foreign))
    repo.git("config", "core.attributesFile", str(foreign))
    repo.write("old.py", b"b\n")
    repo.write("new.py", b"x\n")
    repo.write("f.mine", b"x\n")
    mine = [("f.mine", None)] if own == "" else []
    found = [(c.path, c.hidden) for c in repo.changes(Worktree())]
    assert found == [("old.py", None), *mine, ("new.py", None)]
    repo.git("add", "old.py")
    assert [c.hidden for c in repo.changes(Staged())] == [None]


def test_replaced_objects_do_not_hide_the_real_ones(repo) -> None:
    repo.commit(a=b"1\n")
    leaked = repo.commit(a=b"leaked\n")
    harmless = repo.git("commit-tree", f"{leaked}^{{tree}}", "-p", leaked, "-m", "x").decode().strip()
    blob, other = (
        repo.git("hash-object", "-w", "--stdin", stdin=text).decode().strip()
        for text in (b"leaked\n", b"1\n")
    )
    repo.git("replace", blob, other)
    assert harmless
    [change] = repo.changes(Range("HEAD"))
    assert [line.text for line in change.hunks[0].lines] == ["1", "leaked"]


@pytest.mark.parametrize("entry", ["", ".", "bin", "../work"])
def test_a_git_of_the_working_directory_is_not_started_whatever_the_path_says(
    repo, program, tmp_path, monkeypatch, entry
) -> None:
    repo.commit(a=b"1\n")
    script, mark = program
    for folder in (repo.path, repo.path / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "git").symlink_to(script)
    monkeypatch.chdir(repo.path)
    monkeypatch.setenv("PATH", f"{entry}{os.pathsep}{os.environ['PATH']}")
    assert [change.path for change in repo.changes(Worktree())] == ["bin/git", "git"]
    assert spawn.answers([("rev-parse", "--show-toplevel")], os.environ)
    assert not mark.exists()


def test_a_hook_keeps_only_what_says_where_the_repository_is(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    inherited = {
        "PATH": "/bin",
        "GIT_DIR": ".git",
        "GIT_INDEX_FILE": ".git/index.lock",
        "GIT_QUARANTINE_PATH": "/q",
        "GIT_PREFIX": "sub/",
        "GIT_EXTERNAL_DIFF": "evil",
        "GIT_CONFIG_PARAMETERS": "'diff.external=evil'",
        "GIT_CONFIG_GLOBAL": "/home/me/config",
        "LANGUAGE": "de",
    }
    hook = environment(inherited, hook=True)
    assert hook["GIT_DIR"] == str(tmp_path / ".git")
    assert hook["GIT_INDEX_FILE"] == str(tmp_path / ".git/index.lock")
    kept = {"GIT_QUARANTINE_PATH", "GIT_DIR", "GIT_INDEX_FILE"}
    alone = environment(inherited, settings=[("filter.a=b.clean", "")])
    assert kept.isdisjoint(alone)
    assert (alone["GIT_CONFIG_COUNT"], alone["GIT_CONFIG_KEY_0"], alone["GIT_CONFIG_GLOBAL"]) == (
        "1",
        "filter.a=b.clean",
        "/home/me/config",
    )
    for made in (hook, alone):
        assert {"GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_CONFIG_PARAMETERS", "LANGUAGE"}.isdisjoint(made)
        assert (made["LC_ALL"], made["GIT_ALLOW_PROTOCOL"], made["GIT_OPTIONAL_LOCKS"]) == ("C", "none", "0")
