"""The embedded reviewer: what is new, what merely moved, how much is said, and on which line."""

import difflib
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diffvet.dialogue import bullets as answers
from diffvet.dialogue import prompt as prompts
from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Severity
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side, Status
from diffvet.rules.engine import answer, review
from diffvet.rules.paths import Place, place_of
from diffvet.rules.snippets import PIECE, pieces

SHELL = "subprocess.run(cmd, shell=True)"
KEY = "AKIA" + "Z7Q3WLMN2DKJ5RVT"


def change(path: str, before: str, after: str) -> FileChange:
    old, new = before.splitlines(), after.splitlines()
    lines = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [DiffLine(LineKind.CONTEXT, i + 1, i - i1 + j1 + 1, old[i]) for i in range(i1, i2)]
        else:
            lines += [DiffLine(LineKind.REMOVED, i + 1, None, old[i]) for i in range(i1, i2)]
            lines += [DiffLine(LineKind.ADDED, None, j + 1, new[j]) for j in range(j1, j2)]
    status = Status.ADDED if not old else Status.MODIFIED if new else Status.DELETED
    return FileChange(path, status, (Hunk(1, len(old), 1, len(new), "", tuple(lines)),))


def added(path: str, text: str) -> FileChange:
    return change(path, "", text)


def rules_of(found: tuple[Bullet, ...]) -> list[str | None]:
    return [bullet.rule for bullet in found]


def test_an_added_risk_is_reported_on_its_line_with_its_code():
    (bullet,) = review([added("app/run.py", f"import subprocess\n\n    {SHELL}  # now\n")])
    assert (bullet.path, bullet.side, bullet.start, bullet.end) == ("app/run.py", Side.NEW, 3, 3)
    assert bullet.quote == f"{SHELL}  # now"
    assert bullet.rule == "py.shell-true"
    assert bullet.why
    assert bullet.fix


def test_what_stays_is_not_reported():
    assert review([change("app/run.py", SHELL, f"{SHELL}\nprint(1)")]) == ()


def test_a_moved_statement_is_silent():
    move = [change("a.py", f"x = 1\n{SHELL}", "x = 1"), change("b.py", "y = 1", f"y = 1\n{SHELL}")]
    assert review(move) == ()


def test_a_reformatted_statement_is_silent():
    spread = "subprocess.run(\n    cmd,\n    shell=True)"
    assert review([change("a.py", SHELL, spread)]) == ()


def test_a_second_copy_of_a_statement_is_reported():
    (bullet,) = review([change("a.py", f"x = 1\n{SHELL}\ny = 2", f"{SHELL}\nx = 1\n{SHELL}\ny = 2")])
    assert bullet.start == 1


@pytest.mark.parametrize(
    "line",
    [
        'subprocess.run("ls -l", shell=True)',
        "# subprocess.run(cmd, shell=True)",
        '"""subprocess.run(cmd, shell=True)"""',
        "subprocess.run(shlex.quote(cmd), shell=True)",
        'cmd = "ls"\nsubprocess.run(cmd, shell=True)',
        "subprocess.run(COMMAND, shell=True)",
        ">>> subprocess.run(cmd, shell=True)",
    ],
)
def test_constants_comments_and_quoted_values_are_silent(line: str):
    assert review([added("app/run.py", line)]) == ()


def test_a_value_from_the_request_makes_it_an_error():
    (unknown,) = review([added("app/run.py", SHELL)])
    (outside,) = review([added("app/run.py", f"cmd = request.args['c']\n{SHELL}")])
    assert (unknown.severity, outside.severity) == (Severity.WARNING, Severity.ERROR)


def test_a_statement_that_begins_on_a_context_line_is_anchored_at_its_first_added_line():
    before = "subprocess.run(\n    cmd,\n)"
    after = "subprocess.run(\n    cmd,\n    shell=True,\n)"
    (bullet,) = review([change("a.py", before, after)])
    assert (bullet.start, bullet.quote) == (3, "shell=True,")


def test_code_in_a_docstring_whose_beginning_is_not_shown_is_silent():
    text = 'Runs\n    subprocess.run(cmd, shell=True)\nfor you.\n"""\nx = 1'
    assert review([added("a.py", text)]) == ()


def test_code_in_a_block_comment_whose_beginning_is_not_shown_is_silent():
    assert review([added("a.js", " * eval(code)\n eval(code);\n */\nrun();")]) == ()


@pytest.mark.parametrize(
    "path", ["tests/test_run.py", "vendor/lib/run.py", "site-packages/x/run.py", "src/run_pb2.py"]
)
def test_risks_in_tests_vendored_and_generated_files_are_silent(path: str):
    assert review([added(path, SHELL)]) == ()


