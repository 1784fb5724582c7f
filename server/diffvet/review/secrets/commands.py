"""Passwords in commands: ``mysql -pX``, ``curl -u user:X``, ``echo X | docker login``, ``net use … X``."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from diffvet.expression import expression
from diffvet.review.secrets.kinds import PASSWORD
from diffvet.review.secrets.login import is_password
from diffvet.review.secrets.phrase import is_passphrase
from diffvet.review.secrets.places import hits
from diffvet.review.secrets.span import Span

_WORD: Final = r"""(?P<value>(?<=["'])[^"'\n]{4,128}(?=["'])|[^\s"']{4,128})"""
"""The value of an option, with the words between quotes where there are some."""


def _option(flags: str, between: str = "[ =]") -> re.Pattern[str]:
    return expression(rf"""[^\n|;]{{0,200}}?\s(?:{flags}){between}["']?{_WORD}""")


class _Commands(NamedTuple):
    """Commands that take a password in one way; they are looked for only where ``sign`` stands in the text."""

    sign: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]


_OPTION: Final = expression(r"--?(?:[a-z]+\d*(?:-[a-z0-9]+)*|[A-Z])(?:=.*)?")
_PORT: Final = 5
"""Digits of the number of a port, which ``-p`` names as well."""
_COMMANDS: Final = (
    _Commands("-u", ("-u",), expression(r"""(?:(?<!\w)|(?<=proxy))-u(?:ser)?[ =]["']?[\w.@${}-]{1,64}:(?P<value>[^\s"']{4,128})""")),
    _Commands(" -p", ("mysql", "mariadb"), _option("-p", "")),
    _Commands(" -p", ("sshpass", " login", "mongo", "cqlsh", "psexec"), _option("-p", "[ =]?")),
    _Commands(" -pw", ("plink", "pscp", "psftp"), _option("-pw")),
    _Commands(" -p", ("7z a ", "7z x ", "7za ", "rar "), _option("-h?p", "")),
    _Commands(" -p", ("useradd ", "usermod "), expression(rf"user\w+[ \t][^\n|;]{{0,120}}?-p[ \t]+[\"']?{_WORD}")),
    _Commands(" -a", ("redis-cli",), _option("-a")),
    _Commands(" -a", ("http ", "https "), _option(r"-a[ =][\"']?[\w.@-]{1,64}:", "")),
    _Commands(" -w", ("ldap",), _option("-w")),
    _Commands(" -P", ("sqlcmd", "osql", "isql", "bcp ", "ipmitool", "zip ", "mosquitto_"), _option("-P", "[ =]?")),
    _Commands(" -U", ("smbclient", "rpcclient", "smbmap"), _option(r"-U[ =]?[\"']?[\w.\\/-]{1,64}%", "")),
    _Commands(" /p:", ("xfreerdp", "mstsc"), _option("/p:", "")),
    _Commands("keygen", ("ssh-keygen",), _option("-[NP]", "[ =]?")),
    _Commands("pass:", ("openssl",), _option("-pass(?:in|out)? pass:", "")),
    _Commands("lftp", ("lftp",), _option(r"-u [\w.@-]{1,64},", "")),
    _Commands("sqlplus", ("sqlplus",), expression(r"sqlplus (?:-\w+ )*[\"']?[\w$]{1,64}/(?P<value>[^\s@\"'/]{4,128})@")),
    _Commands("rabbitmqctl", ("rabbitmqctl ",), expression(rf"rabbitmqctl (?:-\S+ )*(?:add_user|change_password|authenticate_user) \S+ [\"']?{_WORD}")),
    _Commands("use ", ("net use ",), expression(r"(?i:net use )(?:\S+ ){1,3}?(?:/user:\S+ (?P<value>[^\s/*]\S{3,127})|(?P<other>[^\s/*\\]\S{3,127}) /user:)")),
    _Commands("user ", ("net user ",), expression(r"(?i:net user )[\w.-]+ (?P<value>[^\s\"'/*-]\S{3,127})")),
    _Commands("secret set", ("gh secret set",), _option("-b|--body")),
    _Commands("SecureString", ("aws ssm put-parameter",), _option("--value")),
    _Commands("htpasswd", ("htpasswd ",), expression(rf"htpasswd[ \t]+(?:-\w+[ \t]+)*-\w*b\w*[ \t]+\S+[ \t]+\S+[ \t]+[\"']?{_WORD}")),
    _Commands("password-stdin", ("echo ", "printf "), expression(r"""\w+[ \t]+(?:-n[ \t]+)?["']?(?P<value>[^\s"'|$]{6,256})["']?[ \t]*\|[^\n|]{0,80}password-stdin""")),
    _Commands("chpasswd", ("echo ", "printf "), expression(r"""\w+[ \t]+["']?[\w.-]{1,64}:(?P<value>[^\s"'|$]{4,128})["']?[ \t]*\|[^\n|]{0,40}chpasswd""")),
)  # fmt: skip
"""The words are in lower case; a pattern is tried where one of them stands."""


def find(text: str, lowered: str) -> Iterator[Span]:
    """The passwords in commands of ``text``; spans may overlap.

    ``lowered`` is the text in lower case, with the same offsets.
    """
    shown = {each.sign for each in _COMMANDS if each.sign in text}
    table = [(each.words, each.pattern) for each in _COMMANDS if each.sign in shown]
    for hit in hits(text, lowered, table):
        group = "value" if hit["value"] is not None else "other"
        value = hit[group]
        secret = is_passphrase(value, named=True) if " " in value else is_password(value)
        port = value.isdigit() and len(value) <= _PORT
        if secret and not port and not _OPTION.fullmatch(value):
            yield Span(*hit.span(group), PASSWORD)
