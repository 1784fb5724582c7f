"""How a bug in the server is written down: its type and where it happened, never what it said.

The message of an unexpected exception may quote what was being handled (a document, a header with
the key in it), so it stays out of the log.
"""

import logging
import traceback

logger = logging.getLogger(__name__)


def log_fault(where: str, error: BaseException) -> None:
    """Log ``error`` that surfaced while ``where`` with its frames, without its message."""
    frames = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    logger.error("%s while %s\n%s", type(error).__name__, where, frames)
