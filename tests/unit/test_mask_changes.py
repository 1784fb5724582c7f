"""Masking: nothing of a secret leaves, every line keeps its place, and answers find their way back."""

import pickle
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffvet.dialogue import prompt
from diffvet.dialogue.bullets import Bullet, Category, Severity
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side, Status
from diffvet.review.mask import findings, mask
from diffvet.review.secrets.placeholder import PATTERN
from unit.samples.secrets import fresh, made, wild

PASSWORD = "velvet" + "Orbit7#x"
TOKEN = "gh" + "p_" + "9fT2kLmQ7xZbV4nR8sWdY1cHgJ6pAe3uKo5i"
KINDS = {"+": LineKind.ADDED, "-": LineKind.REMOVED, " ": LineKind.CONTEXT}


def change_of(*lines, path="src/app.py", heading="", **rest):
    """A change of one hunk at line 1; each line begins with its sign."""
    made, old, new = [], 0, 0
    for line in lines:
        kind = KINDS[line[0]]
        old += kind is not LineKind.ADDED
        new += kind is not LineKind.REMOVED
        made.append(
            DiffLine(
                kind,
                None if kind is LineKind.ADDED else old,
                None if kind is LineKind.REMOVED else new,
                line[1:],
            )
        )
    hunk = Hunk(int(old > 0), old, int(new > 0), new, heading, tuple(made))
    return FileChange(path, rest.pop("status", Status.MODIFIED), (hunk,), **rest)


def texts(change):
    return [line.text for hunk in change.hunks for line in hunk.lines]


def test_a_secret_is_replaced_by_a_typed_placeholder_of_the_same_length():
    masked = mask([change_of(f'+token = "{TOKEN}"')])
    (line,) = texts(masked.changes[0])
    assert len(line) == len(f'token = "{TOKEN}"')
    assert line.startswith('token = "MASKED_GITHUB_TOKEN_1_x')
    assert PATTERN.search(line)
    (secret,) = masked.secrets
    assert (secret.kind.label, secret.path, secret.side, secret.line) == (
        "GITHUB_TOKEN",
        "src/app.py",
        Side.NEW,
        1,
    )
    assert (secret.start, secret.end) == (9, 9 + len(TOKEN))
    assert secret.value.reveal() == TOKEN


def test_a_change_without_secrets_is_left_as_it_is_and_needs_no_instruction():
    change = change_of("+x = 1", " y = 2", "-z = 3")
    masked = mask([change])
    assert masked.changes == (change,)
    assert masked.instruction is None
    assert masked.unmask("MASKED_1_") == "MASKED_1_"
    assert findings(masked) == ()


def test_equal_secrets_have_equal_placeholders_and_different_ones_differ():
    lines = texts(
        mask(
            [change_of(f'+password = "{PASSWORD}"', f'+connect("{PASSWORD}")', '+passwd = "copperRiver4!"')]
        ).changes[0]
    )
    first, second, third = (line.split('"')[1] for line in lines)
    assert first == second != third


def test_a_placeholder_never_uses_a_number_that_the_text_shows():
    masked = mask([change_of("+MASKED_PASSWORD_1_xx", f'+password = "{PASSWORD}"')])
    assert "_2_" in texts(masked.changes[0])[1]


def test_nothing_that_is_printed_holds_the_value():
    masked = mask([change_of(f'+password = "{PASSWORD}"')])
    shown = f"{masked!r}{masked.secrets!r}{findings(masked)!r}{masked.secrets[0].value}"
    assert PASSWORD not in shown
    with pytest.raises(TypeError):
        pickle.dumps(masked.secrets[0].value)


