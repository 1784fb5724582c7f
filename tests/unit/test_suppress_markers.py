"""An ignore marker hides what it names, next to where it stands, and only with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side, Status
from diffvet.review.finding import Placement
from diffvet.review.marker import LONGEST, markers
from diffvet.review.place import Place, Placer
from diffvet.review.suppress import RULE, complaints, ignored
from diffvet.review.unit import Part

WORDS = "diffvet: ignore[security] only constants get here"


def part(rows, path="src/app.py", *, old=10, new=10):
    """A part from lines written as ``+added``, ``-removed`` or `` context``."""
    lines = []
    olds, news = old, new
    for row in rows:
        kind = {"+": LineKind.ADDED, "-": LineKind.REMOVED, " ": LineKind.CONTEXT}[row[0]]
        before, after = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
        lines.append(DiffLine(kind, olds if before else None, news if after else None, row[1:]))
        olds, news = olds + before, news + after
    hunk = Hunk(old, olds - old, new, news - new, "", tuple(lines))
    return Part(0, 0, FileChange(path, Status.MODIFIED, (hunk,)), 100)


def at(piece, line, end=None, *, side=Side.NEW, placement=Placement.EXACT):
    return Place(piece, side, line, end or line, placement, ())


def hidden(piece, line, end=None, *, category=Category.SECURITY, rule=None, **kind):
    return ignored(at(piece, line, end, **kind), category, rule) is not None


COMMENTS = [
    ("app.py", "x = eval(y)  # HERE"),
    ("app.rb", "x = eval(y) # HERE"),
    ("run.sh", 'eval "$y" # HERE'),
    ("app.yaml", "key: value  # HERE"),
    ("requirements.txt", "package==1.0  # HERE"),
    ("app.js", "eval(y); // HERE"),
    ("app.c", "system(y); /* HERE */"),
    ("app.c", "if (c == '\"') system(y); // HERE"),
    ("app.cpp", "auto n = 1'000'000; system(y); // HERE"),
    ("app.rs", "impl<'a> Call<'a> for X { // HERE"),
    ("app.rs", "fn f(x: &'static str) { /// HERE"),
    ("app.go", "exec.Command(y) // HERE"),
    ("app.css", "a { color: red } /* HERE */"),
    ("query.sql", "DROP TABLE users; -- HERE"),
    ("app.lua", "os.execute(y) -- HERE"),
    ("app.lua", "os.execute(y) --[[ HERE ]]"),
    ("app.hs", "foldl' f z xs -- HERE"),
    ("app.hs", "main = run y {- HERE -}"),
    ("app.ml", "Sys.command y (* HERE *)"),
    ("app.lisp", "(eval y) ; HERE"),
    ("app.clj", "(eval 'y) ;; HERE"),
    ("app.ini", "debug=true ; HERE"),
    ("app.asm", "int 0x80 ; HERE"),
    ("paper.tex", "\\write18{rm} % HERE"),
    ("app.erl", "os:cmd(Y). %% HERE"),
    ("app.m", "y = x'; eval(y) % HERE"),
    ("page.html", "<p>Don't</p> <!-- HERE -->"),
    ("page.xml", "<a/><!--HERE-->"),
    ("page.md", "some text <!-- HERE -->"),
    ("page.jinja", "{{ x|safe }} {# HERE #}"),
    ("page.hbs", "<p>x</p> {{{!-- HERE --}}}"),
    ("page.erb", "<p>x</p> <%# HERE %>"),
    ("page.jsp", "<p>x</p> <%-- HERE --%>"),
    ("page.cshtml", "<p>x</p> @* HERE *@"),
    ("page.jsx", "<a href={x}/> {/* HERE */}"),
    ("run.bat", "REM HERE"),
    ("run.bat", "@rem HERE"),
    ("run.cmd", ":: HERE"),
    ("run.ps1", "Invoke-Expression $y # HERE"),
    ("run.ps1", "iex $y <# HERE #>"),
    ("app.vb", "Shell(y) ' HERE"),
    ("app.bas", "' HERE"),
    ("plugin.vim", 'execute y " HERE'),
    ("app.f90", "! HERE"),
    ("app.f90", "call system(y) ! HERE"),
    ("page.haml", "-# HERE"),
    ("app.jl", "run(y) #= HERE =#"),
    ("app.nim", "discard exec(y) #[ HERE ]#"),
    ("app.rkt", "(eval y) #| HERE |#"),
    ("App.java", " * HERE"),
    ("guide.rst", ".. HERE"),
    ("configure.ac", "dnl HERE"),
    ("Dockerfile", "# HERE"),
    ("app.py", "say(\"don't\", 'it is')  # HERE"),
    ("app.py", "x = r'\\d'  # HERE"),
    ("app.py", "#HERE"),
]


@pytest.mark.parametrize(("path", "line"), COMMENTS, ids=[line for _, line in COMMENTS])
def test_a_marker_is_read_in_the_comment_syntax_of_many_languages(path, line):
    (marker,) = markers(line.replace("HERE", WORDS), path)
    assert (marker.names, marker.reason, marker.problem) == (("security",), "only constants get here", None)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("app.py", 'text = "# HERE"'),
        ("app.py", "text = '# HERE'"),
        ("app.py", "text = f'# HERE'"),
        ("app.py", '"""# HERE'),
        ("app.py", "text = 'it\\'s # HERE'"),
        ("app.js", "text = `// HERE`"),
        ("app.js", "text = `// HERE"),
        ("app.c", 'puts("/* HERE */");'),
        ("app.c", 'puts("\\"// HERE");'),
        ("app.sql", "SELECT '-- HERE'"),
        ("app.py", "HERE"),
        ("app.py", "print HERE"),
        ("app.py", "list = ['HERE']"),
        ("app.py", 'list = ["HERE"]'),
        ("page.md", "write `# HERE` there"),
        ("page.md", "    # HERE"),
        ("plugin.vim", 'echo "HERE"'),
        ("app.py", "# as in: HERE"),
    ],
)
def test_words_that_open_no_comment_of_their_own_are_no_marker(path, line):
    assert markers(line.replace("HERE", WORDS), path) == ()


