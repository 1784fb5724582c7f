"""``diffvet/status``: what a root is doing, what is missing, and what the caps leave; only to those who ask for it."""

from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from fake_peer import peer
from lsp.raw_client import Message, RawClient
from lsp.test_lsp_findings import OPT_IN, SCHEMA, valid
from lsp.workspace import ANSWER, RISKY, Workspace, open_file, published

STATUS = "diffvet/status"
PUBLISHED = "textDocument/publishDiagnostics"


def settled(client: RawClient, after: int = 0) -> Message:
    """The first status in which nothing runs and something was spent or is missing."""

    def wanted(said: Message) -> bool:
        now = said.get("params", {})
        done = now.get("state") == "incomplete" or now.get("usage", {}).get("requests")
        return said.get("method") == STATUS and now["state"] != "reviewing" and bool(done)

    return valid(client.wait(wanted, after)["params"], "statusParams")


def test_the_budget_tells_what_is_spent_and_left_until_a_cap_makes_the_review_incomplete(
    start: Callable[..., RawClient], workspace: Workspace
) -> None:
    with peer(lambda _: ANSWER) as model:
        caps = {"DIFFVET_DAY_TOKENS": "4000", "DIFFVET_RUN_CREDITS": "900"}
        caps |= {"DIFFVET_MAX_TOKENS": "500", "DIFFVET_FALLBACK_CHAT": "false"}
        client = start(env={"DIFFVET_ENDPOINT": model.url, "DIFFVET_MODEL": "m"} | caps)
        client.initialize({"experimental": OPT_IN})
        uri = workspace.write("app.py", RISKY)
        open_file(client, uri, RISKY)
        told = settled(client)
        assert (told["state"], told["usage"]["credits"]) == ("idle", 0.25)
        assert told["budget"] == [
            {"window": "day", "unit": "tokens", "limit": 4000, "spent": 18, "left": 3982},
            {"window": "run", "unit": "credits", "limit": 900, "spent": 0.25, "left": 899.75},
        ]
        seen = len(client.seen)
        many = "".join(f"def f{n}(cmd):\n    subprocess.run(cmd, shell=True)\n" for n in range(220))
        other = workspace.write("other.py", many)
        open_file(client, other, many)
        told = settled(client, seen)
        assert told["state"] == "incomplete"
        assert "the cap 'day_tokens' of 4,000 tokens a day is reached" in told["reason"]
        assert len(model.prompts) == 1


def test_without_caps_there_is_no_budget(client: RawClient, workspace: Workspace) -> None:
    client.initialize({"experimental": OPT_IN})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    told = client.wait(lambda said: said.get("method") == STATUS and said["params"]["state"] == "idle")
    assert valid(told["params"], "statusParams")["budget"] == []


def test_a_review_is_under_way_from_its_first_moment_on(client: RawClient, workspace: Workspace) -> None:
    client.initialize({"experimental": OPT_IN})
    uris = [workspace.write(f"{name}.py", RISKY) for name in "abcdefgh"]  # more than are reviewed at a time
    for uri in uris:
        open_file(client, uri, RISKY)
    shown: set[str] = set()
    while len(shown) < len(uris):
        [root] = client.call("diffvet/findings", {})["result"]["roots"]
        shown = {said["params"]["uri"] for said in client.seen if said.get("method") == PUBLISHED}
        assert root["status"]["state"] == "reviewing" or len(shown) == len(uris)


def test_a_client_that_did_not_ask_hears_no_status(client: RawClient, workspace: Workspace) -> None:
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    client.sync()
    assert not [said for said in client.seen if said.get("method") == STATUS]


@pytest.mark.parametrize("example", SCHEMA["$defs"]["statusParams"]["examples"])
def test_the_examples_of_the_schema_are_valid(example: Message) -> None:
    valid(example, "statusParams")
    Draft202012Validator.check_schema(SCHEMA)
