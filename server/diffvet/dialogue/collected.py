"""What was found in an answer so far: its records, its "none", and what speaks against them."""

from dataclasses import dataclass, field

from diffvet.dialogue import doubt, exact, hints, labels, stated
from diffvet.dialogue.answer import Bullet
from diffvet.dialogue.record import Part, PartKind, Record, Strength, Style
from diffvet.dialogue.vocabulary import Severity

# No review has as many; reading on would only spend time on a hostile answer.
_MOST_RECORDS = 2000
_TELLING = frozenset({"severity", "category", "fix", "quote"})
_RISK_NOUNS = ("issue", "problem", "finding", "risk", "bug", "vulnerability")


@dataclass(slots=True)
class Outline:
    """What an answer holds: the records that state a risk, in order, with their bullets.

    ``none`` tells of an explicit "none", ``objection`` what stands beside it, ``unread`` of list items that
    state no readable risk; ``closed`` whether the sentinel came last, ``followed`` that text followed one;
    ``begun`` whether the list was begun; ``overlong`` that reading stopped because there was no end of it;
    ``echoed`` that it repeats the prompt; ``doubt`` what it says against its own completeness.
    """

    bullets: tuple[Bullet, ...] = ()
    none: bool = False
    objection: str | None = None
    unread: bool = False
    closed: bool = False
    followed: bool = False
    begun: bool = False
    overlong: bool = False
    echoed: bool = False
    doubt: str | None = None


@dataclass(slots=True)
class Collected:
    """The same while the lines come in. ``current`` is the record that is still open."""

    accepted: list[Record] = field(default_factory=list)
    current: Record | None = None
    group: int = 0
    nones: int = 0
    closed: bool = False
    followed: bool = False
    echoed: bool = False
    _path: str | None = None
    _listed_path: int | None = None
    _severity: Severity | None = None
    _severity_level: int = 0
    _unread: bool = False
    _begun: bool = False
    _opened: int = 0
    _objection: str | None = None
    _doubt: str | None = None

    @property
    def overlong(self) -> bool:
        """Whether there are more records than any review has."""
        return self._opened > _MOST_RECORDS

    def open(self, style: Style, text: str, indent: int, *, sure: bool = False) -> None:
        """A line that may begin a risk; ``sure`` if nothing else can be meant. An echo of the prompt has sure ones only."""
        self.close(ended=False)
        if not sure and (self.closed or self.echoed):
            return
        self._opened += 1
        self._listed_path = None
        known = exact.read(f"- {text}") if sure else None
        self.current = Record(
            style, text, indent, self.group, self._path, self._severity, exact=known, sure=sure
        )
        if known is None:
            self.current.labels.update(name for name, _ in labels.split(text) if name)

    def close(self, *, ended: bool) -> None:
        """Decides what the current record was; ``ended`` if nothing can be added to it any more."""
        record, self.current = self.current, None
        previous = self.accepted[-1] if self.accepted else None
        if record is None:
            if previous is not None and ended:
                previous.ended = True
            return
        record.bullet, record.strength = stated.read(record)
        if record.strength is not Strength.NONE:
            record.ended = ended
            self.accepted.append(record)
            self._begun = True
        elif record.style is Style.HEADING:
            self._prose_under(record)
        elif previous is not None and previous.group == record.group and not previous.ended:
            texts = [record.head, *(part.text for part in record.parts)]
            self.doubts(doubt.in_aside(record.head))
            previous.parts += [Part(PartKind.ASIDE, text) for text in texts]
            previous.ended, previous.bullet = ended, None
        elif record.style is Style.PARAGRAPH and not _tells_of_risk(record):
            self._prose_under(record)
        else:
            self.leave_unread()

    def prose_break(self) -> None:
        """A line that ends a run of list items."""
        self.close(ended=True)
        self.group += 1

    def under(
        self,
        *,
        path: str | None = None,
        severity: Severity | None = None,
        level: int = 0,
        item: int | None = None,
    ) -> None:
        """What the next records share: the path or the severity above them; ``item``: indent of a list item."""
        self.close(ended=True)
        if path is not None:
            self._settle_listed_path()
            self._path, self._listed_path = path, item
        if severity is not None:
            self._severity, self._severity_level = severity, level

    def end_severity(self, level: int) -> None:
        """A heading of ``level`` ends what a heading of the same or a lower rank said."""
        if self._severity is not None and level <= self._severity_level:
            self._severity = None

    def none(self, *, counts: bool, indent: int) -> None:
        """A "none", which ends the record before it."""
        self.close(ended=True)
        self._begun = True
        if counts:
            if self._listed_path is not None and indent > self._listed_path:
                self._listed_path = None
            self.nones += 1

    def sentinel(self, *, quoted: bool) -> None:
        """The sentinel. A quoted one only ends the record before it."""
        self.close(ended=True)
        self.closed = self.closed or not quoted

    def reopen(self) -> None:
        """Text after the sentinel: a "none" before it must be said again."""
        self.closed, self.followed = False, True
        self.nones = 0
        self.group += 1

    def leave_unread(self) -> None:
        """A list item that states no risk."""
        self._unread = self._begun = True

    def object(self, what: str | None) -> None:
        """Keep what stands beside a "none"."""
        self._objection = self._objection or what

    def doubts(self, problem: str | None) -> None:
        """Keep what the answer says against itself."""
        self._doubt = self._doubt or problem

    def outline(self) -> Outline:
        """What was found, once there are no more lines."""
        self.close(ended=False)
        self._settle_listed_path()
        closed = self.closed and not self.overlong
        if not closed and self.accepted and not self.accepted[-1].ended:
            self.accepted.pop()
        sure = {record.group for record in self.accepted if record.strength is Strength.STRONG}
        ever_closed = closed or self.followed
        kept = [
            record
            for record in self.accepted
            if record.strength is Strength.STRONG or record.group in sure or (ever_closed and not sure)
        ]
        return Outline(
            bullets=tuple(dict.fromkeys(record.bullet or stated.read(record)[0] for record in kept)),
            none=self.nones > 0,
            objection=self._objection,
            unread=self._unread,
            closed=closed,
            followed=self.followed and not closed,
            begun=self._begun,
            overlong=self.overlong,
            echoed=self.echoed,
            doubt=self._doubt,
        )

    def _settle_listed_path(self) -> None:
        """A list item that was nothing but a path, with nothing under it, is an item that states no risk."""
        if self._listed_path is not None:
            self._listed_path = None
            self.leave_unread()

    def _prose_under(self, record: Record) -> None:
        """A heading or a label that turned out to stand above mere text."""
        if record.style is Style.HEADING:
            self.object(hints.under_heading(record))
        for part in (Part(PartKind.TEXT, record.head), *record.parts):
            if part.kind not in {PartKind.CODE, PartKind.SUGGESTION}:
                self.doubts(doubt.in_prose(part.text))
        if self.nones and record.parts:
            self.object(hints.TEXT)


def _tells_of_risk(record: Record) -> bool:
    """Whether labels such as ``Severity:`` or ``Issue:`` mark an unread paragraph as a risk, unlike ``Summary:``."""
    if record.labels & _TELLING:
        return True
    first = record.head or (record.parts[0].text if record.parts else "")
    return first.lower().lstrip("*_ ").startswith(_RISK_NOUNS)
