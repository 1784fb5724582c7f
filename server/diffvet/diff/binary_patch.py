"""The data of a ``GIT binary patch``: passed over, but only when it is all there.

The form is git's (``apply.c``, ``parse_binary_hunk``): one or two blocks of ``literal SIZE`` or
``delta SIZE``, lines of base85 that begin with a letter for the number of bytes they stand for
(``A`` is 1, ``z`` is 52), and a blank line. Git writes two blocks, Mercurial one.
"""

import re

from diffvet.diff.feed import Feed

_BLOCK = re.compile(rb"(?:literal|delta) \d+\r?\n")
_BASE85 = re.compile(rb"[0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+")


def pass_over(feed: Feed) -> None:
    """Take the blocks that follow the line ``GIT binary patch``; ``PatchError`` where data is missing."""
    if not _is_block(feed.peek()):
        feed.fail_at_end("the data of a binary file is missing")
    for _ in range(2):
        if _is_block(feed.peek()):
            feed.take()
            _pass_block(feed)


def _is_block(line: bytes | None) -> bool:
    return line is not None and _BLOCK.fullmatch(line) is not None


def _pass_block(feed: Feed) -> None:
    while (line := feed.take()) is not None:
        if feed.cut:
            feed.fail_cut()
        text = line.rstrip(b"\r\n")
        if not text:
            return
        if not _is_data(text):
            feed.fail("the data of a binary file ends early")
    feed.fail_at_end("the data of a binary file ends early")


def _is_data(text: bytes) -> bool:
    """Whether a line of base85 is as long as its first letter says."""
    letter = text[:1]
    count = text[0] - 64 if b"A" <= letter <= b"Z" else text[0] - 70 if b"a" <= letter <= b"z" else 0
    return count > 0 and len(text) - 1 == (count + 3) // 4 * 5 and _BASE85.fullmatch(text, 1) is not None
