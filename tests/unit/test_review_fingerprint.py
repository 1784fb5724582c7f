"""One finding, one identity: what may change without a new fingerprint, and what may not."""

from dataclasses import replace

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.review.finding import Finding, Placement
from diffvet.review.fingerprint import identify

BASE = Finding(
    "", "src/app.py", Side.NEW, 42, 42, Severity.ERROR, Category.SECURITY, "Shell injection", "why", "fix",
    "run(cmd)", Placement.EXACT, "embedded", "py.shell-true",
)  # fmt: skip
CODE = ("    run(cmd, shell=True)",)


def name(finding=BASE, code=CODE):
    return identify([(finding, code)])[0].fingerprint


def test_line_numbers_words_and_reviewers_do_not_matter():
    other = replace(
        BASE, line=7, end_line=7, title="Command runs in a shell", why="", reviewer="route/x", rule=None
    )
    assert name() == name(replace(other, severity=Severity.WARNING))


def test_indentation_does_not_matter():
    assert name() == name(code=("\t\trun(cmd,  shell=True)",))


def test_path_category_and_code_do_matter():
    others = {
        name(replace(BASE, path="a.py")),
        name(replace(BASE, category=Category.CORRECTNESS)),
        name(code=("x",)),
    }
    assert len(others | {name()}) == 4


def test_equal_code_is_told_apart_by_its_order():
    twice = identify([(replace(BASE, line=9, end_line=9), CODE), (BASE, CODE)])
    assert [finding.line for finding in twice] == [9, 42]
    assert twice[0].fingerprint == name()
    assert twice[0].fingerprint != twice[1].fingerprint


def test_the_same_finding_twice_is_one():
    assert len(identify([(BASE, CODE), (replace(BASE, severity=Severity.INFO), CODE)])) == 1
    assert (
        identify([(replace(BASE, severity=Severity.INFO), CODE), (BASE, CODE)])[0].severity is Severity.ERROR
    )


def test_a_secret_is_the_same_whoever_found_it_and_however_far_they_saw():
    begin, end = "-----BEGIN KEY-----", "-----END KEY-----"
    key = replace(BASE, category=Category.SECRET, end_line=43)
    first = replace(key, end_line=42, rule="secret.private-key", severity=Severity.WARNING)
    [alone] = identify([(key, (begin, end))])
    for pair in ([(first, (begin,)), (key, (begin, end))], [(key, (begin, end)), (first, (begin,))]):
        [found] = identify(pair)
        assert (found.fingerprint, found.end_line) == (alone.fingerprint, 43)


def test_two_risks_on_one_line_stay_two():
    other = replace(BASE, rule="py.other", title="Other")
    assert len({finding.fingerprint for finding in identify([(BASE, CODE), (other, CODE)])}) == 2


def test_undecodable_paths_have_a_fingerprint():
    assert len(name(replace(BASE, path="caf\udce9.py"))) == 32