def test_a_marker_hides_the_finding_on_its_own_line():
    piece = part(["+eval(x)  # " + WORDS, "+eval(y)"])
    assert hidden(piece, 10)
    assert not hidden(piece, 11)


def test_a_marker_anywhere_in_a_range_of_lines_hides_the_finding_on_the_range():
    piece = part(["+eval(", "+  x,  # " + WORDS, "+)"])
    assert hidden(piece, 10, 12)


def test_a_marker_alone_on_its_line_hides_the_line_directly_below_it():
    piece = part([" # " + WORDS, "+eval(x)", "+eval(y)"])
    assert hidden(piece, 11)
    assert not hidden(piece, 12)


def test_a_removed_line_between_the_two_changes_nothing():
    assert hidden(part(["+# " + WORDS, "-eval(w)", "+eval(x)"]), 11)


def test_a_marker_behind_code_says_nothing_about_the_next_line():
    assert not hidden(part(["+eval(w)  # " + WORDS, "+eval(x)"]), 11)
    assert not hidden(part(["+/* " + WORDS + " */ eval(w)", "+eval(x)"], "app.c"), 11)


def test_a_line_between_separates():
    assert not hidden(part(["+# " + WORDS, "+", "+eval(x)"]), 12)


@pytest.mark.parametrize(
    ("opening", "line", "closing"), [("/**", " * ", " */"), ("/*", "* ", "*/"), ("<!--", ".. ", "-->")]
)
def test_a_line_that_only_ends_the_comment_does_not_separate(opening, line, closing):
    piece = part([f"+{opening}", f"+{line}{WORDS}", f"+{closing}", "+eval(x)", "+eval(y)"], "app.js")
    assert hidden(piece, 13)
    assert not hidden(piece, 14)


def test_markers_stack():
    piece = part(["+# " + WORDS, "+# diffvet: ignore[secret] a test value", "+eval(KEY)"])
    assert hidden(piece, 12)
    assert hidden(piece, 12, category=Category.SECRET)


def test_two_markers_share_a_line():
    piece = part(["+eval(KEY)  # " + WORDS + "  # diffvet: ignore[secret] a test value"])
    first, second = markers(piece.lines[0].text, "app.py")
    assert (first.reason, second.reason) == ("only constants get here", "a test value")
    assert hidden(piece, 10)
    assert hidden(piece, 10, category=Category.SECRET)


def test_another_category_is_not_hidden():
    assert not hidden(part(["+eval(x)  # " + WORDS]), 10, category=Category.CORRECTNESS)


def test_several_names_in_one_marker():
    piece = part(["+eval(x)  # diffvet: ignore[security, Data-Loss ,py.eval] a sandbox"])
    assert hidden(piece, 10)
    assert hidden(piece, 10, category=Category.DATA_LOSS)
    assert hidden(piece, 10, category=Category.CORRECTNESS, rule="py.eval")
    assert not hidden(piece, 10, category=Category.CORRECTNESS, rule="py.exec")