def test_a_secret_weighs_less_in_tests_but_not_in_lock_files():
    line = f'key = "{KEY}"'
    (bullet,) = review([added("src/a.py", line)])
    (in_tests,) = review([added("tests/test_a.py", line)])
    assert (bullet.severity, in_tests.severity) == (Severity.ERROR, Severity.WARNING)
    (in_lock,) = review([added("package-lock.json", line)])
    assert in_lock.severity is Severity.ERROR


@pytest.mark.parametrize(
    "line",
    [
        'password = "changeme"',
        'password = "${DB_PASSWORD}"',
        'password = os.environ["PASSWORD"]',
        'api_key = "xxxxxxxxxxxxxxxxxxxxxxxx"',
        'token = "<your token here>"',
        'secret = "{{ vault.secret }}"',
        'integrity = "sha512-9fT2kLmQ7xZbV4nR8sWdY1cHgJ6pAe3uKo5iQwErTyUiOpAsDfGhJkL=="',
        'id = "8f14e45f-ceea-467f-9b2e-0a1b2c3d4e5f"',
        'image = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"',
        'commit = "3f786850e387550fdab836ed7e6dc881de23001b"',
        'PASSWORD_RESET_URL = "/account/password/reset1"',
        'label = "Password: must have 8 characters"',
    ],
)  # fmt: skip
def test_what_only_looks_like_a_secret_is_silent(line: str):
    assert review([added("src/settings.py", line)]) == ()


def test_every_hit_is_a_finding_of_its_own_so_that_none_hides_behind_another():
    text = "\n".join(f"subprocess.run(cmd{n}, shell=True)" for n in range(12))
    assert [bullet.start for bullet in review([added("a.py", text)])] == list(range(1, 13))


def test_one_line_gets_one_finding_of_a_class():
    found = review([added("src/a.py", f'aws_token = "{KEY}"')])
    assert rules_of(found) == ["secret.aws-access-key"]


def test_findings_come_in_the_order_of_files_lines_and_rules():
    files = [added("z.py", f"x = eval(code)\n{SHELL}"), added("a.py", SHELL)]
    first = review(files)
    assert [(b.path, b.start) for b in first] == [("z.py", 1), ("z.py", 2), ("a.py", 1)]
    assert review(files) == first


def test_a_removed_guard_is_reported_on_the_old_side():
    before = "def f(user):\n    if not user.is_admin:\n        raise Forbidden\n    wipe()"
    found = review([change("a.py", before, "def f(user):\n    wipe()")])
    assert [(b.rule, b.side, b.start) for b in found] == [("lost.auth-guard", Side.OLD, 2)]


def test_a_guard_that_went_with_its_function_is_silent():
    before = "def f(user):\n    if not user.is_admin:\n        raise Forbidden\n    wipe()\nx = 1"
    assert review([change("a.py", before, "x = 1")]) == ()


def test_a_guard_that_moved_to_another_file_is_silent():
    guard = "    if not user.is_admin:\n        raise Forbidden\n"
    moved = [
        change("a.py", f"def f(user):\n{guard}    wipe()", "def f(user):\n    wipe()"),
        change("b.py", "def check(user):\n    pass", f"def check(user):\n{guard}    pass"),
    ]
    assert review(moved) == ()


def test_each_deleted_test_file_is_a_finding():
    gone = [change(f"tests/test_{n}.py", "def test_a():\n    assert f()", "") for n in range(6)]
    assert len([bullet for bullet in review(gone) if bullet.rule == "lost.test-file"]) == 6


def test_the_answer_to_a_prompt_is_read_back_as_the_same_bullets():
    files = [added("a.py", SHELL), added("b.py", f'k = "{KEY}"')]
    read = answers.read(answer(prompts.write(files)))
    assert read.complete
    assert [(b.path, b.start, b.rule, b.quote) for b in read.bullets] == [
        (b.path, b.start, b.rule, b.quote) for b in review(files)
    ]


def test_a_harmless_change_is_answered_with_none():
    read = answers.read(answer(prompts.write([added("a.py", "x = 1")])))
    assert read.complete
    assert read.bullets == ()


