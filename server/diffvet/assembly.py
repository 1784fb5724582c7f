"""Wires settings to a reviewer: who reviews, which endpoint, which key, what is remembered and what it may cost.

The one place where faces meet ``gateway``, ``messages`` and ``store``; everything heavy is imported when it is needed.
"""

import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.errors import SettingsError
from diffvet.messages.client import FALLBACK, MessagesClient
from diffvet.messages.key import ApiKey
from diffvet.messages.record import Record, RecordingExchange, Replay, ReplayingExchange
from diffvet.messages.wire import Exchange
from diffvet.review.discreet import hide
from diffvet.review.finding import FilterMode, Finding, State, Usage
from diffvet.review.frugal import FrugalReader
from diffvet.review.reader import EmbeddedReader, ModelReader, Reader
from diffvet.review.reviewer import Limits, Reviewer
from diffvet.review.select import Selected, Selection, marked, select
from diffvet.review.suggestion import Suggestions
from diffvet.settings.levels import level_of
from diffvet.settings.load import load, load_with_origins
from diffvet.settings.loaded import Loaded
from diffvet.settings.model import EMBEDDED, Settings
from diffvet.settings.origin import Kind
from diffvet.store.price import Price
from diffvet.store.store import Store

if TYPE_CHECKING:
    from diffvet.dialogue.bullets import Bullet
    from diffvet.diff.model import FileChange
    from diffvet.store.caps import Cap, Caps
    from diffvet.store.spending import Spending

EMBEDDED_TOKENS = (40_000, 1_000_000)
"""Tokens of diff and of answer with the embedded reviewer alone: it costs nothing, and sees more in one prompt."""

MODEL_TOKENS = (8_000, 4_096)
"""Tokens of diff and of answer with a model."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a review is for: the face that asks, and the repository, as ``diffvet usage`` will show them.

    ``run`` names what the caps of one run count together; without one each model's requests are a run of their own.
    """

    face: str = "cli"
    repository: str = ""
    run: str = ""


def load_settings(directory: Path, overrides: Mapping[str, object] | None = None) -> Settings:
    """The settings for a review in ``directory``; raises ``SettingsError``."""
    return load(directory, environ=os.environ, overrides=overrides)


def load_all(directory: Path, overrides: Mapping[str, object] | None = None) -> Loaded:
    """The same with who said what, and the way to the settings of single paths."""
    return load_with_origins(directory, environ=os.environ, overrides=overrides)


def load_for_editor(directory: Path, said: Mapping[str, object]) -> tuple[Loaded, str | None]:
    """The same with what an editor ``said`` on top; where both together cannot work, without it, and why not."""
    try:
        loaded = load_with_origins(directory, environ=os.environ, overrides=said, overrides_are=Kind.EDITOR)
    except SettingsError as error:
        if not said:
            raise
        return load_all(directory), f"the editor's settings are left out: {error}"
    return loaded, None


def keyless(loaded: Loaded, key: ApiKey | None) -> Loaded:
    """``loaded`` with the embedded reviewer alone, where there is no ``key`` and ``without_key`` wants that."""
    settings = loaded.settings
    if key is not None or settings.embedded or settings.without_key != EMBEDDED:
        return loaded
    return replace(loaded, settings=replace(settings, endpoint=EMBEDDED, model="", models=()))


def known_findings(loaded: Loaded) -> Collection[str]:
    """The fingerprints of the baseline; raises ``BaselineError`` for one that cannot be read."""
    path = loaded.baseline()
    if path is None:
        return ()
    from diffvet.review.baseline_file import read  # noqa: PLC0415 - where there is a baseline only

    return read(path)


def judged(
    found: Sequence[Finding], loaded: Loaded, store: Store, known: Collection[str]
) -> tuple[tuple[Finding, ...], Selected]:
    """``found`` with the states that settings, baseline and dismissals give it, and what of it is to be shown.

    ``known`` are the fingerprints of the baseline (``known_findings``).
    """
    dismissed = store.dismissals.dismissed([finding.fingerprint for finding in found]) if found else ()
    findings = marked(
        [_levelled(finding, loaded.settings_for(finding.path).settings) for finding in found],
        dismissed=dismissed,
        baseline=known,
    )
    chosen = select(
        findings,
        _selection(loaded.settings),
        at=lambda place: _selection(loaded.settings_for(place).settings),
    )
    return findings, chosen


