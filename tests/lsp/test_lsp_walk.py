"""A real server under random edits, against a model that knows which character is which.

``DIFFVET_WALKS=50`` walks fifty times as often.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from diffvet.diff.lines import Encoding
from lsp.raw_client import PATIENCE, RawClient, isolated
from lsp.tagged import Own, Tagged, fresh, lines_of, units
from lsp.typist import Changes, Typist
from lsp.workspace import Workspace, change, close, hover, open_file, save

WALKS = int(os.environ.get("DIFFVET_WALKS", "1"))

BEFORE = "import subprocess\n\n\ndef keep(value):\n    return value + 1\n"
AFTER = """import subprocess


def run(cmd, customer):
    subprocess.run(cmd, shell=True)
    os.system(cmd)
    db.execute(
        f"SELECT id FROM orders WHERE customer = {customer}"
    )
    try:
        pass
    except:
        pass
    eval(cmd)
    subprocess.run(cmd, shell=True)
    "é𝒳"; eval(cmd)


def keep(value):
    print("😀", eval(value))
    return value + 1


def twins(cmd):
    eval(cmd)
    other(cmd)
    eval(cmd)
"""

Found = dict[str, Any]
"""A finding in the answer to ``diffvet/findings``."""


class Walk:
    """One file, one editor, and what must be true after each of its changes."""

    def __init__(self, client: RawClient, workspace: Workspace, seed: int, encoding: Encoding) -> None:
        self.client = client
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.workspace = workspace
        self.mirror = workspace.root.with_name("mirror")
        end = self.chance.choice(["\n", "\r\n"])
        workspace.write("app.py", BEFORE.replace("\n", end))
        workspace.commit()
        text = AFTER.replace("\n", end).removesuffix(self.chance.choice(["", end]))
        self.uri = workspace.write("app.py", text)
        shutil.copytree(workspace.root, self.mirror)
        self.document = Tagged(fresh(text), encoding)
        self.typist = Typist(self.document, self.chance, end)
        self.version = 1
        self.shown: list[Found] = []
        self.own: dict[str, Own] = {}
        self.editions: dict[str, list[Tagged]] = {}
        open_file(client, self.uri, text)
        self.review()

    def step(self) -> None:
        roll = self.chance.random()
        if roll < 0.3 and self.typist.done:
            for _ in range(self.chance.choice([1, 1, 1, self.chance.randint(1, len(self.typist.done))])):
                self.send(self.typist.undo())
        elif roll < 0.35 and self.typist.undone:
            self.send(self.typist.redo())
        elif roll < 0.37:
            self.workspace.write("app.py", "x = 1\n")  # somebody else; the editor's text is what counts
        elif roll < 0.42:
            self.workspace.write("app.py", self.document.text)
            save(self.client, self.uri)
            self.review()
        elif roll < 0.44:
            close(self.client, self.uri)
            open_file(self.client, self.uri, self.document.text, self.version)
            self.review()
        else:
            places = {number: at for at, (_, number) in enumerate(self.document.chars)}
            self.typist.near = [
                places[number] for own in self.own.values() for number in own.chars if number in places
            ]
            for changes in self.typist.edit():
                self.send(changes)
        self.check()

    def send(self, changes: Changes) -> None:
        self.version += 1
        change(self.client, self.uri, self.version, *changes)

    def found(self) -> list[Found]:
        answer = self.client.call("diffvet/findings", {"uri": self.uri})["result"]
        return [finding for root in answer["roots"] for finding in root["findings"]]

    def review(self) -> None:
        """Wait until the server says of the text what the command line says, and take that as what was found."""
        (self.mirror / "app.py").write_bytes(self.document.text.encode())
        told = subprocess.run(
            [sys.executable, "-m", "diffvet", "check", "--format", "json"],
            cwd=self.mirror, env=isolated(self.client.home), capture_output=True, check=False,
        ).stdout  # fmt: skip
        wanted = sorted(
            (one["fingerprint"], one["line"], one["end_line"]) for one in json.loads(told)["findings"]
        )
        found = self.until(
            self.found,
            lambda said: wanted == sorted(
                (one["fingerprint"], one["line"], one["end_line"]) for one in said if one["state"] == "open"
            ),
        )  # fmt: skip
        self.own = {
            one["fingerprint"]: Own.on(
                self.document, one["range"]["start"]["line"], one["range"]["end"]["line"]
            )
            for one in found
            if one["state"] == "open" and one["side"] == "new" and one["placement"] != "unplaced"
        }
        self.editions.clear()
        self.check()

    def until(self, get: Callable[[], Any], right: Callable[[Any], bool]) -> Any:
        """What ``get`` answers as soon as it is ``right``."""
        deadline = time.monotonic() + PATIENCE
        while not right(said := get()):
            assert time.monotonic() < deadline, said
            time.sleep(0.02)
        return said

    def check(self) -> None:
        found, lines = self.found(), lines_of(self.document.text)
        by_name = {one["fingerprint"]: one for one in found}
        assert len(by_name) == len(found), "a finding is there twice"
        now = Tagged(list(self.document.chars), self.document.encoding)
        before = self.editions.setdefault(now.text, [])
        for name, own in self.own.items():
            assert name in by_name, "a finding is lost"
            one = by_name[name]
            self.check_one(one, own, own.places(now), [own.places(other) for other in before])
        if now not in before:
            before.append(now)
        for one in found:
            assert one["state"] in ("open", "stale")
            assert (one["range"] is None) == (one["state"] == "stale")
            if one["range"]:
                self.check_range(one["range"], lines)
        self.check_shown([one for one in found if one["range"]])

    def check_one(
        self, one: Found, own: Own, places: tuple[int | None, frozenset[int]], before: list[Any]
    ) -> None:
        """``before`` are the places in texts that read the same, by other characters: the server cannot tell which it is."""
        at = one["range"]["start"]["line"] if one["range"] else None
        must, may = places
        allowed = {place for known, others in before for place in (known, *others)}
        if at in allowed:
            return
        if must is not None:
            assert at == must, f"{own.lines} is on line {must}"
        else:
            assert at is None or at in may, f"{own.lines} is not on line {at}"

    def check_range(self, where: dict[str, Any], lines: list[str]) -> None:
        for place in (where["start"], where["end"]):
            line = lines[place["line"]]
            columns = {units(line[:at], self.document.encoding) for at in range(len(line) + 1)}
            assert place["character"] in columns, "outside of its line, or inside of a character"

    def check_shown(self, open_findings: list[Found]) -> None:
        """Now and then: the diagnostics are those of the list as soon as the editor rests, and each has its note."""
        if self.chance.random() > 0.1:
            return
        wanted = sorted((one["fingerprint"], str(one["range"])) for one in open_findings)

        def shown() -> list[tuple[str, str]]:
            self.client.sync()
            said = [m for m in self.client.seen if m.get("method") == "textDocument/publishDiagnostics"]
            self.shown = said[-1]["params"]["diagnostics"] if said else self.shown
            assert all(m["params"].get("version", 0) <= self.version for m in said)
            return sorted((one["data"]["fingerprint"], str(one["range"])) for one in self.shown)

        self.until(shown, lambda said: said == wanted)
        self.client.seen.clear()
        for one in open_findings[:2]:
            note = hover(self.client, self.uri, one["range"]["start"]["line"])
            assert note is not None
            assert one["title"] in note["contents"]["value"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("seed", range(WALKS))
def test_a_running_server_keeps_every_finding_on_its_own_characters(
    start: Callable[..., RawClient], workspace: Workspace, seed: int, encoding: Encoding
) -> None:
    client = start(env={"DIFFVET_LSP_PAUSE": "0"})
    can = {
        "publishDiagnostics": {"versionSupport": True, "dataSupport": True},
        "hover": {"contentFormat": ["plaintext"]},
    }
    client.initialize({"general": {"positionEncodings": [encoding]}, "textDocument": can})
    walk = Walk(client, workspace, seed, encoding)
    for _ in range(40):
        walk.step()
    assert client.end() == 0


@pytest.mark.parametrize("seed", range(WALKS))
def test_whoever_types_on_while_reviews_run_gets_what_the_command_line_says(
    start: Callable[..., RawClient], workspace: Workspace, seed: int
) -> None:
    client = start(env={"DIFFVET_LSP_PAUSE": "0.05"})
    client.initialize({"textDocument": {"publishDiagnostics": {"dataSupport": True}}})
    walk = Walk(client, workspace, seed, "utf-16")
    for _ in range(6):
        for _ in range(5):
            for changes in walk.typist.edit():
                walk.send(changes)
            if walk.chance.random() < 0.3:
                save(client, walk.uri)
            time.sleep(walk.chance.random() * 0.1)
        walk.review()
    assert client.end() == 0
