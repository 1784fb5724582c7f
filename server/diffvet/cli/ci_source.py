"""``--ci``: what this CI run is about, as GitHub Actions (Gitea, Forgejo) and GitLab CI say in the environment.

Each source comes with a sentence that says what was understood. Where the environment names no change (a
schedule, a run by hand, another CI) that is a ``UsageError``: comparing something else would be a false green.
Of the event's file, which holds what strangers wrote, only object names and the name of a branch are used.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from diffvet.diff.repository import Repository
from diffvet.diff.source import Base, Range, Source
from diffvet.errors import UsageError

LARGEST = 32 << 20
"""Bytes of an event file; GitHub's own limit for a payload is 25 MB."""

_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BRANCH = re.compile(r"[\w.+-][\w./+-]*")


def ci_source(
    environ: Mapping[str, str], repository: Repository, paths: tuple[str, ...]
) -> tuple[Source, str]:
    """What to compare, and why, in words. Raises ``UsageError``."""
    if environ.get("GITHUB_EVENT_NAME"):
        return _github(environ, repository, paths)
    if environ.get("GITLAB_CI"):
        return _gitlab(environ, repository, paths)
    raise UsageError(
        "--ci knows GitHub Actions and GitLab CI, and this is neither; name what to compare, as in: --base origin/main"
    )


def _github(environ: Mapping[str, str], repository: Repository, paths: tuple[str, ...]) -> tuple[Source, str]:
    name, event = environ["GITHUB_EVENT_NAME"], _event(environ.get("GITHUB_EVENT_PATH", ""))
    match name:
        case "pull_request" | "pull_request_target":
            return _pull_request(event, repository, paths)
        case "merge_group":
            base = _object(event, "merge_group", "base_sha")
            return Range(f"{base}..HEAD", paths), f"a merge group on {base[:12]}"
        case "push":
            before = _object(event, "before", zero=True)
            default = _branch(event.get("repository"), "default_branch")
            return _push(before, default, environ.get("GITHUB_REF", ""), repository, paths)
    raise UsageError(
        f"the event '{_shown(name)}' is about no change; name what to compare, as in: --base origin/main"
    )


def _pull_request(
    event: Mapping[str, Any], repository: Repository, paths: tuple[str, ...]
) -> tuple[Source, str]:
    """A merge of the two, as actions/checkout makes it, is compared with its first parent; the head with the base."""
    base = _object(event, "pull_request", "base", "sha")
    head = _object(event, "pull_request", "head", "sha")
    here = repository.commit("HEAD")
    if head in repository.parents(here)[1:]:
        return Range("HEAD", paths), "a pull request, merged into its base: what the merge brings"
    if here == head:
        return Base(base, paths), f"a pull request: its head since it left {base[:12]}"
    raise UsageError(
        f"what is checked out here ({here[:12]}) is neither the pull request's head ({head[:12]}) nor its merge; "
        "check one of them out, or name what to compare with --base"
    )


def _push(
    before: str, default: str, ref: str, repository: Repository, paths: tuple[str, ...]
) -> tuple[Source, str]:
    """What a push added: since the commit that was there, or for a new branch since it left the default one."""
    if before.strip("0"):
        if repository.known_commits([before]) or repository.shallow:  # a shallow clone says how to deepen it
            return Range(f"{before}..HEAD", paths), f"a push: what came after {before[:12]}"
    elif ref == f"refs/heads/{default}":
        return Range("HEAD", paths), f"the first push of {default}: its last commit"
    return Base(f"origin/{default}", paths), f"a new or rewritten branch: since it left origin/{default}"


def _gitlab(environ: Mapping[str, str], repository: Repository, paths: tuple[str, ...]) -> tuple[Source, str]:
    if environ.get("CI_MERGE_REQUEST_IID"):
        target = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "")
        if target:  # set in pipelines for merged results only: HEAD is the merge
            return Range(f"{_checked(target)}..HEAD", paths), f"a merge request, merged into {target[:12]}"
        base = _checked(environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""))
        return Base(base, paths), f"a merge request: since it left {base[:12]}"
    default = _named(environ.get("CI_DEFAULT_BRANCH", ""))
    branch = environ.get("CI_COMMIT_BRANCH", "")
    if not branch:
        raise UsageError("this pipeline is for no branch; name what to compare, as in: --base origin/main")
    before = _checked(environ.get("CI_COMMIT_BEFORE_SHA", ""))
    return _push(before, default, f"refs/heads/{branch}", repository, paths)


def _event(path: str) -> Mapping[str, Any]:
    try:
        with Path(path).open("rb") as file:
            event = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            "GITHUB_EVENT_PATH names no event that can be read; name what to compare with --base"
        ) from error
    if not isinstance(event, dict):
        raise UsageError("GITHUB_EVENT_PATH holds no event; name what to compare with --base")
    return event


def _object(event: object, *names: str, zero: bool = False) -> str:
    """The object name at the end of ``names``; ``zero`` allows one that is all zeros."""
    for name in names:
        event = event.get(name) if isinstance(event, dict) else None
    said = _checked(event if isinstance(event, str) else "")
    if not zero and not said.strip("0"):
        raise UsageError(f"the event's {'.'.join(names)} names no commit; name what to compare with --base")
    return said


def _checked(name: str) -> str:
    if not _OBJECT.fullmatch(name):
        raise UsageError("the CI names no commit to compare with; name one, as in: --base origin/main")
    return name


def _branch(holder: object, name: str) -> str:
    said = holder.get(name) if isinstance(holder, dict) else None
    return _named(said if isinstance(said, str) else "")


def _named(branch: str) -> str:
    if not _BRANCH.fullmatch(branch):
        raise UsageError("the CI names no default branch; name what to compare, as in: --base origin/main")
    return branch


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text[:40])
