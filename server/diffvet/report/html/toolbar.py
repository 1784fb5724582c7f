"""What the reader sets: filters, view and colours. Without a script none of it would work, so it stays hidden."""

from collections import Counter
from collections.abc import Sequence

from diffvet.dialogue.vocabulary import Severity
from diffvet.report.html.markup import Html, count, el, joined
from diffvet.report.html.view import STATES, FileView, Note

KEYS = (
    ("j or n", "next finding"),
    ("k or p", "previous finding"),
    ("]", "next file"),
    ("[", "previous file"),
    ("s", "side by side"),
    ("u", "unified"),
    ("/", "search"),
    ("t", "light, dark or as the system has it"),
    ("x", "clear the filters"),
    ("?", "this help"),
    ("Esc", "leave the help or the search"),
)


def toolbar_of(files: Sequence[FileView]) -> Html:
    """The bar that stays in sight."""
    notes = [note for file in files for note in file.notes]
    loud = sum(not note.quiet for note in notes)
    return el(
        "div",
        {"class": "toolbar", "role": "region", "aria-label": "Filters and view", "hidden": ""},
        el(
            "form",
            {"class": "filters", "id": "filters"},
            _search(),
            _severities(notes),
            *_choices(files, notes),
            _button("clear", "Clear", "x"),
        ),
        el("p", {"class": "count", "id": "count", "role": "status"}, count(loud, "finding")),
        el(
            "div",
            {"class": "tools"},
            _button("previous", "↑", "k", "Previous finding"),
            _button("next", "↓", "j", "Next finding"),
            _views(),
            _button("theme", "Auto", "t", "Auto colours"),
            _button("help", "?", "?", "Keyboard help"),
        ),
    )


def help_of() -> Html:
    """The dialog that names the keys."""
    rows = [
        el("div", None, el("dt", None, joined(*_keys(keys))), el("dd", None, what)) for keys, what in KEYS
    ]
    return el(
        "dialog",
        {"id": "keys", "aria-labelledby": "keys-title"},
        el("h2", {"id": "keys-title"}, "Keyboard"),
        el("dl", None, rows),
        el(
            "label",
            None,
            el("input", {"type": "checkbox", "id": "shortcuts", "checked": ""}),
            " Single keys are shortcuts",
        ),
        el("form", {"method": "dialog"}, el("button", None, "Close")),
    )


def _keys(keys: str) -> list[Html | str]:
    return [el("kbd", None, word) if word != "or" else " or " for word in keys.split()]


def _button(name: str, face: str, key: str, label: str | None = None) -> Html:
    spoken = label or face
    return el(
        "button",
        {
            "type": "button",
            "id": name,
            "title": f"{spoken} ({key})",
            "aria-label": label,
            "aria-keyshortcuts": key,
        },
        face,
    )


def _search() -> Html:
    about = {
        "type": "search",
        "id": "search",
        "placeholder": "Search",
        "autocomplete": "off",
        "spellcheck": "false",
    }
    return el(
        "label",
        {"class": "search"},
        el("span", {"class": "unseen"}, "Search findings, file names and code"),
        el("input", about),
    )


def _severities(notes: Sequence[Note]) -> Html:
    counted = Counter(note.finding.severity for note in notes if not note.quiet)
    boxes = [_box(level.value, counted[level]) for level in reversed(Severity)]
    return el("fieldset", {"class": "severities"}, el("legend", {"class": "unseen"}, "Severity"), boxes)


def _box(severity: str, number: int) -> Html:
    box = el("input", {"type": "checkbox", "name": "severity", "value": severity, "checked": ""})
    said = el("span", None, f"{severity} ", el("span", {"class": "number"}, f"{number:,}"))
    return el("label", {"class": f"chip {severity}"}, box, said)


def _choices(files: Sequence[FileView], notes: Sequence[Note]) -> list[Html]:
    categories = sorted({note.finding.category.value for note in notes})
    counted = Counter(note.state for note in notes)
    states = [(state, f"{state} ({counted[state]:,})") for state in STATES if counted[state]]
    with_notes = [(file.anchor, file.path) for file in files if file.notes]
    return [
        _select("category", "Category", "Any category", [(name, name) for name in categories]),
        _select("file", "File", "Any file", with_notes),
        _select("state", "State", "Any state", states),
    ]


def _select(name: str, label: str, every: str, options: Sequence[tuple[str, str]]) -> Html:
    first = el("option", {"value": "all"}, every)
    others = [el("option", {"value": value}, said) for value, said in options]
    return el(
        "label",
        {"class": "choice"},
        el("span", {"class": "unseen"}, label),
        el("select", {"id": name}, first, others),
    )


def _views() -> Html:
    buttons = [
        el(
            "button",
            {
                "type": "button",
                "id": name,
                "aria-pressed": pressed,
                "title": f"{face} ({key})",
                "aria-keyshortcuts": key,
            },
            face,
        )
        for name, face, key, pressed in (
            ("unified", "Unified", "u", "true"),
            ("split", "Split", "s", "false"),
        )
    ]
    return el("div", {"class": "views", "role": "group", "aria-label": "View"}, buttons)
