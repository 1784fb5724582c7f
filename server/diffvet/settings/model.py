"""The settings that are used: complete, typed, each with its help and with who may say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from diffvet.dialogue.vocabulary import Severity

EMBEDDED = "embedded"
"""The endpoint, and the model id, of the reviewer that runs in this process."""

FILTER_MODES = ("added", "diff_context", "file", "nofilter")
"""Which findings count, by where they lie: reviewdog's words."""

FAIL_OPEN = ("never", "timeout", "always")
"""When an incomplete review does not fail the run."""

BASELINES = ("tree", "base")
"""Where the baseline is read."""

KEYLESS = ("ask", "embedded")
"""What becomes of a review whose endpoint is set and whose key is not."""


class Scope(StrEnum):
    """Who may say an option, from the fewest to all."""

    RUN = "run"
    """The command line and the environment: it holds for one run."""
    USER = "user"
    """The user file too: it says where code and key go, or what is spent."""
    REPOSITORY = "repository"
    """The files at the root of the repository too: it says what is reviewed, for the whole run."""
    FOLDER = "folder"
    """The files in any folder of the repository too: it may differ from path to path."""


def _option(default: Any, text: str, *, metavar: str, scope: Scope = Scope.USER, **more: Any) -> Any:
    """One option.

    ``more``: ``choices`` (the words it may be), ``minimum`` (of a number), ``above`` (a number it must
    exceed), ``form`` (``patterns``, ``text``, ``url``, ``variable``, ``path``, ``directory``, ``rules``: what its
    text is), ``editor`` (True: only the language server asks for it, so the other verbs have no flag).
    """
    metadata = {"help": text, "metavar": metavar, "scope": scope, **more}
    return (
        field(default_factory=dict, metadata=metadata)
        if default == {}
        else field(default=default, metadata=metadata)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a review uses. Field names are the options' names in files, flags and ``DIFFVET_*`` variables."""

    endpoint: str = _option(
        EMBEDDED, "base URL of a /v1/messages peer, or 'embedded' (no network)", metavar="URL"
    )
    secondary_endpoint: str = _option(
        "",
        "base URL of a second host, for when the first is down (empty: the vendor's own, 'none': none)",
        metavar="URL",
    )
    model: str = _option("", "model id to ask at the endpoint", metavar="ID")
    models: tuple[str, ...] = _option(
        (), "who reviews, in order: 'embedded' and model ids of the endpoint", metavar="ID,..."
    )
    api_key_env: str = _option(
        "DIFFVET_API_KEY",
        "name of the environment variable that holds the key",
        metavar="NAME",
        form="variable",
    )
    without_key: str = _option(
        KEYLESS[0],
        "where an endpoint is set and the key's variable is empty: ask (without a key), or let the embedded reviewer "
        "review and say so (embedded)",
        metavar="WHO",
        choices=KEYLESS,
    )
    allow_plain_http: bool = _option(
        False, "send to another machine over plain http (it shows your code to the network)", metavar="BOOL"
    )
    fail_on: Severity | None = _option(
        Severity.WARNING,
        "exit 1 when a finding is at least this severe: none, info, warning, error",
        metavar="SEVERITY",
        scope=Scope.FOLDER,
        choices=("info", "warning", "error", "none"),
    )
    min_severity: Severity = _option(
        Severity.INFO,
        "show findings from this severity on: info, warning, error",
        metavar="SEVERITY",
        scope=Scope.FOLDER,
        choices=("info", "warning", "error"),
    )
    include: tuple[str, ...] = _option(
        (),
        "review only files that match one of these patterns (as in .gitignore)",
        metavar="PATTERN,...",
        scope=Scope.FOLDER,
        form="patterns",
    )
    exclude: tuple[str, ...] = _option(
        (),
        "skip files that match one of these patterns (as in .gitignore)",
        metavar="PATTERN,...",
        scope=Scope.FOLDER,
        form="patterns",
    )
    instructions: str = _option(
        "", "what the reviewer should know about this code", metavar="TEXT", scope=Scope.FOLDER, form="text"
    )
    rules: Mapping[str, str] = _option(
        {},
        "rule ids or categories with off, info, warning or error, as in py.shell-true=off",
        metavar="RULE=LEVEL,...",
        scope=Scope.FOLDER,
        form="rules",
    )
    filter_mode: str = _option(
        "diff_context",
        f"which findings count, by where they lie: {', '.join(FILTER_MODES)}",
        metavar="MODE",
        scope=Scope.FOLDER,
        choices=FILTER_MODES,
    )
    max_findings: int = _option(
        0, "report at most so many findings (0: all)", metavar="N", scope=Scope.REPOSITORY, minimum=0
    )
    max_findings_per_file: int = _option(
        0, "report at most so many findings of one file (0: all)", metavar="N", scope=Scope.FOLDER, minimum=0
    )
    baseline: str = _option(
        "",
        "file of known findings (default: .diffvet-baseline.json, if there is one)",
        metavar="FILE",
        scope=Scope.REPOSITORY,
        form="path",
    )
    baseline_from: str = _option(
        BASELINES[0],
        "which baseline counts: the file as it lies here (tree), or as the commit compared with has it (base), so "
        "that a branch cannot accept its own findings",
        metavar="WHERE",
        choices=BASELINES,
    )
    unit_tokens: int = _option(
        0, "tokens of diff in one prompt (0: 8000, embedded 40000)", metavar="N", minimum=0
    )
    max_tokens: int = _option(
        0, "tokens an answer may have (0: 4096, embedded unlimited)", metavar="N", minimum=0
    )
    concurrency: int = _option(4, "how many prompts may be out at once", metavar="N", above=0)
    rate_per_minute: int = _option(0, "requests per minute at most (0: no limit)", metavar="N", minimum=0)
    retries: int = _option(
        2, "how often a request that failed for a passing reason is sent again", metavar="N", minimum=0
    )
    fallback_chat: bool = _option(
        True, "ask once more on /v1/chat/completions when tokens were billed but no text came", metavar="BOOL"
    )
    connect_timeout: float = _option(10.0, "seconds to reach the endpoint", metavar="SECONDS", above=0)
    read_timeout: float = _option(
        120.0, "seconds of silence the endpoint may keep", metavar="SECONDS", above=0
    )
    deadline: float = _option(300.0, "seconds one prompt may take in all", metavar="SECONDS", above=0)
    time_limit: float = _option(
        0.0,
        "seconds a run may ask reviewers; what is not answered by then is not reviewed (0: no limit)",
        metavar="SECONDS",
        minimum=0,
    )
    fail_open: str = _option(
        FAIL_OPEN[0],
        "when an incomplete review may pass: never, timeout (only the time limit cut it), always; a line says so",
        metavar="WHEN",
        choices=FAIL_OPEN,
    )
    run_tokens: int = _option(0, "tokens one run may spend (0: no cap)", metavar="N", minimum=0)
    day_tokens: int = _option(0, "tokens a day (UTC) may spend (0: no cap)", metavar="N", minimum=0)
    month_tokens: int = _option(0, "tokens a month (UTC) may spend (0: no cap)", metavar="N", minimum=0)
    run_credits: float = _option(0.0, "credits one run may spend (0: no cap)", metavar="N", minimum=0)
    day_credits: float = _option(0.0, "credits a day (UTC) may spend (0: no cap)", metavar="N", minimum=0)
    month_credits: float = _option(0.0, "credits a month (UTC) may spend (0: no cap)", metavar="N", minimum=0)
    price_input: float = _option(
        0.0,
        "credits for 1,000 tokens sent, where the endpoint tells none (0: as past answers cost)",
        metavar="N",
        minimum=0,
    )
    price_output: float = _option(
        0.0,
        "credits for 1,000 tokens received, where the endpoint tells none (0: as past answers cost)",
        metavar="N",
        minimum=0,
    )
    lsp_base: str = _option(
        "head",
        "what an editor's files are compared with: head, index, branch (where it left the default branch)",
        metavar="BASE",
        choices=("head", "index", "branch"),
        editor=True,
    )
    lsp_pause: float = _option(
        0.4,
        "seconds after the last edit until unsaved text is reviewed, never by a paid model (0: not before it is saved)",
        metavar="SECONDS",
        minimum=0,
        editor=True,
    )
    lsp_model: str = _option(
        "open",
        "when an editor's files go to the model: open (and at every save), save, command (only when told to)",
        metavar="WHEN",
        choices=("open", "save", "command"),
        editor=True,
    )
    cache: bool = _option(True, "take answers that were paid for before from the cache", metavar="BOOL")
    record: str = _option(
        "", "write every exchange to this directory", metavar="DIR", scope=Scope.RUN, form="directory"
    )
    replay: str = _option(
        "",
        "answer from the exchanges recorded in this directory",
        metavar="DIR",
        scope=Scope.RUN,
        form="directory",
    )

    @property
    def asked(self) -> tuple[str, ...]:
        """The reviewers in order: ``embedded`` for the one in this process, else model ids of the endpoint."""
        if self.models:
            return self.models
        return (EMBEDDED,) if self.endpoint == EMBEDDED else (self.model,)

    @property
    def embedded(self) -> bool:
        """Whether the embedded reviewer alone answers, without any network."""
        return self.endpoint == EMBEDDED or self.models == (EMBEDDED,)
