"""A change with a secret in every place that is read, and a look for their values in whatever came of it."""

import base64
import json
import re
import sqlite3
import urllib.parse
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

VALUES = {
    "context": "C0ntext-" + "Pa55word-31z",
    "removed": "rm0ved-" + "S3cret-77Kq",
    "heading": "H3ading-" + "S3cr3t-9912",
    "github": "ghp_" + "Zk3Lm9Qw7Rt5Yp1Xs8Vd2Bn6Hj4Gf0Tc9Ua3",
    "aws": "wJalrXUtnF" + "EMIK7MDENGbPxRfiCYZ8pLqW2sVt",
    "address": "n8Vq2" + "Lp5Zt7w",
    "escaped": 'q"Uo\\te7' + "&<Zr4>é9",
    "short": "k3X" + "q7Z!",
    "pem": "MIIEvQIBADANBgkqhkiG9w0BAQ" + "EFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
    "pem body": "Mk9sT2Vh4QbS8xW1yZ0aKf" + "3LrN7uJ5vPqD6tGmEiHcXoBwYlRzAsUdFgCnIpVe",
    "joined": "xoxb-2918374650" + "19-482736451928-",
    "encoded": base64.b64encode(b"Ku8er-n3tes" + b"-Geheimnis!").decode(),
    "untracked": "Gr4nite-" + "Harbor!92x",
    "name": "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
    "told": "glpat-" + "1nstrQx81ZkLm3Wv7Tb9",
}
"""The values by where they stand; ``joined`` is half of a token whose other half follows in a literal of its own."""

JOINED_REST = "aQ9wE8rT7yU6iO5pL4kJ" + "3hG2"

BEFORE = (
    f'import os\n\nDB_PASSWORD = "{VALUES["context"]}"\nold_password = "{VALUES["removed"]}"\n\n\n'
    f'def connect(password="{VALUES["heading"]}"):\n' + "    x = 1\n" * 12 + "    return x\n"
)

AFTER = (
    f'import os\n\nDB_PASSWORD = "{VALUES["context"]}"\n'
    f'GITHUB_TOKEN = "{VALUES["github"]}"\n'
    f'aws_secret_access_key = "{VALUES["aws"]}"\n'
    f'url = "postgres://svc:{VALUES["address"]}@db.internal/app"\n'
    f"admin_password = '{VALUES['escaped'].replace(chr(92), chr(92) * 2)}'\n"
    f'pin_password = "{VALUES["short"]}"\n'
    f'slack_token = "{VALUES["joined"]}" + "{JOINED_REST}"\n\n\n'
    f'def connect(password="{VALUES["heading"]}"):\n'
    + "    x = 1\n" * 10
    + f"    eval(url)  # was {VALUES['address']}\n    return x\n"
)

KEY_FILE = (
    f"-----BEGIN PRIVATE {'KEY'}-----\n{VALUES['pem']}\n{VALUES['pem body']}\n-----END PRIVATE {'KEY'}-----\n"
)

CLUSTER = f"apiVersion: v1\nkind: Secret\ndata:\n  password: {VALUES['encoded']}\n"

NOTES = f"login of the build machine\npassword: {VALUES['untracked']}\nsee {VALUES['github']}\n"

FIRST = f"begin\nrotated {VALUES['address']} by hand\n"
"""Comes first, and only later files show that it holds a secret."""

NAMED = f"hooks/{VALUES['name']}.txt"

SETTINGS = f'instructions = "Our own client sends token={VALUES["told"]} everywhere."\n'

SHOWN = {
    "DB_PASSWORD =": "context",
    "old_password =": "removed",
    "def connect(password=": "heading",
    "GITHUB_TOKEN =": "github",
    "aws_secret_access_key =": "aws",
    "url =": "address",
    "eval(url)": "address",
    "rotated": "address",
    "admin_password =": "escaped",
    "pin_password =": "short",
    "slack_token =": "joined",
    "password:": "encoded, untracked",
    "see ": "github",
    "FILE added hooks/": "name",
}
"""What stands before a masked value in the lines of a prompt."""


def plant(write, commit) -> None:
    """A repository with the change; ``write(path, text)`` and ``commit()`` are the repository's."""
    write("a.txt", "begin\n")
    write("app.py", BEFORE)
    commit()
    write("a.txt", FIRST)
    write("app.py", AFTER)
    for path, text in {
        "deploy/id.pem": KEY_FILE,
        "deploy/secret.yaml": CLUSTER,
        "notes.txt": NOTES,
        NAMED: "x = eval(y)\n",
        "diffvet.toml": SETTINGS,
    }.items():
        write(path, text)


def knowing(prompt: str) -> str:
    """As ``quoting``, and it knows every value although nobody told it."""
    return quoting(
        prompt, " ".join(value for name, value in VALUES.items() if name not in {"escaped", "short"})
    )


def quoting(prompt: str, everything: str = "") -> str:
    """A reviewer that quotes and rewrites each line it sees, and says ``everything`` of each."""
    said, path = [], ""
    for line in prompt.split("\n"):
        if named := re.match(r"FILE \S+ (\S+)", line):
            path = named[1]
        if changed := re.match(r"([RL]\d+) [+-] (.*)", line):
            place, code = changed[1], changed[2].strip()
            said.append(
                f"- [error][security] {path}:{place} `{code}` **Leak of {code[:60]}.** Why: {everything}. Fix: {code}."
                f"\n  ```suggestion\n  {changed[2]}  # {everything}\n  ```"
            )
    return "\n".join(said or ["- none"]) + "\nEND OF REVIEW\n"


def leaks(places: Mapping[str, bytes], but: str = "") -> list[str]:
    """Which value stands where, in any spelling; ``but`` names one that is not looked for."""
    return [
        f"{name} in {place}"
        for place, data in places.items()
        for name, value in VALUES.items()
        if name != but
        and any(spelling in text for text in _opened(data) for spelling in set(_spellings(value)))
    ]


def files(root: Path) -> dict[str, bytes]:
    """All files below ``root``, and the cells of the databases among them."""
    found = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    for name, data in list(found.items()):
        if data.startswith(b"SQLite format 3"):
            found |= {f"{name}, {cell}": text for cell, text in _cells(root / name)}
    return found


def _cells(path: Path) -> Iterator[tuple[str, bytes]]:
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in names:
            for number, row in enumerate(database.execute(f'SELECT * FROM "{table}"')):  # noqa: S608 - its own names
                for cell in row:
                    yield f"{table} {number}", cell if isinstance(cell, bytes) else str(cell).encode()


def _opened(data: bytes) -> Iterator[bytes]:
    """``data``, and what is compressed in it."""
    yield data
    for start in range(min(len(data), 64)):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(data[start:])


def _spellings(value: str) -> Iterator[bytes]:
    r"""``value`` as text, in JSON, escaped for a URL, for HTML, as ``\\``-escaped source, in UTF-16, and in base64 at any offset."""
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for text in (value, value.replace("\\", "\\\\"), escaped, escaped.replace('"', "&quot;")):
        yield text.encode()
        yield json.dumps(text)[1:-1].encode()
        yield json.dumps(text, ensure_ascii=False)[1:-1].encode()
        yield urllib.parse.quote(text).encode()
    yield value.encode("utf-16-le")
    for offset in range(3) if len(value) > 8 else ():  # four characters stand anywhere
        coded = base64.b64encode(b"x" * offset + value.encode())
        yield coded[4 if offset else 0 : -4]