HOSTILE = [
    "a" * 100_000,
    "password=" * 12_000,
    "'\"" * 50_000,
    "eyJ" * 33_000,
    "(" * 50_000,
    "https://" * 12_000,
    "secret: 'x " * 9_000,
    " " * 100_000 + "x",
    "curl " * 20_000,
    "${{ github.event." * 6_000,
    "AKIA" * 25_000,
    "/*" * 50_000,
    "if (" * 25_000,
    "select * from " * 7_000,
    "f(eval(x)," * 10_000,
    "eval(x); " * 12_000,
    "eval(int(x)); " * 8_000,
    "subprocess.run(cmd, shell=True); " * 3_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
@pytest.mark.parametrize(
    "path", ["a.py", "a.js", ".github/workflows/a.yml", "a.sql", "package.json", "Dockerfile"]
)
def test_a_long_hostile_line_is_looked_at_in_bounded_pieces(path: str, text: str):
    review([added(path, text)])
    review([change(path, text, "x")])


@pytest.mark.parametrize(
    "line", ["((((((((((", "a.b(c).", "if (a) {", "x = 1 + 2 +", "[[[[", "else if (x) {", "f(g(h("]
)
@pytest.mark.parametrize("path", ["a.py", "a.js", "a.go", "a.c", "a.rb"])
def test_deeply_nested_code_is_survived(path: str, line: str):
    review([added(path, f"{line}\n" * 3000 + "eval(code)\nsystem(cmd)\nexec.Command(x)\n")])


def test_a_secret_far_out_on_a_long_line_is_found():
    (bullet,) = review([added("src/a.js", "var a=1;" * 5000 + f'k="{KEY}";' + "var b=2;" * 5000)])
    assert KEY in (bullet.quote or "")


def test_a_hunk_too_large_to_parse_is_read_in_windows():
    filler = "\n".join(f"value_{n} = compute({n}, offset)" for n in range(4000))
    found = review([added("a.py", f"{filler}\n{SHELL}\n{filler}")])
    assert [bullet.start for bullet in found] == [4001]


def test_undecodable_bytes_and_carriage_returns_are_survived():
    (bullet,) = review([added("a.py", f"x = '\udcff'\r\n{SHELL}\r\n")])
    assert bullet.rule == "py.shell-true"


LEAKS = {
    "aws": f'key = "{KEY}"',
    "key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA04up8hoqzS1GpTeRqVbV0QcD2Gv8Xq\n",
}
UNWRITTEN = [
    "data/users.csv", "data/users.tsv", "po/de.po", "art/logo.svg", "web/app.js.map", "Cargo.lock", "web/app.min.js",
    "src/run_pb2.py", "package-lock.json", "app/generated/conf.py", "vendor/lib/run.py", "web/dist/app.js",
    "site-packages/x/run.py", "docs/notes.md", "examples/run.py", "tests/test_a.py",
]  # fmt: skip


@pytest.mark.parametrize("path", UNWRITTEN)
@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_token_of_a_vendors_form_and_a_private_key_are_reported_in_every_place(path: str, leak: str):
    (bullet,) = review([added(path, leak)])
    assert bullet.severity in {Severity.ERROR, Severity.WARNING}


def test_a_value_that_only_may_be_a_password_is_silent_in_generated_files():
    line = "password = 'hunter2!kx9'"
    assert rules_of(review([added("src/a.py", line)])) == ["secret.assigned-password"]
    assert review([added("package-lock.json", line)]) == ()
    assert review([added("app/generated/conf.py", line)]) == ()


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (f'key = \\"{KEY}\\"\\n', "secret.aws-access-key"),
        ('password = \\"hunter2!kx9\\"\\n', "secret.assigned-password"),
        ('API_KEY = \\"9fT2kLmQ7xZbV4nR8sWdY1cH\\"\\n', "secret.assigned-token"),
    ],
)
def test_a_notebook_is_read_as_text_somebody_wrote(source: str, rule: str):
    (bullet,) = review([added("notebooks/train.ipynb", f'    "{source}",')])
    assert (bullet.rule, bullet.severity) == (rule, Severity.ERROR)


FORBIDDEN = "ctx.check_hostname = False"
"""An error wherever product code stands."""


@pytest.mark.parametrize("path", ["app/external/payments.py", "external/payments.py", "src/app.py"])
def test_a_folder_named_external_is_product_code(path: str):
    (bullet,) = review([added(path, FORBIDDEN)])
    assert bullet.severity is Severity.ERROR


@pytest.mark.parametrize(
    "path", ["vendor/a.py", "web/dist/a.py", "site-packages/x/a.py", "app/generated/a.py", "examples/a.py"]
)
def test_an_error_in_code_of_others_and_in_samples_is_a_note(path: str):
    (bullet,) = review([added(path, FORBIDDEN)])
    assert bullet.severity is Severity.INFO


