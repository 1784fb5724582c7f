"""Reads answers that are not in the exact form: the outline's records, judged as a whole.

An answer is complete only if a sentinel closes it, nothing but decoration follows, nothing in it says that
something was left out, and it lists a risk or says "none". A "none" stands only if nothing else in the answer
is laid out like a finding (a list item, a table, JSON, a heading that names a place) and no text follows it;
running prose before it is reasoning, and what stands in ``<think>`` blocks is not looked at.
"""

from diffvet.dialogue import outline, sentinel
from diffvet.dialogue.answer import Answer
from diffvet.dialogue.collected import Outline


def read(text: str) -> Answer:
    """The bullets of ``text`` and whether it is whole; see ``diffvet.dialogue.bullets.read``."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Answer((), complete=False, problem="the answer is empty")
    found = outline.read(sentinel.on_own_line(text))
    problem = _unfinished(found) or _unfounded(found)
    return Answer(found.bullets, complete=problem is None, problem=problem)


def _unfinished(found: Outline) -> str | None:
    """Why the answer did not come to its end."""
    if found.overlong:
        return "the answer has more bullets than a review can have"
    if found.echoed:
        return "the answer repeats the prompt"
    if found.followed:
        return "text follows the closing sentinel"
    if not found.closed:
        return "the answer has no closing sentinel" if found.begun else "the answer has no bullet list"
    return found.doubt


def _unfounded(found: Outline) -> str | None:
    """Why an answer that did come to its end says nothing certain."""
    if found.bullets:
        return None
    if found.unread:
        return "the answer has bullets that state no readable risk"
    if not found.none:
        return "the answer has no bullet list"
    return f"the answer says 'none' but also has {found.objection}" if found.objection else None
