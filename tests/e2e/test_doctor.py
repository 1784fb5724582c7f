"""``diffvet doctor`` from outside: against each peer that cannot work, the setting to change is said."""

import contextlib
import json
import os
import pty
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from dataclasses import dataclass

import pytest

from diffvet.store.spending import By
from diffvet.store.store import Store
from fake_peer import Reply, message, peer

KEY = "rk_live_" + "q7Wz9LmX2c" * 3
DRIVER = "from diffvet.cli import main; main.main()"
NO_NAMES = """\
import socket
def getaddrinfo(*args, **more): raise socket.gaierror(-2, "Name or service not known")
socket.getaddrinfo = getaddrinfo
"""
PAGE = b"<!doctype html><html><head><title>Not here</title><style>p{}</style></head><body><p>Nothing &lt;here</p>"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def checks(self):
        return json.loads(self.out)["checks"]

    def check(self, name):
        return [check for check in self.checks if check["name"] == name][-1]


@pytest.fixture
def doctor(repo):
    """Run ``diffvet doctor ARGS``; keyword arguments are environment variables."""

    def run(*args, cwd=repo, prelude="", **env):
        done = subprocess.run(
            [sys.executable, "-c", prelude + DRIVER, "doctor", *args],
            cwd=getattr(cwd, "root", cwd),
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert KEY not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def ask(doctor):
    """What the doctor says of the endpoint ``url``, asked once."""

    def run(url, *, prelude="", **env):
        said = {"DIFFVET_ENDPOINT": url, "DIFFVET_MODEL": "route/x", "DIFFVET_API_KEY": KEY, **env}
        ran = doctor("--yes", "--format", "json", prelude=prelude, **said)
        check = ran.check("endpoint")
        assert ran.code == (check["state"] == "problem"), ran.checks
        return check

    return run


def test_without_a_word_all_is_fine_and_nothing_leaves_the_machine(doctor):
    ran = doctor()
    assert ran.code == 0
    assert re.search(r"^ok +endpoint +embedded: nothing leaves this machine$", ran.out, re.MULTILINE)
    for name in ("python", "git", "repository", "settings", "key", "cache", "hook", "lsp", "gateway"):
        assert re.search(rf"^ok +{name} ", ran.out, re.MULTILINE), name
    assert ran.out.endswith("\nno problems\n")


def test_the_endpoint_is_not_asked_without_yes(doctor):
    with peer(lambda _prompt: "ok") as model:
        ran = doctor("--format", "json", DIFFVET_ENDPOINT=model.url, DIFFVET_MODEL="x", DIFFVET_API_KEY=KEY)
    assert ran.code == 0
    assert ran.check("endpoint")["what"] == "not asked (--yes asks it one tiny question)"
    assert ran.check("endpoint")["url"] == f"{model.url}/v1/messages"
    assert not model.prompts


def test_a_peer_that_works_is_asked_once_and_its_price_is_said_and_recorded(ask):
    with peer(lambda _prompt: Reply(body=message("ok"))) as model:
        check = ask(f"{model.url}/v1")
    assert check["state"] == "ok"
    assert check["what"] == "answered 200 as route/test (11 + 7 tokens, 0.25 credits)"
    assert (check["url"], check["status"]) == (f"{model.url}/v1/messages", 200)
    assert len(model.prompts) == 1
    assert len(model.prompts[0]) < 60
    with Store.open() as store:
        (row,) = store.spending.summary(By.MODEL)
    assert (row.label, row.usage.requests, row.usage.credits, row.unsettled) == ("route/x", 1, 0.25, 0)


def test_a_spent_cap_holds_for_the_doctor_too(ask):
    with peer(lambda _prompt: "ok") as model:
        check = ask(model.url, DIFFVET_DAY_TOKENS="5")
    assert check["state"] == "problem"
    assert "not asked: the cap 'day_tokens' of 5" in check["what"]
    assert not model.prompts


def test_a_model_that_only_reasoned_is_a_peer_that_works(ask):
    with peer(lambda _prompt: Reply(body=message("", output_tokens=16))) as model:
        assert ask(model.url)["state"] == "ok"


@pytest.mark.parametrize(
    ("reply", "status", "words", "change"),
    [
        (Reply(404, PAGE), 404, "Not here Nothing", "endpoint: it must be the base address"),
        (
            Reply(405, b"Method Not Allowed"),
            405,
            "Method Not Allowed",
            "endpoint: it must be the base address",
        ),
        (
            Reply(404, b'{"type":"error","error":{"type":"not_found_error","message":"no model route/x"}}'),
            404,
            "no model route/x",
            "model: this endpoint does not know it",
        ),
        (
            Reply(401, b'{"error":{"message":"invalid x-api-key"}}'),
            401,
            "invalid x-api-key",
            "the key: check",
        ),
        (
            Reply(403, b"Forbidden", {"x-error-code": "NO_ACCESS"}),
            403,
            "NO_ACCESS: Forbidden",
            "the key: check",
        ),
        (
            Reply(403, b"Your plan does not include this model", {"x-error-code": "FORBIDDEN"}),
            403,
            "FORBIDDEN: Your plan",
            "model: this key may not use it",
        ),
        (Reply(200, b"event: ping\ndata: {}\n\n"), 200, "event: ping", "switch streaming off"),
        (Reply(429, b"Authentication required"), 429, "Authentication required", "the key: check"),
        (Reply(429, b"Slow down"), 429, "Slow down", "rate_per_minute"),
        (Reply(402, b"No credit"), 402, "No credit", "the account behind the key"),
        (Reply(407, PAGE), 407, "Not here", "HTTPS_PROXY"),
        (Reply(403, PAGE), 403, "Not here", "HTTPS_PROXY and NO_PROXY: a proxy answered"),
        (Reply(502, PAGE), 502, "Not here", "HTTPS_PROXY and NO_PROXY: a proxy answered"),
        (Reply(200, PAGE, {"content-type": "text/html"}), 200, "Not here", "a proxy or login page"),
        (Reply(200, b'{"ok":true}'), 200, '{"ok":true}', "endpoint: it must be the base address"),
        (Reply(200, b""), 200, "", "endpoint: it must be the base address"),
        (
            Reply(307, b"", {"location": "https://user:pw@api.example.org/x/v1/messages?k=v"}),
            307,
            "",
            "points to https://api.example.org/x, which is not followed",
        ),
        (Reply(302, b"", {"location": "//[bad"}), 302, "", "points elsewhere, which is not followed"),
        (Reply(503, b"upstream down"), 503, "upstream down", "secondary_endpoint"),
        (
            Reply(529, b'{"error":{"type":"overloaded_error","message":"busy"}}'),
            529,
            "busy",
            "secondary_endpoint",
        ),
        (
            Reply(200, b'{"error":{"type":"authentication_error","message":"bad key"}}'),
            200,
            "bad key",
            "the key: check",
        ),
        (
            Reply(400, b'{"error":{"message":"max_tokens too small"}}'),
            400,
            "max_tokens too small",
            "model or endpoint",
        ),
    ],
)
def test_an_answer_that_is_none_shows_url_status_words_and_what_to_change(ask, reply, status, words, change):
    with peer(lambda _prompt: reply) as model:
        check = ask(model.url)
    assert check["state"] == "problem"
    assert check["url"] == f"{model.url}/v1/messages"
    assert check["status"] == status
    assert words in check["words"]
    assert change in check["change"]
    assert "pw@" not in check["change"]
    assert len(model.prompts) == 1, "asked once, whatever came"


def test_a_server_that_is_down_a_name_that_is_not_and_a_port_without_tls_are_told_apart(ask):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        down = ask(f"http://127.0.0.1:{port}")
    assert "connection refused" in down["what"]
    assert "is the server running" in down["change"]
    assert "it is set by the environment DIFFVET_ENDPOINT" in down["change"]
    nowhere = ask("https://nowhere.invalid", prelude=NO_NAMES)
    assert "nowhere.invalid could not be reached" in nowhere["what"]
    assert "is the host right" in nowhere["change"]
    with peer(lambda _prompt: "ok") as model:
        plain = ask(model.url.replace("http:", "https:"))
    assert "TLS failed" in plain["what"]
    assert "does this port speak https?" in plain["change"]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up():
            with contextlib.suppress(OSError), server.accept()[0] as connection:
                connection.recv(65536)

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        odd = ask(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert "broke off" in odd["what"]
    assert "does it speak http or https as it is written?" in odd["change"]


def test_a_silent_server_names_the_time_limit(ask):
    with peer(lambda _prompt: Reply(delay=30)) as model:
        check = ask(model.url, DIFFVET_READ_TIMEOUT="0.3")
    assert "was silent for 0.3 seconds" in check["what"]
    assert check["change"].startswith("read_timeout (now 0.3 seconds)")
    with peer(lambda _prompt: Reply(delay=30)) as model:
        check = ask(model.url, DIFFVET_DEADLINE="0.3", DIFFVET_READ_TIMEOUT="20")
    assert "took longer than 0.3 seconds" in check["what"]
    assert check["change"].startswith("deadline (now 0.3 seconds)")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_a_certificate_that_nobody_trusts_names_the_variable_for_its_authority(ask, tmp_path):
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run(["openssl", *made, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet():
            with contextlib.suppress(OSError), server.accept()[0] as connection:
                context.wrap_socket(connection, server_side=True).close()

        server.settimeout(30)
        thread = threading.Thread(target=greet)
        thread.start()
        check = ask(f"https://localhost:{server.getsockname()[1]}")
        thread.join()
    assert "has a certificate that is not trusted here" in check["what"]
    assert check["change"].startswith("SSL_CERT_FILE: the file of the authority")


def test_a_proxy_of_the_environment_is_named_and_its_refusal_told(doctor):
    with peer(lambda _prompt: Reply(407, b"Proxy says no")) as proxy:
        ran = doctor(
            "--yes", "--format", "json",
            DIFFVET_ENDPOINT="http://model.invalid", DIFFVET_ALLOW_PLAIN_HTTP="1",
            DIFFVET_MODEL="x", DIFFVET_API_KEY=KEY, HTTP_PROXY=proxy.url,
        )  # fmt: skip
    assert ran.check("proxy")["what"].startswith("HTTP_PROXY is set")
    assert ran.check("endpoint")["status"] == 407
    assert "HTTPS_PROXY: the proxy wants" in ran.check("endpoint")["change"]


def test_what_a_hostile_server_says_is_bounded_printable_and_without_the_key(doctor):
    words = f"\x1b]0;owned\x07\x1b[2J\u202ekey {KEY} ".encode() * 50
    with peer(lambda _prompt: Reply(500, words, {"x-error-code": "A\x1b[1mB"})) as model:
        ran = doctor(
            "--yes",
            DIFFVET_ENDPOINT=model.url,
            DIFFVET_MODEL="x",
            DIFFVET_API_KEY=KEY,
        )
    assert ran.code == 1
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err)
    assert max(len(line) for line in ran.out.splitlines()) < 500


@pytest.mark.parametrize(
    ("env", "name", "state", "sentence"),
    [
        ({}, "key", "problem", "not set (DIFFVET_API_KEY is empty)"),
        ({"ANTHROPIC_API_KEY": KEY}, "key", "problem", 'api_key_env = "ANTHROPIC_API_KEY"'),
        ({"DIFFVET_API_KEY": "Bearer x"}, "key", "problem", "a character that no key has"),
        ({"DIFFVET_API_KEY": f'"{KEY}"'}, "key", "warning", "quotes around it"),
        ({"DIFFVET_API_KEY": "short"}, "key", "warning", "short for a key"),
        (
            {"DIFFVET_ENDPOINT": "http://api.example.com"},
            "endpoint",
            "problem",
            "plain http to another machine",
        ),
        (
            {"DIFFVET_ENDPOINT": f"https://api.example.invalid/?key={KEY}"},
            "endpoint",
            "problem",
            "has a query or fragment",
        ),
        ({"DIFFVET_ENDPOINT": "ftp://x"}, "endpoint", "problem", "is not an address such as"),
        ({"DIFFVET_RETRIES": "many"}, "settings", "problem", "it must be a whole number"),
    ],
)
def test_what_is_wrong_before_anything_is_sent(doctor, env, name, state, sentence):
    said = {"DIFFVET_ENDPOINT": "https://api.example.invalid", "DIFFVET_MODEL": "x", **env}
    ran = doctor("--format", "json", **said)
    check = ran.check(name)
    assert check["state"] == state
    assert sentence in f"{check['what']} {check['change']}"
    assert ran.code == (state == "problem")


def test_every_problem_of_every_settings_file_is_said(doctor, repo):
    repo.write("diffvet.toml", "fail_onn = 1\nmodel = 'x'\n")
    repo.write("web/diffvet.toml", "exclude = ['a**']\n")
    repo.write("api/pyproject.toml", "[tool.diffvet]\nmax_findings = 1\n")
    repo.git("add", "-A")
    ran = doctor("--format", "json", DIFFVET_FAIL_NO="error")
    said = [check["what"] for check in ran.checks if check["name"] == "settings"]
    assert [check["state"] for check in ran.checks if check["name"] == "settings"] == ["problem"] * 4 + [
        "warning"
    ]
    for part in (
        "'fail_onn'",
        "may not set 'model'",
        "the pattern 'a**'",
        "holds for the whole run",
        "DIFFVET_FAIL_NO",
    ):
        assert sum(part in sentence for sentence in said) == 1
    assert ran.code == 1


def test_a_cache_that_cannot_be_written_is_a_problem(doctor, tmp_path):
    (tmp_path / "file").write_text("in the way")
    ran = doctor("--format", "json", DIFFVET_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert ran.check("cache")["state"] == "problem"
    assert "DIFFVET_CACHE_DIR: name a directory" in ran.check("cache")["change"]


def test_looking_leaves_nothing_behind(doctor, tmp_path):
    assert doctor(DIFFVET_CACHE_DIR=str(tmp_path / "cache")).code == 0
    assert not (tmp_path / "cache").exists()


def test_the_hook_is_found_where_git_looks_for_it(doctor, repo):
    assert "none is installed" in doctor("--format", "json").check("hook")["what"]
    repo.write(".pre-commit-config.yaml", "repos:\n- repo: x\n  hooks:\n  - id: diffvet\n")
    assert doctor("--format", "json").check("hook")["change"] == "run: pre-commit install"
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\ndiffvet check --staged\n")
    assert "is not executable" in doctor("--format", "json").check("hook")["what"]
    (repo.root / ".git/hooks/pre-commit").chmod(0o755)
    assert doctor("--format", "json").check("hook")["what"].endswith("runs diffvet")
    repo.git("config", "core.hooksPath", "tools/hooks")
    repo.write("tools/hooks/pre-commit", "#!/bin/sh\ntrue\n")
    (repo.root / "tools/hooks/pre-commit").chmod(0o755)
    assert (
        "tools/hooks/pre-commit does not mention diffvet" in doctor("--format", "json").check("hook")["what"]
    )


def test_outside_of_a_repository_it_is_only_a_warning(doctor, tmp_path):
    ran = doctor("--format", "json", cwd=tmp_path)
    assert (ran.code, ran.check("repository")["state"]) == (0, "warning")


def test_a_directory_that_is_not_there_is_a_usage_error(doctor):
    assert doctor("-C", "nowhere").code == 2


def on_a_terminal(command, cwd, env, answer):
    """Run ``command`` on a terminal, type ``answer`` at the question, and return the code and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, typed = b"", False
    while select.select([ours], [], [], 30)[0]:
        try:
            data = os.read(ours, 4096)
        except OSError:  # how Linux says that the other side has left
            break
        if not data:
            break
        shown += data
        if b"[y/N]" in shown and not typed:
            os.write(ours, answer)
            typed = True
    os.close(ours)
    return process.wait(30), shown.decode()


@pytest.mark.parametrize(("answer", "requests"), [(b"y\n", 1), (b"\n", 0), (b"no\n", 0)])
def test_on_a_terminal_a_person_is_asked_first(repo, answer, requests):
    with peer(lambda _prompt: "ok") as model:
        env = {**os.environ, "DIFFVET_ENDPOINT": model.url, "DIFFVET_MODEL": "x", "DIFFVET_API_KEY": KEY}
        code, shown = on_a_terminal([sys.executable, "-c", DRIVER, "doctor"], repo.root, env, answer)
    assert code == 0
    assert "one tiny question? It may cost a few tokens. [y/N]" in shown
    assert len(model.prompts) == requests
