"""Exchanges as files: recorded once with a model, replayed ever after without one.

One file per request and answer, ``schemas/exchange.schema.json``, named after what was asked:
``<hash of method, path and body>-<ordinal>.json``. The ordinal tells repetitions apart, first is 1. No request
header is stored, so no key; of an answer only the headers that mean something. Bytes that are no UTF-8 are
kept as surrogate escapes. The host is not stored: recordings are for any.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from diffvet.errors import SettingsError
from diffvet.messages.errors import Stage, TransportError
from diffvet.messages.exchange import close
from diffvet.messages.fault import plain
from diffvet.messages.wire import ONE_REQUEST, Exchange, HttpReply, HttpRequest

VERSION = 1
_HEADERS = ("content-type", "location", "retry-after", "x-error-code")

Redact = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Record:
    """The wish to record into ``directory``; ``redact`` masks secrets in both bodies."""

    directory: Path
    redact: Redact = str


@dataclass(frozen=True, slots=True)
class Replay:
    """The wish to be answered from ``directory`` only; ``redact`` is the one that recorded."""

    directory: Path
    redact: Redact = str


class RecordingExchange:
    """Writes down each request with its answer, or with the failure that came instead.

    Nothing is overwritten: what is asked again, now or in a later run, gets the next free ordinal. ``redact``
    masks secrets in both bodies before they are stored (and named), the trip's ``conceal`` what an answer may not
    know. Several processes may share ``directory``.
    Raises ``SettingsError`` at once when the directory cannot be made.
    """

    def __init__(self, inner: Exchange, directory: Path, *, redact: Redact = str) -> None:
        self._inner = inner
        self._directory = directory
        self._redact = redact
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(_cannot("record into", directory, error)) from None

    async def __call__(self, request: HttpRequest) -> HttpReply:
        """Carry ``request`` and record what came of it; raises ``MessagesError``."""
        try:
            reply = await self._inner(request)
        except TransportError as error:
            failure = {"sentence": str(error), "retryable": error.retryable, "stage": error.stage.value}
            self._write(request, {"failure": failure})
            raise
        conceal = request.trip.conceal
        headers = {
            name: self._redact(conceal(reply.headers[name])) for name in _HEADERS if name in reply.headers
        }
        body = self._redact(conceal(_text(reply.body)))
        answer = {"status": reply.status, "headers": headers, "body": body}
        self._write(request, {"reply": answer})
        return reply

    async def aclose(self) -> None:
        """Close the exchange inside."""
        await close(self._inner)

    def _write(self, request: HttpRequest, outcome: Mapping[str, Any]) -> None:
        body = self._redact(_text(request.body))
        asked = {"method": request.method, "path": request.path, "body": body}
        text = json.dumps({"version": VERSION, "request": asked, **outcome}, indent=2) + "\n"
        stem, ordinal = _stem(request, body), 1
        try:
            while True:
                try:
                    with _path(self._directory, stem, ordinal).open(
                        "x", encoding="ascii", newline="\n"
                    ) as file:
                        file.write(text)
                except FileExistsError:
                    ordinal += 1
                else:
                    return
        except OSError as error:
            raise TransportError(
                _cannot("record into", self._directory, error), retryable=False, stage=Stage.BEGUN
            ) from None


class ReplayingExchange:
    """Answers from the files of ``directory``, in the order in which they were recorded; needs no network.

    What is asked more often than it was recorded gets the last answer again. What was not recorded at all is a
    ``TransportError`` that names the missing file. ``redact`` is the one that recorded. One instance stands
    for one run: it begins with the first answers.
    """

    def __init__(self, directory: Path, *, redact: Redact = str) -> None:
        if not directory.is_dir():
            raise SettingsError(f"there are no recordings to replay: {_shown(directory)} is no directory")
        self._directory = directory
        self._redact = redact
        self._asked: Counter[str] = Counter()

    async def __call__(self, request: HttpRequest) -> HttpReply:
        """The recorded answer to ``request``; raises ``TransportError``."""
        request.trip.add(ONE_REQUEST)
        stem = _stem(request, self._redact(_text(request.body)))
        asked = self._asked[stem]
        if not asked or _path(self._directory, stem, asked + 1).exists():
            self._asked[stem] += 1
        outcome = _read(_path(self._directory, stem, self._asked[stem]))
        failure = outcome.get("failure")
        if failure is not None:
            raise TransportError(
                failure["sentence"], retryable=failure["retryable"], stage=Stage(failure["stage"])
            )
        reply = outcome["reply"]
        return HttpReply(reply["status"], reply["headers"], _bytes(reply["body"]))


def _read(path: Path) -> Any:
    try:
        outcome = json.loads(path.read_bytes())
        if outcome["version"] != VERSION:
            raise _unusable(f"the recording {_shown(path)} is of another version; record it again")
        _check(outcome)
    except FileNotFoundError:
        what = f"no answer was recorded for this request: {_shown(path)} is missing"
        why = "the change, the model, the instructions or Diffvet itself are not those of the recording"
        raise _unusable(f"{what}; {why}: record it once more") from None
    except OSError as error:
        raise _unusable(_cannot("read", path, error)) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _unusable(f"the recording {_shown(path)} is damaged; delete it and record it again") from None
    return outcome


def _check(outcome: Any) -> None:
    """Fail here, and not in the middle of an answer, where a file was changed by hand."""
    failure = outcome.get("failure")
    if failure is not None:
        Stage(failure["stage"]), str.isprintable(failure["sentence"]), bool(failure["retryable"])
        return
    reply = outcome["reply"]
    _bytes(reply["body"])
    if not isinstance(reply["status"], int) or not all(map(str.isascii, reply["headers"].values())):
        raise TypeError


def _unusable(sentence: str) -> TransportError:
    return TransportError(sentence, retryable=False)


def _stem(request: HttpRequest, body: str) -> str:
    asked = f"{request.method}\0{request.path}\0{body}"
    return sha256(_bytes(asked)).hexdigest()[:32]


def _path(directory: Path, stem: str, ordinal: int) -> Path:
    return directory / f"{stem}-{ordinal}.json"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _cannot(verb: str, path: Path, error: OSError) -> str:
    return f"cannot {verb} {_shown(path)}: {(error.strerror or type(error).__name__).lower()}"


def _shown(path: Path) -> str:
    return plain(str(path), 200)
