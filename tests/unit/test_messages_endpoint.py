"""Which addresses are accepted, and what is asked there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.errors import SettingsError
from diffvet.messages.endpoint import Endpoint


@pytest.mark.parametrize(
    "written",
    ["https://h.example", "https://h.example/", "https://h.example/v1", " https://h.example/v1/ \n",
     "HTTPS://h.example/v1/messages", "https://h.example/v1/chat/completions"],
)  # fmt: skip
def test_the_base_is_the_same_with_and_without_v1(written):
    assert Endpoint.parse(written).url("/v1/messages") == "https://h.example/v1/messages"


def test_a_port_and_a_path_prefix_are_kept():
    endpoint = Endpoint.parse("https://h.example:8443/team/a/v1")
    assert endpoint.url("/v1/models") == "https://h.example:8443/team/a/v1/models"


@pytest.mark.parametrize(
    "url",
    ["", "h.example", "ftp://h.example", "https://", "https:///x", "https://h:99999", "https://h:x", "https://[::1",
     "file:///etc/passwd", "https://h ost", "https://h\nx: y", "https://h:0", "https://*", "https://%41.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url):
    with pytest.raises(SettingsError, match="is not an address"):
        Endpoint.parse(url)


@pytest.mark.parametrize("url", ["https://me:hunter2@h.example", "https://token@h.example"])
def test_credentials_in_the_address_are_refused_and_not_repeated(url):
    with pytest.raises(SettingsError) as caught:
        Endpoint.parse(url)
    assert "hunter2" not in str(caught.value)
    assert "token" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://h.example?a=b", "https://h.example/#x"])
def test_a_query_or_fragment_is_refused(url):
    with pytest.raises(SettingsError, match="query or fragment"):
        Endpoint.parse(url)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_plain_http_is_accepted_on_this_machine(host):
    assert Endpoint.parse(f"http://{host}:8787").loopback


@pytest.mark.parametrize(
    "host", ["h.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::]"]
)
def test_plain_http_to_another_machine_needs_the_users_word(host):
    with pytest.raises(SettingsError, match="use https"):
        Endpoint.parse(f"http://{host}")
    assert not Endpoint.parse(f"http://{host}", allow_plain_http=True).loopback


@given(st.text())
def test_any_text_is_an_endpoint_or_one_sentence(text):
    try:
        said = Endpoint.parse(text).base
    except SettingsError as error:
        said = str(error)
    assert "\n" not in said
