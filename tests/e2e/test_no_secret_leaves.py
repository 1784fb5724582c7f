"""A secret stands in every place that is read: its value is in no request, log, cache, recording, report or crash."""

import json
import os
import re
from pathlib import Path

import pytest

from fake_peer import peer
from leaky import AFTER, SHOWN, VALUES, files, knowing, leaks, plant

KEY = "rk_" + "5e" * 32

LOUD = "import logging\nlogging.basicConfig(level=logging.DEBUG)\n"
"""What a person puts into ``sitecustomize.py`` to see everything."""

FORMATS = ("text", "json", "sarif", "github", "github-summary", "gitlab", "rdjson", "rdjsonl", "junit", "checkstyle",
           "markdown", "html")  # fmt: skip


@pytest.fixture
def leaky(repo):
    """A repository with the change of ``leaky`` in its work tree."""
    plant(repo.write, repo.commit)
    return repo


@pytest.fixture
def loud(tmp_path):
    """The environment of a run that logs at DEBUG; ``loud(text)`` adds to what runs at its start."""

    def write(text=""):
        place = tmp_path / "loud"
        place.mkdir(exist_ok=True)
        (place / "sitecustomize.py").write_text(LOUD + text)
        return {
            "PYTHONPATH": str(place),
            "DIFFVET_API_KEY": KEY,
            "DIFFVET_CACHE_DIR": str(tmp_path / "cache"),
        }

    return write


@pytest.mark.parametrize("tokens", ["0", "100"])
def test_every_secret_is_seen_masked_and_none_is_in_a_request(leaky, diffvet, loud, tokens):
    env = loud() | {"DIFFVET_UNIT_TOKENS": tokens, "DIFFVET_CONCURRENCY": "1"}  # all at once, and one by one
    with peer(knowing) as model:
        ran = diffvet("check", "--endpoint", model.url, "--model", "m", cwd=leaky, env=env)
    assert (len(model.prompts) == 1) == (tokens == "0")
    assert ran.code == 1
    assert "DEBUG" in ran.err
    text = "\n".join(model.prompts)
    for before in SHOWN:
        lines = [line for line in text.split("\n") if before in line]
        assert lines, before
        assert all(re.search(r"MASKED_|M\d_", line) for line in lines), lines
    assert "token=***" in next(line for line in text.split("\n") if "Our own client" in line)
    assert not re.search("PRIVATE KEY-----.*MII", text, re.DOTALL)
    assert leaks({f"request {n}": body for n, body in enumerate(model.raw)}) == []


def test_no_value_stands_in_a_report_a_log_the_cache_or_a_recording(leaky, diffvet, loud, tmp_path):
    told, places = {}, {}
    with peer(knowing) as model:
        asked = ("--endpoint", model.url, "--model", "m")
        reports = [f"--{form}-output={tmp_path / 'reports' / form}" for form in FORMATS]
        (tmp_path / "reports").mkdir()
        env = loud()
        runs = {
            "check": ("check", *asked, "--record", str(tmp_path / "tape"), *reports),
            "again": ("check", *asked, "--format", "json"),
            "replayed": ("check", *asked, "--replay", str(tmp_path / "tape"), "--format", "json"),
            "planned": ("check", *asked, "--dry-run", "--format", "json"),
            "embedded": ("check", "--endpoint", "embedded", "--format", "json"),
            "shown": ("show",),
            "fixed": ("fix",),
            "accepted": ("baseline", "update", "--reason", f"{VALUES['github']} is revoked"),
            "accepted, shown": ("baseline", "show"),
            "staged": ("check", "--staged", *asked),
            "staged, remembered": ("check", "--staged", *asked),
            "used": ("usage",),
            "cached": ("cache",),
            "explained": ("config", "explain", "app.py"),
            "doctor": ("doctor", "--endpoint", model.url, "--model", "m", "--yes"),
        }
        for name, words in runs.items():
            if name == "staged":
                leaky.git("add", "app.py", "notes.txt")
            told[name] = ran = diffvet(*words, cwd=leaky, env=env)
            assert "Traceback" not in ran.err, name
    assert len(json.loads(told["again"].out)["findings"]) > len(VALUES)
    for finding in json.loads(told["again"].out)["findings"]:
        name = finding["fingerprint"][:12]
        told[f"explain {name}"] = diffvet("explain", name, cwd=leaky, env=env)
    told["dismissed"] = diffvet("dismiss", name, "--reason", f"{VALUES['github']} is old", cwd=leaky, env=env)
    assert told["check"].code == told["replayed"].code == told["embedded"].code == 1
    for name, ran in told.items():
        places |= {f"what {name} prints": ran.out.encode(), f"what {name} logs": ran.err.encode()}
    baseline = {"baseline": (leaky.root / ".diffvet-baseline.json").read_bytes()}
    assert leaks(places | baseline | files(tmp_path / "reports"), but="name") == []
    logs = {place: data for place, data in places.items() if place.endswith("logs")}
    kept = files(tmp_path / "cache") | files(Path(os.environ["HOME"])) | files(tmp_path / "tape")
    assert len(kept) > 10  # answers, spending, dismissals, reviews, an outcome, recordings
    assert leaks(logs | kept | {f"request {n}": body for n, body in enumerate(model.raw)}) == []


@pytest.mark.parametrize("where", ["dialogue.bullets.read", "dialogue.prompt.write", "report.text.render"])
def test_a_crash_says_where_it_was_and_quotes_nothing(leaky, diffvet, loud, tmp_path, where):
    module, _, name = where.rpartition(".")
    crash = (
        f"import diffvet.{module}\ndef crash(*args, **more):\n    raise ValueError(open('app.py').read())\n"
    )
    env = loud(f"{crash}diffvet.{module}.{name} = crash\n") | {"DIFFVET_TRACEBACK": "1"}
    with peer(knowing) as model:
        ran = diffvet("check", "--endpoint", model.url, "--model", "m", cwd=leaky, env=env)
    assert ran.code == 3
    assert "this is a bug in Diffvet" in ran.err
    assert "sitecustomize.py" in ran.err
    assert "ValueError" in ran.err
    assert (leaky.root / "app.py").read_text() == AFTER
    assert leaks({"out": ran.out.encode(), "err": ran.err.encode()} | files(tmp_path / "cache")) == []