def test_a_value_from_the_request_is_a_note_in_vendored_code():
    assert review([added("vendor/a.py", SHELL)]) == ()
    (bullet,) = review([added("vendor/a.py", f"cmd = request.args['c']\n{SHELL}")])
    assert bullet.severity is Severity.INFO


@pytest.mark.parametrize("folder", ["samples", "examples", "demo"])
def test_nothing_in_a_sample_is_more_than_a_note(folder: str):
    guard = "def f(user):\n    if not user.is_admin:\n        raise Forbidden\n    wipe()"
    found = review(
        [
            added(f"{folder}/a.py", SHELL),
            change(f"{folder}/b.py", guard, "def f(user):\n    wipe()"),
        ]
    )
    assert rules_of(found) == ["py.shell-true", "lost.auth-guard"]
    assert {bullet.severity for bullet in found} == {Severity.INFO}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("src/Contest.java", Place.CODE),
        ("src/Latest.java", Place.CODE),
        ("App/Contest.cs", Place.CODE),
        ("src/PriceTest.java", Place.TESTS),
        ("src/PriceTests.cs", Place.TESTS),
        ("src/test/java/Price.java", Place.TESTS),
        ("tests/examples/a.py", Place.TESTS),
        ("examples/tests/a.py", Place.TESTS),
        ("examples/a.py", Place.SAMPLES),
        ("docs/train.ipynb", Place.DOCS),
        ("a.ipynb", Place.CODE),
        ("vendor/external/a.py", Place.VENDORED),
    ],
)
def test_a_path_says_what_stands_in_it(path: str, place: Place):
    assert place_of(path) is place


