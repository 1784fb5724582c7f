"""Whom the gateway answers: programs by its own address, never the pages of a browser."""

import pytest

from diffvet.gateway.errors import GatewayError
from diffvet.gateway.visitor import Visitors

VISITORS = Visitors(frozenset({"box.example"}))
ADDRESS = "192.168.7.9"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "127.0.0.1:8787"},
        {"host": "127.8.9.1"},
        {"host": "LOCALHOST:1"},
        {"host": "api.localhost:1"},
        {"host": "[::1]:8787"},
        {"host": "box.example:8787"},
        {"host": "192.168.7.9:8787"},
        {"host": "localhost:8787", "origin": "http://localhost:8787"},
        {"host": "localhost", "origin": "http://localhost:80"},
    ],
)
def test_a_program_that_asks_the_gateway_by_its_address_is_served(headers):
    VISITORS.check(headers, ADDRESS)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:8787"},
        {"host": "localhost.evil.example"},
        {"host": "192.168.7.10"},
        {"host": "x@localhost"},
        {"host": "localhost/x"},
        {"host": "localhost:port"},
        {"host": "[::1"},
        {"host": "localhost:8787", "origin": "http://evil.example"},
        {"host": "localhost:8787", "origin": "http://localhost:3000"},
        {"host": "localhost:8787", "origin": "http://127.0.0.1:8787"},
        {"host": "localhost:8787", "origin": "null"},
        {"host": "localhost:8787", "origin": ""},
        {"host": "localhost:8787", "origin": "vscode-webview://x"},
        {"host": "evil.example:8787", "origin": "http://evil.example:8787"},
        {"origin": "http://localhost:8787"},
    ],
)
def test_a_browsers_page_is_refused(headers):
    with pytest.raises(GatewayError) as error:
        VISITORS.check(headers, ADDRESS)
    assert error.value.status == 403
