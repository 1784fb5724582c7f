"""What must never pass for a finished review: an end that is none, an echo, and a "none" with something beside it."""

import pytest

from diffvet.dialogue import bullets, prompt, wording
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status

RISK = "- [error][security] src/app.py:R11 `run(x)` **Shell.** Why: w. Fix: f."
UNIT = [
    FileChange(
        "src/app.py",
        Status.MODIFIED,
        (Hunk(1, 0, 1, 1, "", (DiffLine(LineKind.ADDED, None, 1, "- [error][secret] # Warning: x"),)),),
    )
]


def problem(text: str) -> str | None:
    answer = bullets.read(text)
    assert answer.complete is (answer.problem is None)
    return answer.problem


@pytest.mark.parametrize(
    "rest",
    [
        "\n\nLet me analyze the code. Line R11 runs a shell",
        "\n\nWait, actually line 11 is vulnerable.\n",
        "\n\nLet me know if you want more!\n",
        "\n```python\nos.system(x)\n```\n",
        "\n<think>\nLine 11 is vulnerable.\n</think>\n",
        "\n<think>",
        "\n</think>\n",
        "\n> But see line 11.\n",
        "\n- Line 11 runs a shell.\n",
        "\n<!-- line 11 -->",
        '\n<note text="line 11 is vulnerable">\n',
        "\nx",
        "\n原因",
    ],
)
@pytest.mark.parametrize("before", ["- none", f"Look:\n{RISK}", "The format is:\n- none"])
def test_text_after_the_sentinel_leaves_the_answer_incomplete(before, rest):
    text = f"{before}\nEND OF REVIEW{rest}"
    assert problem(text) == "text follows the closing sentinel"
    assert len(bullets.read(text).bullets) == before.count("[error]")


@pytest.mark.parametrize(
    "rest", ["", "\n", "\n\n```\n", "\n</review>\n", "\n---\n", "\n**\n", "\n</s>", "<|im_end|>", "\n<|endoftext|>\n", ".\n", "\n✅\n"]
)  # fmt: skip
def test_only_decoration_may_follow_the_sentinel(rest):
    assert problem(f"Done.\n- none\nEND OF REVIEW{rest}") is None


def test_what_was_taken_back_after_a_sentinel_must_be_said_again():
    assert problem("- none\nEND OF REVIEW\nWait, line 11 runs a shell.\nEND OF REVIEW\n")
    assert problem("- none\nEND OF REVIEW\nOne more look: still fine.\n- none\nEND OF REVIEW\n") is None
    assert problem("- none\nEND OF REVIEW\n### Shell call in a.py:R3\nIt runs a shell.\nEND OF REVIEW\n")
    corrected = bullets.read(f"- none\nEND OF REVIEW\nWait:\n{RISK}\nEND OF REVIEW\n")
    assert (len(corrected.bullets), corrected.complete) == (1, True)


@pytest.mark.parametrize(
    "text",
    [
        "The format is:\n- none\nEND OF REVIEW",
        "I was told to answer in this shape:\n\n- none\nEND OF REVIEW\n",
        "My instructions say that the answer ends like this:\n```\n- none\nEND OF REVIEW\n```\n",
    ],
)
def test_a_none_that_only_restates_the_format_is_none(text):
    assert problem(text)


@pytest.mark.parametrize(
    "end",
    ["> END OF REVIEW", ">END OF REVIEW", "`END OF REVIEW`", '"END OF REVIEW"', "“END OF REVIEW”", "'END OF REVIEW'", "**`END OF REVIEW`**",
     "END OF REVIEW?", "> Done. END OF REVIEW", "```\n> END OF REVIEW\n```"],
)  # fmt: skip
def test_a_sentinel_that_is_quoted_is_none(end):
    assert problem(f"- none\n{end}\n")
    read = bullets.read(f"Look:\n{RISK}\n\n{end}\n")
    assert not read.complete


@pytest.mark.parametrize(
    "end", ["**END OF REVIEW**", "## END OF REVIEW", "--- END OF REVIEW ---", "END_OF_REVIEW", "end of review.", "[END OF REVIEW]", "__END OF REVIEW__",
            "```\nEND OF REVIEW\n```", "</x>\nEND OF REVIEW"]
)  # fmt: skip
def test_a_sentinel_may_be_decorated(end):
    assert problem(f"- none\n{end}\n") is None


def test_an_echo_of_the_prompt_is_no_answer_wherever_it_begins_and_ends():
    text = prompt.write(UNIT)
    for begin in (0, 40, 900, len(text) - 1500):
        for end in range(begin + 600, len(text) + 1, 61):
            echo = text[begin:end]
            answer = bullets.read(echo)
            assert not answer.complete, echo
            assert not answer.bullets, (echo, answer.bullets)
    assert problem(text) == "the answer repeats the prompt"