def reasons(findings: Sequence[Finding], store: Store, known: Collection[str]) -> dict[str, str]:
    """Why those of ``findings`` that are dismissed or in the baseline ``known`` are, by fingerprint."""
    from diffvet.review.baseline import Baseline  # noqa: PLC0415 - for few formats

    names = [finding.fingerprint for finding in findings if finding.state is not State.OPEN]
    accepted = known.entries if isinstance(known, Baseline) else {}
    said = {name: accepted[name].reason for name in names if name in accepted}
    return said | {name: each.reason for name, each in store.dismissals.dismissed(names).items()}


def _levelled(finding: Finding, settings: Settings) -> Finding:
    """``finding`` at the severity that ``rules`` gives it; one that is off is ignored."""
    severity = level_of(settings.rules, finding.rule or "", finding.category, finding.severity)
    if severity is None:
        return replace(finding, state=State.IGNORED)
    return finding if severity is finding.severity else replace(finding, severity=severity)


def _selection(settings: Settings) -> Selection:
    return Selection(
        FilterMode(settings.filter_mode),
        settings.min_severity,
        settings.fail_on,
        settings.max_findings_per_file,
        settings.max_findings,
    )


def limits(settings: Settings) -> Limits:
    """The settings' limits, with the defaults that depend on the reviewer filled in."""
    default = EMBEDDED_TOKENS[0] if settings.embedded else MODEL_TOKENS[0]
    return Limits(settings.unit_tokens or default, settings.concurrency)


@asynccontextmanager
async def open_reviewer(
    settings: Settings,
    key: ApiKey | None = None,
    *,
    store: Store | None = None,
    errand: Errand | None = None,
    loaded: Loaded | None = None,
    free: bool = False,
) -> AsyncIterator[Reviewer]:
    """A reviewer for ``settings``; leaving the context closes its connections, not ``store``.

    A ``free`` one asks no model: it gives what models said before, and what the embedded reviewer says of the rest.

    ``store`` keeps answers and spending of models; without one nothing is remembered and no cap can be kept.
    ``loaded`` gives what holds for single paths: exclusion and instructions. Raises ``SettingsError`` for an
    endpoint that may not be used.
    """
    async with AsyncExitStack() as stack:
        readers: list[Reader] = []
        models: list[ModelReader] = []
        model_client: MessagesClient | None = None
        for name in settings.asked:
            if name == EMBEDDED:
                client = await stack.enter_async_context(_embedded_client(settings))
                readers.append(EmbeddedReader(client, EMBEDDED, settings.max_tokens or EMBEDDED_TOKENS[1]))
                continue
            if model_client is None:
                model_client = await stack.enter_async_context(_model_client(settings, key))
            reader = _model_reader(name, model_client, settings, store, errand or Errand())
            models.append(replace(reader, instructions=instructions(settings, loaded)))
            readers.append(models[-1])
        if free and models:
            client = await stack.enter_async_context(_embedded_client(settings))
            readers = [FrugalReader(tuple(models), EmbeddedReader(client, EMBEDDED, EMBEDDED_TOKENS[1]))]
        yield Reviewer(
            readers,
            limits(settings),
            exclusion(loaded) if loaded else None,
            Suggestions(_embedded_check),
            silenced(loaded) if loaded else None,
        )


def warm() -> None:
    """Load what the first embedded review would wait for: the rules, and how secrets look."""
    from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status  # noqa: PLC0415 - in good time only
    from diffvet.gateway.service import Gateway  # noqa: F401, PLC0415
    from diffvet.gateway.upstream import EmbeddedUpstream  # noqa: F401, PLC0415

    lines = (DiffLine(LineKind.ADDED, None, 1, "subprocess.run(x, shell=True)"),)
    change = FileChange("warm.py", Status.MODIFIED, (Hunk(0, 0, 1, 1, "", lines),))
    hide("".join(bullet.title for bullet in _embedded_check(change)))


def _embedded_check(change: "FileChange") -> "Sequence[Bullet]":
    """What the embedded reviewer says of ``change``: the judge of suggested fixes."""
    from diffvet.rules.engine import review  # noqa: PLC0415 - ast-grep, where something is suggested only

    return review((change,))


def instructions(settings: Settings, loaded: Loaded | None) -> Callable[[str], str]:
    """What the user and the repository say to a model about a path; "" for nothing."""
    if loaded is None:
        return lambda _path: settings.instructions
    return lambda path: loaded.settings_for(path).settings.instructions


def exclusion(loaded: Loaded) -> Callable[[str], str | None]:
    """Why the settings that hold for a path keep it from review, None where they do not."""

    def excluded(path: str) -> str | None:
        verdict = loaded.settings_for(path).verdict
        return verdict.sentence if verdict.skipped else None

    return excluded


