"""``diffvet rules``: lists, explains, tests and tries the embedded reviewer's rules."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category
from diffvet.diff.model import FileChange, Side
from diffvet.errors import RuleError, UsageError
from diffvet.report.secrecy import mask as hidden
from diffvet.report.secrecy import visible
from diffvet.rules.catalogue import all_rules, check_unique, read_file
from diffvet.rules.reading import did_you_mean
from diffvet.rules.rule import Example, Rule

DESCRIPTION = """\
List, explain, test and try the rules of the embedded reviewer, which answers when no endpoint is configured.
"""

EPILOG = """\
examples:
  diffvet rules list
  diffvet rules explain py.shell-true
  diffvet rules test my-rules.yaml
  git diff | diffvet rules try -
  git diff | diffvet rules try - --rule py.shell-true

exit codes:
  0  done; for 'test', every example behaves; for 'try', whatever was found
  1  for 'test': a rule is broken or an example does not behave
  2  usage error, an unknown rule, or a diff that cannot be read
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four things that can be done with rules."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    listing = actions.add_parser("list", help="one line a rule")
    listing.add_argument("--format", choices=("text", "json"), default="text", help="default: %(default)s")
    listing.set_defaults(action=_list)

    explain = actions.add_parser("explain", help="all about one rule")
    explain.add_argument("id", metavar="ID", help="the rule's id, as 'rules list' prints it")
    explain.set_defaults(action=_explain)

    test = actions.add_parser("test", help="run the rules' own examples")
    test.add_argument("path", metavar="PATH", nargs="*", help="rule files (default: the built-in rules)")
    test.set_defaults(action=_test)

    attempt = actions.add_parser("try", help="run the rules on a diff")
    attempt.add_argument("diff", metavar="FILE", help="a unified diff; '-' reads standard input")
    attempt.add_argument("--rule", metavar="ID", action="append", help="only this rule (may be repeated)")
    attempt.set_defaults(action=_try)


def run(args: argparse.Namespace) -> int:
    """Carry out the action; see ``EPILOG`` for the codes."""
    action: Callable[[argparse.Namespace], int] = args.action
    return action(args)


def _list(args: argparse.Namespace) -> int:
    rules = all_rules()
    if args.format == "json":
        print(json.dumps([_listed(rule) for rule in rules], indent=2))
        return 0
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        languages = ",".join(rule.languages)
        print(f"{rule.id:<{width}}  {rule.severity.value:<7}  {rule.klass:<18}  {languages}")
    print(f"{len(rules)} rules; 'diffvet rules explain ID' says more", file=sys.stderr)
    return 0


def _listed(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "class": rule.klass,
        "category": rule.category.value,
        "severity": rule.severity.value,
        "languages": list(rule.languages),
        "title": rule.title,
    }


def _explain(args: argparse.Namespace) -> int:
    rule = _find(all_rules(), args.id)
    print(f"{rule.id}: {rule.title}")
    print(f"  class {rule.klass}, category {rule.category.value}, severity {rule.severity.value}")
    print(f"  languages: {', '.join(rule.languages)}\n")
    print(f"Why: {rule.why}")
    print(f"Fix: {rule.fix}")
    print(f"See: {', '.join(_address(each) for each in rule.reference)}")
    for heading, examples in (("Reported:", rule.bad), ("Not reported:", rule.good)):
        print(f"\n{heading}")
        for example in examples:
            print("\n".join(_shown(example)))
    return 0


def _address(reference: str) -> str:
    if reference.startswith("CWE-"):
        return f"{reference} https://cwe.mitre.org/data/definitions/{reference.removeprefix('CWE-')}.html"
    return reference


def _shown(example: Example) -> Iterator[str]:
    if example.path:
        yield f"  in {example.path}:"
    marks = (("-", example.before), ("+", example.after)) if example.before else ((" ", example.after),)
    for mark, text in marks:
        for line in text.splitlines():
            yield f"  {mark} {line}".rstrip()
    yield ""


def _test(args: argparse.Namespace) -> int:
    from diffvet.rules.examples import failures  # noqa: PLC0415 - only this action makes diffs

    rules, wrong = _read(args.path)
    for rule in rules:
        try:
            wrong += failures(rule)
        except RuleError as error:
            wrong.append(str(error))
    for sentence in wrong:
        print(visible(sentence))
    count = sum(len(rule.bad) + len(rule.good) for rule in rules)
    print(f"{len(rules)} rules, {count} examples, {len(wrong)} failures", file=sys.stderr)
    return 1 if wrong else 0


def _read(paths: Sequence[str]) -> tuple[list[Rule], list[str]]:
    if not paths:
        return list(all_rules()), []
    rules: list[Rule] = []
    wrong: list[str] = []
    for path in paths:
        read, errors = read_file(Path(path))
        rules += read
        wrong += [str(error) for error in errors]
    check_unique(rules)
    return rules, wrong


def _try(args: argparse.Namespace) -> int:
    from diffvet.review.mask import mask  # noqa: PLC0415 - only this action reviews
    from diffvet.rules.engine import review  # noqa: PLC0415

    rules = [_find(all_rules(), name) for name in args.rule] if args.rule else None
    changes = _changes(args.diff)
    bullets = review(changes, rules)
    masked = mask(changes)
    for bullet in bullets:
        print("\n".join(visible(masked.hide(line)) for line in _said(bullet)))
    found = f"{len(bullets)} finding{'' if len(bullets) == 1 else 's'}"
    print(f"{found} in {len(changes)} changed file{'' if len(changes) == 1 else 's'}", file=sys.stderr)
    return 0


def _changes(name: str) -> list[FileChange]:
    from diffvet.diff.patch import parse  # noqa: PLC0415 - only this action reads diffs
    from diffvet.diff.unified import UnifiedReader  # noqa: PLC0415

    with _opened(name) as stream:
        return [parse(section) for section in UnifiedReader(stream, name).sections()]


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as stream:
            yield stream
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None


def _said(bullet: Bullet) -> Iterator[str]:
    side = " (removed)" if bullet.side is Side.OLD else ""
    yield f"{bullet.path}:{bullet.start}{side}: {bullet.severity.value}: {bullet.title} [{bullet.rule}]"
    if bullet.quote:
        yield f"    {hidden(bullet.quote) if bullet.category is Category.SECRET else bullet.quote}"


def _find(rules: Sequence[Rule], name: str) -> Rule:
    for rule in rules:
        if rule.id == name:
            return rule
    raise UsageError(
        f"there is no rule '{name}'{did_you_mean(name, [rule.id for rule in rules])}; see 'diffvet rules list'"
    )
