"""The one exception tree of Diffvet.

::

    DiffvetError                     a sentence for the user: what, where, what to do
    ├── UsageError           exit 2  a flag, argument or combination that cannot be
    │   ├── SettingsError    exit 2  a setting: unknown, of the wrong type, or not allowed from there
    │   └── StaleFixError    exit 2  ``diffvet.review.apply``: the code a fix was written for is not there any more
    ├── DiffError            exit 2  the change cannot be read; never treated as an empty diff
    │   ├── GitError         exit 2  git is missing, too old, or refuses
    │   └── PatchError       exit 2  the diff text is broken (at a line) or of a form that is refused
    ├── RuleError            exit 2  a rule file that cannot be used
    ├── DecisionError                ``diffvet.lsp.decisions``: said in the editor, never an exit code
    ├── MessagesError        exit 3  ``diffvet.messages.errors``: a unit got no usable answer
    └── GatewayError                 ``diffvet.gateway.errors``: becomes an HTTP error, never an exit code

``str(error)`` is one line, printable as it is. Nothing else may reach a user: any other exception
that arrives at a border (``cli.main``, an LSP job, a gateway request) is a bug and is said to be one.
"""


class DiffvetError(Exception):
    """Base of all errors that are meant for the user.

    ``exit_code`` is what the command line ends with: 2 usage or configuration, 3 incomplete review.
    """

    exit_code = 2


class UsageError(DiffvetError):
    """The command cannot be carried out as it was written."""


class SettingsError(UsageError):
    """A setting is unknown, malformed, or may not be set from where it was set."""


class DiffError(DiffvetError):
    """The change cannot be read."""


class GitError(DiffError):
    """Git is missing, too old, or answered with an error."""


class PatchError(DiffError):
    """Diff text that is broken or of a refused form (combined diffs).

    ``line`` is the 1-based line of the text that was read, where it is known.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class RuleError(DiffvetError):
    """A rule file or rule that cannot be loaded, or that fails its own examples."""