LONG = {
    "a literal before": 'data = "' + "x" * 2500 + '"; {}',
    "a comment behind": "{}  # " + "x" * 2500,
    "brackets in a string": 'text = "' + "(" * 400 + '"\n{}',
    "brackets in a comment": "# " + "([{{" * 200 + "\n{}",
    "brackets before": "x = " + "(" * 400 + "1" + ")" * 400 + "\n{}",
    "brackets without end": "(" * 400 + "\n" * 20 + "{}",
    "a very long line": "a = 1; " * 3000 + "{}; " + "b = 2; " * 3000,
    "one very long list": "x = [" + "1, " * 6000 + "{}, " + "2, " * 6000 + "]",
    "a file of long lines": ("y = '" + "z" * 9000 + "'\n") * 6 + "{}",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_lines_and_deep_brackets_hide_nothing_from_code_rules(text: str):
    found = review([added("a.py", text.replace("{}", "eval(source)").replace("{{", "{"))])
    assert rules_of(found) == ["py.eval"]
    assert "eval(source)" in (found[0].quote or "")


def test_many_safe_statements_do_not_hide_the_one_that_is_not():
    safe = "\n".join(f"eval(int(x{number}))" for number in range(3000))
    (bullet, *_) = review([added("a.py", f"{safe}\neval(source)")])
    assert bullet.rule == "py.eval"


def test_a_statement_that_a_long_line_already_held_is_silent():
    line = "a = 1; " * 3000 + "eval(source); " + "b = 2; " * 3000
    assert review([change("a.py", line, "c = 3; " * 500 + line)]) == ()


@given(st.text(st.sampled_from("ab;{}"), min_size=PIECE + 1, max_size=4 * PIECE))
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.large_base_example, HealthCheck.data_too_large],
)
def test_the_pieces_of_a_line_cover_it_and_overlap(line: str):
    cuts = list(pieces(line))
    assert cuts[0][0] == 0
    assert cuts[-1][1] == len(line)
    assert all(end - start <= PIECE for start, end in cuts)
    assert all(after[0] + PIECE // 4 <= before[1] for before, after in itertools.pairwise(cuts))


def test_a_lost_time_limit_is_told_once():
    (bullet,) = review([change("a.py", "r = requests.get(url, timeout=5)", "r = requests.get(url)")])
    assert (bullet.rule, bullet.side) == ("lost.timeout", Side.OLD)
    found = review(
        [
            change(
                "a.py",
                "r = requests.get(url, timeout=5)\nx = 1",
                "r = requests.get(url)\nx = 1\ns = requests.get(url)",
            )
        ]
    )
    assert [(b.rule, b.start) for b in found] == [("py.requests-no-timeout", 3), ("lost.timeout", 1)]


@pytest.mark.parametrize(
    "after",
    [
        "def pay(amount):\n    if (amount <= 0):\n        return None\n    charge(amount)\n",
        "def pay(amount):\n    charge(amount)\n\ndef charge(amount):\n    ok = amount > 9 or amount <= 0\n    return ok\n",
    ],
)
def test_a_guard_whose_condition_stands_elsewhere_is_silent(after: str):
    before = "def pay(amount):\n    if amount <= 0:\n        raise ValueError('amount')\n    charge(amount)\n"
    assert review([change("a.py", before, after)]) == ()


@pytest.mark.parametrize(
    "text",
    [
        'marks = ",".join("?" * len(ids))\ndb.execute(f"SELECT * FROM t WHERE id IN ({marks})", ids)',
        'spots = ", ".join(["%s"] * len(ids))\ndb.execute(f"SELECT * FROM t WHERE id IN ({spots})", ids)',
        'these = ",".join("?" for _ in ids)\ndb.execute("DELETE FROM t WHERE id IN (%s)" % these, ids)',
        'db.execute(f"SELECT * FROM t WHERE id IN ({placeholders})", ids)',
        "db.execute(f\"SELECT * FROM t WHERE id IN ({','.join('?' * len(ids))})\", ids)",
    ],
)  # fmt: skip
def test_a_statement_that_only_counts_its_placeholders_is_silent(text: str):
    assert review([added("src/store.py", text)]) == ()


@pytest.mark.parametrize(
    "text",
    [
        'order = "DESC" if newest else "ASC"\ndb.execute(f"SELECT {_NAMES} FROM t ORDER BY id {order}")',
        'db.execute("SELECT {} FROM t".format(COLUMNS))',
    ],
)
def test_a_statement_of_constants_is_silent(text: str):
    assert review([added("src/store.py", text)]) == ()


def test_what_is_removed_from_vendored_code_is_silent():
    test = "def test_a():\n    assert f()\n"
    assert review([change("vendor/x/tests/test_a.py", test, "")]) == ()
    assert review([change("vendor/x/tests/test_a.py", test + "def test_b():\n    assert g()\n", test)]) == ()


def test_a_statement_with_a_value_beside_its_placeholders_is_reported():
    text = 'marks = ",".join("?" * len(ids))\ndb.execute(f"SELECT {name} FROM t WHERE id IN ({marks})", ids)'
    assert rules_of(review([added("src/store.py", text)])) == ["py.sql-format"]


FRAGMENTS = [
    SHELL, f'key = "{KEY}"', "def f(x):", "    return x", "if not user.is_admin:", "    raise Forbidden", '"""', "/*", "*/",
    "except Exception:", "    pass", "it('a', () => {", "});", "- run: echo ${{ github.head_ref }}", "privileged: true",
    "FROM x", "USER root", "DELETE FROM t;", '"a": "latest"', "requests.get(u, timeout=5)", "eval(x)", "{", "}", "(", "\udcfe", "\t",
    "@login_required", "with lock:", "assert x", "# nosec", "password: 'hunter2!x'", "<<<<<<< HEAD", "\u202e", "", " ",
]  # fmt: skip
PATHS = [
    "a.py", "tests/test_a.py", "a.js", "a.tsx", "a.go", "A.java", "a.kt", "a.cs", "a.c", "a.rs", "a.rb", "a.php", "a.sh",
    "a.sql", "Dockerfile", ".github/workflows/a.yml", "k.yaml", "a.tf", "nginx.conf", "package.json", "requirements.txt",
    "pyproject.toml", "go.mod", "Cargo.toml", "Gemfile", ".env", "a.html", "README.md", "CODEOWNERS", ".gitignore", "x",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=30)), max_size=14).map(
    lambda lines: "\n".join(line.replace("\n", " ") for line in lines)
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PATHS), TEXTS, TEXTS), max_size=3))
def test_any_change_is_reviewed_and_every_quote_stands_on_its_line(files: list[tuple[str, str, str]]):
    changes = [change(path, before, after) for path, before, after in files]
    for bullet in review(changes):
        lines = [
            line.text
            for each in changes
            if each.path == bullet.path
            for hunk in each.hunks
            for line in hunk.lines
            if line.number(bullet.side) == bullet.start
        ]
        assert any((bullet.quote or "") in text for text in lines)
        assert bullet.end is not None
        assert bullet.start is not None
        assert bullet.start <= bullet.end
        assert "\n" not in (bullet.quote or "")
        assert len(bullet.quote or "") <= 120


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATHS), TEXTS)
def test_a_change_that_only_moves_a_file_is_silent(path: str, text: str):
    moved = [change(path, text, ""), added("elsewhere/" + path, text)]
    new = [bullet for bullet in review(moved) if bullet.side is Side.NEW]
    assert [bullet.rule for bullet in new if bullet.rule and not bullet.rule.startswith("dep.")] == []
