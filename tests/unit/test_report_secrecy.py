"""Reports spread neither secrets nor terminal control."""

from hypothesis import given
from hypothesis import strategies as st

from diffvet.report.secrecy import mask, visible


def test_the_value_of_an_assignment_is_masked_and_its_name_is_not():
    assert (
        mask('AWS_ACCESS_KEY_ID = "AKIA' + 'Q3EGWH5KZTX7RM2P"') == 'AWS_ACCESS_KEY_ID = "AKI' + "*" * 17 + '"'
    )


def test_the_password_of_a_connection_string_is_masked():
    assert "hunter" not in mask("postgres://app:" + "hunter22@db/prod")


def test_a_bare_key_line_is_masked():
    assert mask("MIIEowIBAAKCAQEA7bq") == "MII" + "*" * 16


@given(st.text())
def test_masking_keeps_the_length(text):
    assert len(mask(text)) == len(text)


def test_escape_sequences_and_bidi_overrides_are_spelt_out():
    assert visible("a\x1b[31mred\u202eknil\ttab") == "a\\x1b[31mred\\u202eknil    tab"


@given(st.text())
def test_what_is_shown_holds_no_control_character(text):
    assert not [char for char in visible(text) if ord(char) < 32 or 0x7F <= ord(char) < 0xA0]
