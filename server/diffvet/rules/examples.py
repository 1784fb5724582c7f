"""A rule's examples are its tests: each is made into a change and reviewed by that rule alone."""

import difflib
from collections.abc import Iterator
from dataclasses import replace

from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
from diffvet.errors import RuleError
from diffvet.rules.engine import review
from diffvet.rules.rule import CodeMatch, Example, GoneMatch, LostMatch, Rule

SAMPLE_PATHS = {
    "python": "app/views.py", "javascript": "src/app.js", "jsx": "src/App.jsx", "typescript": "src/app.ts",
    "tsx": "src/App.tsx", "go": "server/handler.go", "java": "src/main/java/App.java", "kotlin": "src/App.kt",
    "csharp": "src/App.cs", "c": "src/main.c", "cpp": "src/main.cpp", "rust": "src/main.rs", "ruby": "app/user.rb",
    "php": "src/index.php", "shell": "scripts/run.sh", "scala": "src/App.scala", "swift": "Sources/App.swift",
    "sql": "migrations/0002_change.sql", "dockerfile": "Dockerfile", "github-workflow": ".github/workflows/ci.yml",
    "gitlab-ci": ".gitlab-ci.yml", "yaml": "deploy/app.yaml", "compose": "docker-compose.yml",
    "terraform": "infra/main.tf", "nginx": "nginx.conf", "npm": "package.json", "npm-lock": "package-lock.json",
    "pip": "requirements.txt", "pyproject": "pyproject.toml", "gomod": "go.mod", "cargo": "Cargo.toml",
    "gemfile": "Gemfile", "package-config": ".npmrc", "env": ".env", "properties": "app.properties",
    "json": "config.json", "toml": "config.toml", "html": "templates/page.html", "codeowners": "CODEOWNERS",
    "gitignore": ".gitignore", "docs": "notes.md", "makefile": "Makefile", "jenkins": "Jenkinsfile",
    "pre-commit": ".pre-commit-config.yaml", "xml": "web.xml", "text": "notes", "any": "app/settings.py",
    "code": "app/views.py",
}  # fmt: skip
"""Where an example of a language is pretended to stand unless it names its path."""


def change_of(example: Example, rule: Rule) -> FileChange:
    """``example`` as a file change: an added file, or the diff from ``before`` to ``after``."""
    path = example.path or _sample_path(rule)
    before, after = _split(example.before), _split(example.after)
    status = Status.ADDED if not before else Status.MODIFIED if after else Status.DELETED
    lines = tuple(_lines(before, after))
    hunk = Hunk(min(1, len(before)), len(before), min(1, len(after)), len(after), "", lines)
    return FileChange(path, status, (hunk,) if lines else ())


def _sample_path(rule: Rule) -> str:
    if isinstance(rule.match, LostMatch) and rule.match.in_tests:
        return {"python": "tests/test_app.py", "go": "app_test.go", "java": "src/test/AppTest.java"}.get(
            rule.languages[0], "tests/app.test.js"
        )
    return SAMPLE_PATHS[rule.languages[0]]


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _lines(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            for step in range(i2 - i1):
                yield DiffLine(LineKind.CONTEXT, i1 + step + 1, j1 + step + 1, before[i1 + step])
        else:
            yield from (DiffLine(LineKind.REMOVED, at + 1, None, before[at]) for at in range(i1, i2))
            yield from (DiffLine(LineKind.ADDED, None, at + 1, after[at]) for at in range(j1, j2))


def failures(rule: Rule) -> list[str]:
    """One sentence for each example that does not behave; empty when the rule keeps its word."""
    said = []
    for kind, examples in (("bad", rule.bad), ("good", rule.good)):
        for number, example in enumerate(examples, 1):
            found = bool(review([change_of(example, rule)], [rule]))
            if found is not (kind == "bad"):
                said.append(f"{rule.id}: {kind} example {number} {'is' if found else 'is not'} reported")
    said += [*_refusals(rule), *_unmended(rule)]
    if isinstance(rule.match, GoneMatch) and not all(example.before for example in rule.bad):
        said.append(f"{rule.id}: an example of a deleted file needs 'before'")
    return said


def _unmended(rule: Rule) -> list[str]:
    """A sentence for each bad example that the rule's patch changes without mending it, and for a patch without any."""
    if not rule.patch:
        return []
    said, patched = [], False
    for number, example in enumerate(rule.bad, 1):
        found = review([change_of(example, rule)], [rule])
        for bullet in found:
            if bullet.suggestion is None or bullet.start is None:
                continue
            patched = True
            lines = _split(example.after)
            lines[bullet.start - 1 : bullet.end or bullet.start] = bullet.suggestion
            mended = replace(example, after="\n".join(lines))
            if len(review([change_of(mended, rule)], [rule])) >= len(found):
                said.append(f"{rule.id}: bad example {number} is still reported after the patch")
    return said if patched else [*said, f"{rule.id}: no bad example shows what its patch does"]


def _refusals(rule: Rule) -> list[str]:
    """A sentence for each language whose grammar does not know what the rule asks for."""
    said = []
    for name in rule.languages if isinstance(rule.match, CodeMatch) else ():
        sample = Example("\n".join(rule.words), path=SAMPLE_PATHS[name])
        try:
            review([change_of(sample, rule)], [rule])
        except RuleError as error:
            said.append(f"{rule.id}: does not work for {name}: {str(error).splitlines()[0]}")
    return said
