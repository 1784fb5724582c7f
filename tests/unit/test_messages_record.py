"""What is recorded holds no secret, overwrites nothing and comes back as it was."""

import asyncio
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diffvet.errors import SettingsError
from diffvet.messages.errors import Stage, TransportError
from diffvet.messages.key import ApiKey
from diffvet.messages.record import RecordingExchange, ReplayingExchange
from diffvet.messages.wire import Exchange, HttpReply, HttpRequest

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "exchange.schema.json").read_bytes())
SECRET = "rk_" + "0123456789abcdef" * 4
ASKED = HttpRequest("POST", "/v1/messages", {"x-api-key": SECRET}, b'{"model":"m"}')


def saying(*replies: HttpReply | TransportError) -> Exchange:
    left = list(replies)

    async def exchange(_request: HttpRequest) -> HttpReply:
        outcome = left.pop(0)
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome

    return exchange


def text(words: str, **headers: str) -> HttpReply:
    return HttpReply(200, {name.replace("_", "-"): value for name, value in headers.items()}, words.encode())


def files(directory: Path) -> list[dict]:
    found = [json.loads(path.read_bytes()) for path in sorted(directory.iterdir())]
    for one in found:
        jsonschema.validate(one, SCHEMA)
    return found


def test_the_schema_is_sound_and_its_examples_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for example in SCHEMA["examples"]:
        jsonschema.validate(example, SCHEMA)


async def test_one_exchange_is_one_file_named_after_what_was_asked(tmp_path):
    reply = text("fine", content_type="text/plain", set_cookie="session=1", date="today")
    assert await RecordingExchange(saying(reply), tmp_path / "new" / "dir")(ASKED) == reply
    (path,) = (tmp_path / "new" / "dir").iterdir()
    assert path.name == "c062011410fc92983072d78de6ef2355-1.json"
    assert files(path.parent) == [
        {
            "version": 1,
            "request": {"method": "POST", "path": "/v1/messages", "body": '{"model":"m"}'},
            "reply": {"status": 200, "headers": {"content-type": "text/plain"}, "body": "fine"},
        }
    ]


async def test_repetitions_come_back_in_their_order(tmp_path):
    recording = RecordingExchange(saying(text("one"), text("two"), text("three")), tmp_path)
    await recording(ASKED)
    await recording(ASKED)
    await RecordingExchange(saying(text("three")), tmp_path)(ASKED)  # a later run overwrites nothing
    replaying = ReplayingExchange(tmp_path)
    assert [(await replaying(ASKED)).body for _ in range(3)] == [b"one", b"two", b"three"]
    assert (await ReplayingExchange(tmp_path)(ASKED)).body == b"one"


@pytest.mark.parametrize(
    "change", [{"method": "GET"}, {"path": "/v1/chat/completions"}, {"body": b'{"model":"n"}'}]
)
async def test_another_request_is_not_answered_and_the_missing_file_is_named(tmp_path, change):
    await RecordingExchange(saying(text("one")), tmp_path)(ASKED)
    asked = {"method": ASKED.method, "path": ASKED.path, "body": ASKED.body, **change}
    with pytest.raises(
        TransportError, match=r"-1\.json is missing; the change, .*: record it once more"
    ) as caught:
        await ReplayingExchange(tmp_path)(HttpRequest(**asked))
    assert not caught.value.retryable
    assert str(tmp_path)[:60] in str(caught.value)


async def test_what_is_asked_more_often_than_recorded_gets_the_last_answer_again(tmp_path):
    recording = RecordingExchange(saying(text("one"), text("two")), tmp_path)
    await recording(ASKED)
    await recording(ASKED)
    replaying = ReplayingExchange(tmp_path)
    assert [(await replaying(ASKED)).body for _ in range(4)] == [b"one", b"two", b"two", b"two"]


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("retryable", [True, False])
async def test_a_failure_is_recorded_and_fails_again(tmp_path, stage, retryable):
    failure = TransportError("h broke off", retryable=retryable, stage=stage)
    with pytest.raises(TransportError):
        await RecordingExchange(saying(failure), tmp_path)(ASKED)
    assert "failure" in files(tmp_path)[0]
    with pytest.raises(TransportError, match="h broke off") as caught:
        await ReplayingExchange(tmp_path)(ASKED)
    assert (caught.value.retryable, caught.value.stage) == (retryable, stage)


async def test_no_key_and_no_secret_is_stored_and_the_replay_finds_it_all_the_same(tmp_path):
    hide = ApiKey(SECRET).redact
    asked = HttpRequest("POST", "/v1/messages", {"x-api-key": SECRET}, f"mine is {SECRET}".encode())
    reply = text(f"yours is {SECRET}", x_error_code=SECRET, location=f"https://{SECRET}.example")
    await RecordingExchange(saying(reply), tmp_path, redact=hide)(asked)
    assert all(SECRET[3:20] not in path.read_text() + path.name for path in tmp_path.iterdir())
    assert (await ReplayingExchange(tmp_path, redact=hide)(asked)).body == b"yours is [api key]"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(100, 599), st.binary(max_size=80), st.binary(max_size=80))
def test_any_bytes_come_back_as_they_were(tmp_path_factory, status, asked, answered):
    directory = tmp_path_factory.mktemp("tape")
    request = HttpRequest("POST", "/v1/messages", {}, asked)

    async def there_and_back() -> HttpReply:
        await RecordingExchange(saying(HttpReply(status, {}, answered)), directory)(request)
        return await ReplayingExchange(directory)(request)

    assert asyncio.run(there_and_back()) == HttpReply(status, {}, answered)
    files(directory)


DAMAGE = [
    "", "null", "[]", "{", '{"version": 1}', '{"version": 1, "reply": {}}', '{"version": 1, "failure": {}}', "[" * 9999,
    '{"version": 1, "reply": {"status": "200", "headers": {}, "body": ""}}',
    '{"version": 1, "reply": {"status": 200, "headers": {"a": 1}, "body": ""}}',
    '{"version": 1, "reply": {"status": 200, "headers": {}, "body": "\\ud800"}}',
    '{"version": 1, "failure": {"sentence": "s", "retryable": true, "stage": "often"}}',
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_damaged_recording_is_said_to_be_one(tmp_path, damage):
    await RecordingExchange(saying(text("one")), tmp_path)(ASKED)
    next(tmp_path.iterdir()).write_text(damage)
    with pytest.raises(TransportError, match="is damaged; delete it"):
        await ReplayingExchange(tmp_path)(ASKED)


async def test_a_recording_of_another_version_is_said_to_be_one(tmp_path):
    await RecordingExchange(saying(text("one")), tmp_path)(ASKED)
    path = next(tmp_path.iterdir())
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(TransportError, match="another version"):
        await ReplayingExchange(tmp_path)(ASKED)


def test_a_directory_that_cannot_be_is_said_before_anything_is_sent(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"cannot record into .*file"):
        RecordingExchange(saying(), tmp_path / "file")
    with pytest.raises(SettingsError, match="nowhere is no directory"):
        ReplayingExchange(tmp_path / "nowhere")


async def test_a_vanished_directory_fails_the_exchange_with_one_sentence(tmp_path):
    recording = RecordingExchange(saying(text("one")), tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(TransportError, match=r"cannot record into .*: no such file or directory"):
        await recording(ASKED)