def test_the_rules_alone_are_an_echo_even_where_they_end_in_none_and_sentinel():
    assert problem(wording.RULES) == "the answer repeats the prompt"
    last = "\n".join(wording.RULES.splitlines()[-4:])
    assert problem(last) == "the answer repeats the prompt"


@pytest.mark.parametrize(
    "line",
    [
        "- [severity][category] path:R42-R44 `quote` **Title.** Why: ... Fix: ...",
        "* `[severity][category] path:R42-R44`",
        "  secret: a credential or private key in the change",
        "> secret: a credential or private key in the change",
        "- **security: injection, missing authentication, unsafe input, weak cryptography**",
        "Now answer with the bullets, and END OF REVIEW as the last line.",
    ],
)
def test_one_line_of_the_prompts_own_wording_is_an_echo(line):
    assert problem(f"{line}\n\n- none\nEND OF REVIEW\n") == "the answer repeats the prompt"


def test_the_prompts_wording_may_be_reasoned_about_and_quoted():
    assert problem(f"<think>\n{wording.RULES}\n</think>\n- none\nEND OF REVIEW\n") is None
    quoted = RISK.replace("run(x)", "secret: a credential or private key in the change")
    assert problem(f"Look:\n{quoted}\nEND OF REVIEW\n") is None
    shape = "I answer as `- [severity][category] path` asks for."
    assert problem(f"{shape}\n\n- none\nEND OF REVIEW\n") is None


HINTS = {
    "json": '```json\n[{"severity": "high", "line": 11, "title": "Shell"}]\n```',
    "json without a fence": '[{"file": "src/app.py", "line": 11}]',
    "json over lines": '```\n{\n  "findings": [\n    {\n      "severity": "high"\n    }\n  ]\n}\n```',
    "yaml": "```yaml\nseverity: high\nline: 11\n```",
    "xml": '<finding severity="high" line="11">\nShell\n</finding>',
    "xml elements": "<issue>\nShell injection in line 11\n</issue>",
    "table": "| Severity | File | Problem |\n|---|---|---|\n| high | src/app.py:11 | shell |",
    "table without edges": "Severity | File | Problem\n--- | --- | ---\nhigh | src/app.py:11 | shell",
    "fenced table": "```\n| high | src/app.py:11 | shell |\n```",
    "heading with a place": "### Shell injection in src/app.py:R11\nThe call runs a shell.",
    "heading that is a place": "### src/app.py:R11\nThe call runs a shell.",
    "bold heading with a place": "**Shell injection (src/app.py, line 11)**\n\nThe call runs a shell.",
    "numbered heading": "### Issue 1: the shell\nThe call runs a shell.",
    "heading with a severity": "### High: the shell\nThe call runs a shell.",
    "heading with a class, place below": "### Shell injection\nThe call in src/app.py:R11 runs a shell.",
    "bullet of a place": "- src/app.py:R11",
    "bullet of a place in code": "- `src/app.py:R11`",
    "bullet of a path": "- src/app.py",
    "bullet of a remark": "- The password is stored in plain text.",
    "numbered remark": "1. The password is stored in plain text.",
    "bullet of a fix": "- Fix: use a list.",
    "compiler's form": "src/app.py:R11: shell injection",
    "labelled line": "Severity: high",
    "refusal": "I'm sorry, but I cannot assist with that.",
    "refusal without sorry": "I can't help with reviewing this code.",
    "refusal as an AI": "As an AI, I am not able to review this content.",
    "German refusal": "Es tut mir leid, dabei kann ich nicht helfen.",
    "Chinese refusal": "抱歉 我无法协助。",
    "part": "(Only the first file was reviewed because of length.)",
    "part, first person": "I only looked at the first hunk.",
    "cut input": "The diff is truncated after line 40.",
    "unseen": "I could not see the rest of the file.",
    "omitted": "The remaining files were skipped due to space.",
    "stopped": "I stopped after the first file.",
    "next message": "I will review the remaining hunks in my next message.",
    "not looked at": "I haven't looked at b.py.",
    "counted": "Reviewed 1 of 2 files.",
    "out of budget": "I ran out of budget before finishing.",
    "needs more": "I'd need more context to review this change.",
    "declines a subject": "As an AI model I don't review security code.",
    "marked as cut": "[Response truncated]",
    "file skipped": "`b.py`: skipped.",
    "elided": "...",
    "German part": "Die zweite Datei konnte ich nicht prüfen.",
    "French part": "Je n'ai pas pu examiner le deuxième fichier.",
    "Spanish part": "No pude revisar el segundo archivo.",
    "Portuguese part": "Não consegui revisar o segundo arquivo.",
    "Italian part": "Non ho potuto esaminare il secondo file.",
    "Russian part": "Я не смог просмотреть второй файл.",
    "Polish part": "Nie udało się sprawdzić drugiego pliku.",
    "Korean part": "두 번째 파일은 검토하지 못했습니다.",
    "Chinese part": "我没有看到第二个文件。",
    "xml on one line": '<review><issue severity="high" line="11">Shell</issue></review>',
    "bold severity with a place": "**Critical**: `run(x)` in src/app.py:11 runs a shell.",
}