def test_a_rule_id_hides_that_rule_only():
    piece = part(["+eval(x)  # diffvet: ignore[py.eval] a sandbox"])
    assert hidden(piece, 10, rule="py.eval")
    assert not hidden(piece, 10, rule="py.shell-true")
    assert not hidden(piece, 10)


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("# diffvet: ignore[security]", "The ignore marker has no reason"),
        ("# diffvet: ignore[security] --", "The ignore marker has no reason"),
        ("# diffvet: ignore[security]  # noqa: S307", "The ignore marker has no reason"),
        ("# diffvet: ignore", "The ignore marker names no category"),
        ("# diffvet: ignore because", "The ignore marker names no category"),
        ("# diffvet: ignore[] because", "The ignore marker names no category"),
        ("# diffvet: ignore[secuirty] because", "The ignore marker names the unknown category 'secuirty'"),
        ("# diffvet: ignore[*] because", "The ignore marker names the unknown category '*'"),
        ("# diffvet: ignore[security, all] because", "The ignore marker names the unknown category 'all'"),
    ],
)
def test_a_marker_without_a_reason_or_a_known_name_hides_nothing_and_is_reported(comment, problem):
    piece = part([f"+eval(x)  {comment}"])
    assert not hidden(piece, 10)
    (bullet,) = complaints(piece)
    assert (bullet.title, bullet.severity, bullet.category, bullet.rule) == (
        problem,
        Severity.INFO,
        Category.MAINTAINABILITY,
        RULE,
    )
    assert bullet.quote is not None
    assert "eval" not in bullet.quote  # what stands before the comment may be a secret
    found = Placer([piece]).place(bullet)
    assert (found.line, found.placement) == (10, Placement.EXACT)


def test_the_fix_of_a_misspelt_category_names_the_one_that_was_meant():
    (bullet,) = complaints(part(["+x()  # diffvet: ignore[data_loss] because"]))
    assert bullet.fix is not None
    assert "diffvet: ignore[data-loss]" in bullet.fix


def test_a_broken_marker_that_was_there_before_is_not_reported():
    assert complaints(part([" x()  # diffvet: ignore", "-y()  # diffvet: ignore", "+z()"])) == ()


def test_a_good_marker_is_not_reported():
    assert complaints(part(["+eval(x)  # " + WORDS])) == ()


def test_a_finding_on_removed_lines_takes_the_marker_of_the_neighbouring_new_line():
    for rows in (
        ["+# " + WORDS, "-check(x)", " run(x)"],
        [" run(y)", "-check(x)", "-check(y)", "+run(x)  # " + WORDS],
    ):
        assert hidden(part(rows), 10, side=Side.OLD) or hidden(part(rows), 11, side=Side.OLD)


def test_a_marker_on_a_removed_line_is_gone():
    piece = part([" a()", "-check(x)  # " + WORDS, " b()"])
    assert not hidden(piece, 11, side=Side.OLD)
    assert not hidden(piece, 11)


def test_a_marker_two_lines_away_from_removed_lines_hides_nothing():
    piece = part(["-check(x)", " a()", " b()  # " + WORDS])
    assert not hidden(piece, 10, side=Side.OLD)


def test_a_finding_without_a_known_place_is_never_hidden():
    assert not hidden(part(["+eval(x)  # " + WORDS]), 10, placement=Placement.UNPLACED)


def test_the_reason_is_kept_with_the_line_it_stands_on():
    marker = ignored(at(part(["+a()", "+eval(x)  # " + WORDS]), 11), Category.SECURITY, None)
    assert marker is not None
    assert (marker.line, marker.reason) == (11, "only constants get here")


def test_a_windows_line_end_is_no_part_of_the_reason():
    (marker,) = markers(f"# {WORDS}\r", "app.py")
    assert marker.reason == "only constants get here"
    assert marker.alone


def test_a_line_nobody_can_read_holds_no_marker():
    assert markers("x" * LONGEST + " # " + WORDS, "app.js") == ()


PIECES = st.sampled_from(
    [
        *("diffvet:", "ignore", "[", "]", "security", ",", " ", "\t", "x", "\ud800", "\u202e"),
        *("#", "//", "--", "/*", "*/", "<!--", "-->", "'", '"', "`", "\\", "REM", ";", "%", "{#", "#}"),
        "diffvet: ignore[security] why",
    ]
)


@given(
    st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)),
    st.sampled_from(["a.py", "b.md", "c.vb", ""]),
)
def test_no_text_makes_the_reader_fail_and_a_marker_without_a_problem_says_what_and_why(text, path):
    for marker in markers(text, path):
        assert marker.problem is not None or (marker.names and marker.reason)
        assert marker.text in text


@given(
    st.lists(
        st.tuples(st.sampled_from("+- "), st.lists(PIECES, max_size=12).map("".join)), min_size=1, max_size=8
    ),
    st.integers(-2, 30),
    st.integers(0, 5),
    st.sampled_from(Side),
    st.sampled_from(Category),
)
def test_no_part_makes_the_search_fail_and_what_hides_covers(rows, line, more, side, category):
    piece = part([sign + text for sign, text in rows])
    marker = ignored(at(piece, line, line + more, side=side), category, None)
    assert marker is None or marker.covers(category, None)
    for bullet in complaints(piece):
        assert bullet.start is not None


@pytest.mark.parametrize(
    "filler",
    ["'", " 'a", '"', "`", "#", "-", "/*", "{{", "# diffvet: ignore[security] ", "\\", "(*", "%", " "],
)
def test_hostile_lines_cost_no_more_than_their_length(filler):
    line = (filler * LONGEST)[: LONGEST - 60] + " # " + WORDS
    assert len(markers(line, "app.py")) <= len(line) // 20