def test_the_body_of_a_private_key_is_masked_line_by_line_and_reported_once():
    begin, end = "-----BEGIN RSA PRIV" + "ATE KEY-----", "-----END RSA PRIV" + "ATE KEY-----"
    chance = random.Random(3)  # noqa: S311 - text to mask, no secret
    body = [
        "".join(chance.choices(string.ascii_letters + "0123456789+/", k=size)) for size in (64, 64, 30)
    ] + ["q9="]
    masked = mask([change_of(f'+KEY = """{begin}', *("+" + line for line in body), f'+{end}"""')])
    assert all(PATTERN.fullmatch(line) for line in texts(masked.changes[0])[1:-1])
    (found,) = findings(masked)
    assert (found.bullet.start, found.bullet.end) == (1, 6)
    assert found.bullet.quote == f'KEY = """{begin}'
    assert found.bullet.title == "A private key is committed"


def test_a_key_is_known_by_its_end_when_its_beginning_is_not_shown():
    body = "Zq3" * 8 + "0LmPw7"
    masked = mask([change_of(f" {body}", f" {body[::-1]}", " -----END PRIV" + "ATE KEY-----", "+x")])
    assert body not in prompt.write(masked.changes)
    assert body[::-1] not in prompt.write(masked.changes)


def test_certificates_and_public_keys_are_left_alone():
    body = "+MIID" + "Zq3x0LmPw7Ab" * 5
    change = change_of(
        "+-----BEGIN CERTIFICATE-----", body, body, "+-----END CERTIFICATE-----", path="ca.key"
    )
    assert mask([change]).changes == (change,)


def test_a_secret_in_a_file_name_a_heading_and_a_removed_line_is_masked_but_not_reported():
    change = change_of(
        f"-password = '{PASSWORD}'", " x", heading=f"token = '{TOKEN}'", path=f"dumps/{TOKEN}.sql",
        old_path=f"old/{TOKEN}.sql", status=Status.RENAMED,
    )  # fmt: skip
    masked = mask([change])
    text = prompt.write(masked.changes)
    assert TOKEN not in text
    assert PASSWORD not in text
    assert masked.original_path(masked.changes[0].path) == change.path
    assert len(masked.changes[0].path) == len(change.path)
    assert findings(masked) == ()


def test_a_finding_stands_on_the_added_line_and_quotes_what_is_beside_the_secret():
    masked = mask([change_of(" a", "-b", f'+    db_password = "{PASSWORD}"', f"+{TOKEN} # for the build")])
    first, second = findings(masked)
    assert (first.bullet.path, first.bullet.side, first.bullet.start, first.bullet.end) == (
        "src/app.py",
        Side.NEW,
        2,
        2,
    )
    assert first.bullet.quote == 'db_password = "'
    assert first.anchor == (f'    db_password = "{PASSWORD}"',)
    assert (first.bullet.severity, first.bullet.category) == (Severity.ERROR, Category.SECRET)
    assert second.bullet.quote == "# for the build"


def test_the_head_of_a_table_is_found_behind_the_heading_of_its_hunk():
    shown = texts(mask([change_of("+id,login,password", f"+1,ann,{PASSWORD}", path="users.csv")]).changes[0])
    assert shown[0] == "id,login,password"
    assert PASSWORD not in shown[1]


def test_a_secret_in_test_code_is_a_warning():
    (found,) = findings(mask([change_of(f"+token = '{TOKEN}'", path="tests/test_login.py")]))
    assert found.bullet.severity is Severity.WARNING


def test_a_line_that_is_nothing_but_a_secret_has_no_quote_but_its_exact_line():
    (found,) = findings(mask([change_of(f"+{TOKEN}")]))
    assert (found.bullet.quote, found.bullet.start) == (None, 1)


def bullet(**said):
    said = {
        "severity": Severity.ERROR,
        "category": Category.SECRET,
        "title": "Hard-coded password",
        "path": "src/app.py",
        **said,
    }
    return Bullet(**said)


def test_findings_whose_evidence_is_a_placeholder_are_dropped_and_others_kept():
    masked = mask([change_of(f'+password = "{PASSWORD}"', "+run(password, shell=True)", "+y = 2")])
    shown = texts(masked.changes[0])[0]
    dropped = [
        bullet(start=1, quote=shown),
        bullet(start=1),
        bullet(category=Category.SECURITY, start=1, quote=shown),
        bullet(category=Category.CORRECTNESS, title="Odd name", quote=shown.split('"')[1]),
    ]
    kept = [
        bullet(start=3, quote="y = 2"),
        bullet(
            category=Category.SECURITY, title="Shell injection", start=2, quote="run(password, shell=True)"
        ),
        bullet(category=Category.CORRECTNESS, title="Wrong order", start=1, quote=shown),
    ]
    assert [masked.evidence_is_placeholder(each) for each in dropped + kept] == [True] * 4 + [False] * 3


