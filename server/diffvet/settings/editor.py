"""What an editor may say in its settings for the server, and what is wrong with what it said.

An editor takes settings from its user and from files of the folder that is open, and does not tell which. So it may
say what a repository may, and how the server behaves in it; where code and key go is said when the server starts
(environment, user file).
"""

import re
from collections.abc import Mapping, Sequence

from diffvet.errors import SettingsError
from diffvet.settings.layers import KEY_WORDS, stay_inside
from diffvet.settings.model import Scope
from diffvet.settings.values import MOST_ENTRIES, OPTIONS, convert
from diffvet.settings.wording import name as printable
from diffvet.settings.wording import shown, suggestion

SECTION = "diffvet"
"""The section of an editor's settings that is ours."""

SAYS = tuple(
    name
    for name, option in OPTIONS.items()
    if option.metadata["scope"] in (Scope.FOLDER, Scope.REPOSITORY)
    or option.metadata.get("editor")
    or name in ("model", "models")
)
"""The options an editor may say. Model ids are among them: they choose at an endpoint that the user chose."""

ITS_OWN = frozenset({"trace", "interpreter"})
"""Settings in our section that are the editor's own business."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def read_editor(section: object) -> tuple[dict[str, object], Sequence[str]]:
    """The options that ``section`` says, by their names here, and what is wrong with the others, a sentence each.

    Names may be written as here, with hyphens, or as ``minSeverity``; null and "" say nothing. What is wrong is left
    out, so that its default holds.
    """
    if section is None:
        return {}, ()
    if not isinstance(section, Mapping) or len(section) > MOST_ENTRIES:
        wrong = f"the editor's setting '{SECTION}' is {shown(section)}; it must be a table of options"
        return {}, (wrong,)
    said: dict[str, object] = {}
    problems: list[str] = []
    for key, value in section.items():
        name = _HUMP.sub("_", key).replace("-", "_").lower()
        if value in (None, "") or name in ITS_OWN:
            continue
        try:
            said[name] = _checked(key, name, value)
        except SettingsError as error:
            problems.append(str(error))
    return said, problems


def _checked(key: str, name: str, value: object) -> object:
    """``value`` as it was said; raises ``SettingsError`` for one that may not, or cannot, be said."""
    where = f"the editor's setting '{SECTION}.{printable(key)}'"
    if name in KEY_WORDS:
        raise SettingsError(
            f"{where} is not read: a key belongs into the environment variable DIFFVET_API_KEY"
        )
    if name not in SAYS and name in OPTIONS:
        raise SettingsError(
            f"{where} is not taken while the server runs; set DIFFVET_{name.upper()} where it is started, or your "
            "user file"
        )
    if name not in SAYS:
        hint = suggestion(name, SAYS) or f"; known are {', '.join(SAYS)}"
        raise SettingsError(f"{where} is unknown{hint}")
    stay_inside(name, convert(OPTIONS[name], value, where), where)
    return value