def silenced(loaded: Loaded) -> "Callable[[Bullet], bool]":
    """Whether the settings that hold for a bullet's path have switched its rule or category off."""

    def off(bullet: "Bullet") -> bool:
        rules = loaded.settings_for(bullet.path or "").settings.rules
        return level_of(rules, bullet.rule or "", bullet.category, bullet.severity) is None

    return off


def _model_reader(
    name: str, client: MessagesClient, settings: Settings, store: Store | None, errand: Errand
) -> ModelReader:
    live = store if store is not None and not settings.replay else None  # a replay costs and teaches nothing
    return ModelReader(
        client,
        name,
        longest_answer(settings),
        answers=live.answers if live and settings.cache else None,
        meter=_Meter(live.spending, _caps(settings), errand.run or new_run(), errand) if live else None,
        most_output=longest_answer(settings) * (1 + FALLBACK.factor * settings.fallback_chat),
        price=said_price(settings),
    )


def said_price(settings: Settings) -> Price | None:
    """What the user says a model costs; None where nothing is said."""
    if settings.price_input or settings.price_output:
        return Price(settings.price_input, settings.price_output)
    return None


def price_of(model: str, settings: Settings, store: Store) -> Price | None:
    """The same, else what past answers of ``model`` cost; None where neither is known."""
    return said_price(settings) or store.spending.price(model)


def longest_answer(settings: Settings) -> int:
    """Tokens that one answer of a model may have."""
    return settings.max_tokens or MODEL_TOKENS[1]


@dataclass(frozen=True, slots=True)
class _Meter:
    """One run's way to the spending record."""

    spending: "Spending"
    caps: "Caps"
    run: str
    errand: Errand

    def reserve(self, model: str, estimate: Usage) -> Callable[[Usage], None]:
        """See ``review.reader.Meter``."""
        from diffvet.store.spending import Purpose  # noqa: PLC0415 - where a model is paid only

        purpose = Purpose(self.run, self.errand.repository, model, self.errand.face)
        reservation = self.spending.reserve(estimate, self.caps, purpose)
        return lambda usage: self.spending.settle(reservation, usage)


def new_run() -> str:
    """A name no other run has."""
    return os.urandom(8).hex()


def budget(settings: Settings, store: Store, run: str) -> "tuple[Cap, ...]":
    """How things stand with the caps that are set; ``run`` is the errand's."""
    from diffvet.store.caps import standing  # noqa: PLC0415 - where a model is paid only

    return standing(_caps(settings), lambda window: store.spending.spent(window, run))


def _caps(settings: Settings) -> "Caps":
    from diffvet.store.caps import Caps  # noqa: PLC0415 - where a model is paid only

    return Caps(
        run_tokens=settings.run_tokens or None,
        day_tokens=settings.day_tokens or None,
        month_tokens=settings.month_tokens or None,
        run_credits=settings.run_credits or None,
        day_credits=settings.day_credits or None,
        month_credits=settings.month_credits or None,
    )


def _tape(settings: Settings) -> Record | Replay | None:
    if settings.replay:
        return Replay(Path(settings.replay), hide)
    return Record(Path(settings.record), hide) if settings.record else None


def _embedded_client(settings: Settings) -> MessagesClient:
    from diffvet.gateway.service import Gateway  # noqa: PLC0415 - where the embedded reviewer answers only
    from diffvet.gateway.upstream import EmbeddedUpstream  # noqa: PLC0415

    exchange: Exchange = Gateway([EmbeddedUpstream()])
    if settings.embedded:  # beside a model only the model's exchanges are worth a recording
        match _tape(settings):
            case Record(directory, redact):
                exchange = RecordingExchange(exchange, directory, redact=redact)
            case Replay(directory, redact):
                exchange = ReplayingExchange(directory, redact=redact)
    return MessagesClient(exchange, deadline=settings.deadline)


def _model_client(settings: Settings, key: ApiKey | None) -> MessagesClient:
    from diffvet.messages.limiter import Limiter  # noqa: PLC0415 - where a model is asked only
    from diffvet.messages.limits import Limits as HttpLimits  # noqa: PLC0415
    from diffvet.messages.peer import endpoints_of, open_client  # noqa: PLC0415
    from diffvet.messages.retry import RetryPolicy  # noqa: PLC0415

    return open_client(
        endpoints_of(
            settings.endpoint, settings.secondary_endpoint, allow_plain_http=settings.allow_plain_http
        ),
        key,
        limits=HttpLimits(
            connect=settings.connect_timeout, read=settings.read_timeout, total=settings.deadline
        ),
        retry=RetryPolicy(tries=1 + settings.retries),
        limiter=Limiter(concurrency=settings.concurrency, per_minute=settings.rate_per_minute),
        fallback=FALLBACK if settings.fallback_chat else None,
        tape=_tape(settings),
    )