def test_a_quote_of_a_masked_line_maps_back_to_the_code():
    line = f'password = "{PASSWORD}"'
    masked = mask([change_of("+" + line)])
    assert masked.unmask(f"see `{texts(masked.changes[0])[0]}`") == f"see `{line}`"
    assert masked.hide(f"crashed at {line}") == f"crashed at {texts(masked.changes[0])[0]}"


def test_the_prompt_with_its_instruction_is_read_back_as_the_masked_change():
    masked = mask([change_of(f'+password = "{PASSWORD}"')])
    text = prompt.write(masked.changes, instructions=[masked.instruction])
    assert prompt.read(text)[0].hunks == masked.changes[0].hunks
    assert PASSWORD not in text


@pytest.mark.parametrize("seed", range(3))
def test_no_byte_of_a_made_secret_is_left_in_a_prompt_and_every_line_keeps_its_length(seed):
    for sample in made.samples(120, 100 + seed):
        change = change_of(*("+" + line for line in sample.lines), path=sample.path)
        masked = mask([change])
        text = prompt.write(masked.changes)
        for value in sample.values:
            assert value not in text, sample
        assert [len(line) for line in texts(masked.changes[0])] == [len(line) for line in sample.lines]
        assert [masked.unmask(line) for line in texts(masked.changes[0])] == list(sample.lines)
        assert mask(masked.changes).changes == masked.changes, sample


@pytest.mark.parametrize("given", [made, wild, fresh], ids=["made", "wild", "fresh"])
def test_masking_keeps_lengths_is_undone_exactly_and_finds_nothing_in_its_own_placeholders(given):
    for sample in given.samples(len(given.KINDS) * 2, seed=5):
        masked = mask([change_of(*("+" + line for line in sample.lines), path=sample.path)])
        shown = texts(masked.changes[0])
        assert [len(line) for line in shown] == [len(line) for line in sample.lines], sample
        assert [masked.unmask(line) for line in shown] == list(sample.lines), sample
        assert mask(masked.changes).changes == masked.changes, sample


WORDS = st.sampled_from(
    [PASSWORD, TOKEN, "password", "token", "api_key", "=", ": ", '"', "'", " ", "(", ",", "\\n", "https://a:", "@h.net", "M1_x", "MASKED_",
     "-----BEGIN PRIV" + "ATE KEY-----", "-----END PRIV" + "ATE KEY-----", "Zq3x0LmPw7AbZq3x0LmPw7Ab", "é", "\r", "\udc80", "İ", "|", ">", "eyJ", "."]
)  # fmt: skip
LINES = st.lists(
    st.tuples(st.sampled_from("+- "), st.lists(WORDS, max_size=8).map("".join) | st.text(st.characters(exclude_characters="\n"), max_size=20)).map("".join),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(LINES, st.sampled_from(["a.py", "a.yaml", ".env", "id_rsa", "p.lock"]))
def test_any_change_is_masked_in_place(lines, path):
    change = change_of(*lines, path=path)
    masked = mask([change])
    before, after = texts(change), texts(masked.changes[0])
    assert [len(line) for line in after] == [len(line) for line in before]
    assert [(line.kind, line.old, line.new) for line in masked.changes[0].hunks[0].lines] == [
        (line.kind, line.old, line.new) for line in change.hunks[0].lines
    ]
    for secret in masked.secrets:
        value = secret.value.reveal()
        assert len(value) < 8 or not any(value in line for line in after)
    for found in findings(masked):
        assert found.bullet.quote is None or found.bullet.quote in found.anchor[0]
    assert mask(masked.changes).changes == masked.changes
