"""A forge with one pull request, and the clones that its CI makes of it."""

import json
import re
import shlex
from pathlib import Path

from hooked_repository import CLEAN, LEAKED, Hooked

OLD = LEAKED.replace("Z7QD4XW2", "Q5ML2TR8")


class Forge:
    """``main`` has five commits, and two more since ``feature`` left it; ``feature`` adds ``new.py``.

    ``refs/pull/1/head`` and ``refs/pull/1/merge`` are as GitHub makes them; ``old.py`` on main leaks a key,
    which no review of the pull request may mention.
    """

    def __init__(self, root: Path, change: str = LEAKED) -> None:
        self.root = root
        self.hub = Hooked.made(root / "hub", root / "home")
        for number in range(5):
            self.left = self.hub.unchecked(start__py=CLEAN * (number + 1))
        self.hub.git("checkout", "--quiet", "-b", "feature")
        self.hub.unchecked(other__py=CLEAN)
        self.head = self.hub.unchecked(new__py=change)
        self.hub.git("checkout", "--quiet", "main")
        self.hub.unchecked(old__py=OLD)
        self.base = self.hub.unchecked(more__py=CLEAN)
        self.hub.git("checkout", "--quiet", "--detach")
        self.hub.git("merge", "--quiet", "--no-edit", "feature")
        self.merge = self.hub.head
        self.hub.git("update-ref", "refs/pull/1/merge", self.merge)
        self.hub.git("update-ref", "refs/pull/1/head", self.head)
        self.hub.git("checkout", "--quiet", "main")
        self.hub.git("config", "uploadpack.allowAnySHA1InWant", "true")

    def checkout(self, what: str, *, depth: int = 0, name: str = "work") -> Hooked:
        """A clone as actions/checkout makes it: one ref (0: every branch, whole), HEAD detached."""
        here = Hooked.made(self.root / name, self.root / "home")
        here.git("remote", "add", "origin", f"file://{self.hub.root}")
        if depth:
            here.git("fetch", "--quiet", f"--depth={depth}", "--no-tags", "origin", what)
        else:
            here.git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*", what)
        here.git("checkout", "--quiet", "--detach", self.hub.git("rev-parse", what))
        return here

    def event(self, name: str, **event: object) -> dict[str, str]:
        """The environment of a GitHub run for ``event``."""
        path = self.root / "event.json"
        path.write_text(json.dumps({"repository": {"default_branch": "main"}} | event))
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(path),
            "CI": "true",
        }

    def pull_request(self, name: str = "pull_request") -> dict[str, str]:
        ends = {"base": {"sha": self.base, "ref": "main"}, "head": {"sha": self.head, "ref": "feature"}}
        return self.event(name, pull_request=ends, number=1) | {"GITHUB_BASE_REF": "main"}


def told(text: str) -> list[str]:
    """The git command that a message names."""
    found = re.search(r"'(git fetch [^']+)'", text)
    assert found, text
    return shlex.split(found[1])
