"""The score orders what is reviewed: the dangerous before the harmless, the same on every machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
from diffvet.review.risk import score


def of(path="src/app.py", added=("value = 1",), removed=(), *, old_mode="100644", new_mode="100644"):
    rows = [DiffLine(LineKind.REMOVED, n + 1, None, text) for n, text in enumerate(removed)]
    rows += [DiffLine(LineKind.ADDED, None, n + 1, text) for n, text in enumerate(added)]
    hunk = Hunk(1, len(removed), 1, len(added), "", tuple(rows))
    return score(FileChange(path, Status.MODIFIED, (hunk,), None, old_mode, new_mode), hunk)


@pytest.mark.parametrize(
    "path",
    [
        "src/auth/login.py",
        "lib/crypto/sign.go",
        "app/payments/checkout.ts",
        "db/migrations/0004_drop.py",
        ".github/workflows/release.yml",
        "Dockerfile",
        "infra/main.tf",
        "deploy/values.yaml",
        "package.json",
        "db/report.sql",
    ],
)
def test_a_sensitive_path_outranks_plain_product_code(path):
    assert of(path) > of("src/app.py")


@pytest.mark.parametrize(
    "path", ["tests/test_app.py", "docs/guide.md", "vendor/a/b.go", "web/app.min.js", "README.md"]
)
def test_tests_documentation_and_foreign_code_come_after_product_code(path):
    assert of(path, ["eval(x)"]) < of("src/app.py", ["eval(x)"])


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run(cmd, shell=True)",
        "eval(text)",
        'cursor.execute(f"SELECT * FROM t WHERE id={x}")',
        'password = "..."',
        "requests.get(url, verify=False)",
        "unsafe { *pointer }",
        "shutil.rmtree(path)",
    ],
)
def test_a_dangerous_word_raises_the_score(line):
    assert of(added=[line]) > of(added=["value = 1"])


def test_a_guard_that_disappears_outranks_one_that_is_replaced_and_both_a_plain_removal():
    lost = of(removed=["if not user.is_admin: raise Denied()"])
    kept = of(removed=["if not user.is_admin: raise Denied()"], added=["if not user.admin: raise Denied()"])
    assert lost > kept > of(removed=["value = 2"])


def test_a_larger_hunk_comes_first_but_size_alone_does_not_outrank_danger():
    assert of(added=["value = 1"] * 40) > of(added=["value = 1"] * 3)
    assert of("src/auth.py", ["eval(password)"]) > of("src/app.py", ["value = 1"] * 5000)


def test_becoming_executable_or_a_link_counts():
    assert of(new_mode="100755") > of()
    assert of(new_mode="120000") > of()


@given(
    st.text(max_size=60),
    st.lists(st.text(max_size=80), max_size=8),
    st.lists(st.text(max_size=80), max_size=8),
)
def test_any_change_has_a_small_score_that_never_differs(path, added, removed):
    first = of(path, added, removed)
    assert 0 <= first <= 130
    assert first == of(path, added, removed)