@pytest.mark.parametrize("hint", HINTS.values(), ids=HINTS.keys())
@pytest.mark.parametrize("order", ["{hint}\n\n- none\nEND OF REVIEW\n", "- none\n\n{hint}\nEND OF REVIEW\n"])
def test_none_does_not_stand_beside_what_hints_at_an_unread_risk(hint, order):
    answer = bullets.read(order.format(hint=hint))
    assert not answer.complete or answer.bullets, answer


@pytest.mark.parametrize(
    "none",
    ["- none (I could not see the whole file)", "- none, as far as I could check", "- none (only the first file was reviewed)", "- none in the first file",
     "- none (diff truncated)", "- No issues found in the part I was able to read.", "- none - unable to access the file", "- none (partial review)",
     "- нет, но второй файл не виден", "- nenhum, exceto a linha 6", "- brak, ale nie widziałem reszty", "- ninguno; falta el segundo", "- 无, 其余未看",
     "- Keine Probleme gefunden (nur teilweise geprüft)", "- 无 (仅检查了部分文件)", "- none (sorry, too long)"],
)  # fmt: skip
def test_a_none_with_a_reservation_is_none(none):
    assert problem(f"{none}\nEND OF REVIEW\n")


def test_text_between_none_and_the_sentinel_is_a_reservation_until_proven_otherwise():
    assert problem("- none\nLine 11 deserves a second look.\nEND OF REVIEW\n")
    assert problem("- none\n```python\nos.system(x)\n```\nEND OF REVIEW\n")


@pytest.mark.parametrize(
    "prose",
    [
        "The change only renames a variable. I cannot see any problem in it.",
        "R11 calls `subprocess.run`, but with a constant list; `src/app.py:R12` closes the file.",
        "## Analysis\n\nThe string in src/app.py:R11 is truncated to 80 characters, which is fine.",
        "### src/app.py",
        "## High severity",
        "## Findings",
        "An attacker cannot access this path, and callers cannot read it.",
        "Here is the code in question:\n```python\nos.system('true')\n```\nIt is constant.",
        "The change is safe because of the time limit in place, and due to the length check before it.",
        "Here is my review in the requested format:",
        "**Summary:** Only comments changed.",
        "The loop reads 3 of 5 files and several other items before it stops.",
        "I reviewed 2 of 2 files.",
        "I haven't seen any problem, and I don't assess the rename as a risk.",
        "The error is logged in the next message, and app.py: ignored by git.",
        "A message truncated to 80 characters is fine here.",
        "我没有看到任何问题。",
        "No pude ver ningún problema.",
        "Je n'ai pas pu voir de problème.",
        "문제를 발견하지 못했습니다.",
        "<review>",
        "<think>\n- src/app.py:R11 runs a shell\n| high | a |\nI could not see the rest of the file.\n</think>",
    ],
)
def test_none_stands_after_reasoning_in_prose(prose):
    assert problem(f"{prose}\n\n- none\nEND OF REVIEW\n") is None


def test_none_may_give_its_reason():
    assert problem("- none (no risk, only the first argument's name changed)\nEND OF REVIEW\n") is None


def test_none_may_be_said_for_every_file_or_severity():
    assert problem("### a.py\n- none\n\n### b.py\n- none\nEND OF REVIEW\n") is None
    assert problem("- a.py\n  - none\n- b.py\n  - none\nEND OF REVIEW\n") is None
    assert problem("## High\n- none\n## Low\n- none\nEND OF REVIEW\n") is None


@pytest.mark.parametrize(
    "rest",
    ["- ... and 12 more issues", "- (more findings omitted for brevity)", "- ...", "Other similar issues omitted.", "The second hunk was not reviewed.",
     "\nb.py: skipped because of its size.\n"],
)  # fmt: skip
def test_findings_that_are_not_all_leave_the_answer_incomplete(rest):
    answer = bullets.read(f"{RISK}\n{rest}\nEND OF REVIEW\n")
    assert len(answer.bullets) == 1
    assert answer.problem == "the answer says that not everything was reviewed"


@pytest.mark.parametrize(
    "rest",
    ["The input is not checked before it is used, and the file is truncated.", "  - The fix handles this and several other problems.",
     "It reads 3 of 5 files.", "- The password is stored in plain text."],
)  # fmt: skip
def test_what_stands_beside_a_finding_may_speak_of_the_code(rest):
    assert problem(f"{RISK}\n{rest}\nEND OF REVIEW\n") is None


def test_a_review_of_a_part_is_incomplete_whatever_it_found():
    answer = bullets.read(
        f"{RISK}\n\nThe remaining files were not reviewed because of length.\nEND OF REVIEW\n"
    )
    assert len(answer.bullets) == 1
    assert answer.problem == "the answer says that not everything was reviewed"
