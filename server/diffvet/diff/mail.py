"""Mails that ``git format-patch`` writes: where the patch begins, and how many files it promises.

The message is passed over up to its ``---`` line, as ``git am`` does, so a patch quoted in it is not
taken for a change. What follows that line is the statistics and the patch.
"""

import re

from diffvet.diff.feed import Feed
from diffvet.errors import PatchError

_MAIL = re.compile(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001\s*$")
_TOTAL = re.compile(rb" (\d+) files? changed(?:, |\s*$)")


def begins_mail(line: bytes) -> bool:
    """Whether ``line`` is the first of a mail."""
    return _MAIL.match(line) is not None


class Mail:
    """The mail being read, from its first line on; ``line`` is that line's number."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._line = feed.number
        self._owed = 0

    def pass_message(self) -> None:
        """Take header and message, up to and including the ``---`` line.

        A mail that ends before it is a cover letter, an empty commit, or was cut: the first two end in
        a signature, and only a cover letter that others follow speaks of changed files.
        """
        feed = self._feed
        quoted = 0
        signed = counted = False
        while (line := feed.take()) is not None:
            if line.rstrip() == b"---":
                self._owed = 1
                return
            signed = signed or line.rstrip() == b"--"
            counted = counted or _TOTAL.match(line) is not None
            if line.startswith(b"diff --git ") and not quoted:
                quoted = feed.number
            ahead = feed.peek()
            if ahead is not None and begins_mail(ahead):
                break
        if quoted:
            raise PatchError(
                f"cannot tell message from patch at line {quoted} of {feed.name}: the mail has no '---' line",
                quoted,
            )
        if feed.peek() is None and (counted or not signed or feed.cut):
            feed.fail_at_end("the mail ends without its patch")

    def note(self, line: bytes) -> None:
        """Look for the number of changed files in a line between ``---`` and the patch."""
        total = _TOTAL.match(line)
        if total is not None and self._owed == 1:
            self._owed = int(total[1])

    def has_file(self) -> None:
        """Count a file that has come."""
        self._owed -= 1

    def finish(self) -> None:
        """A ``PatchError`` if fewer files came than the mail promised."""
        if self._owed > 0:
            missing = "its patch" if self._owed == 1 else f"{self._owed} of its files"
            self._feed.fail(f"the mail that begins here lacks {missing}", self._line)
