"""What the blanks of a sheet are filled with: ``alnum32``, ``pw``, ``jwt`` and so on, all from one seed."""

import base64
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from unit.samples.secrets.sample import ALNUM, DIGITS, HEX, LETTERS, LOW, UP, WORD, Chance

ALPHABETS = {
    "hex": HEX,
    "HEX": HEX.upper(),
    "alnum": ALNUM,
    "lower": LOW + DIGITS,
    "upper": UP + DIGITS,
    "letters": LETTERS,
    "digits": DIGITS,
    "base58_": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "bech": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "b64u_": WORD,
    "pw": ALNUM + "!@#%^*_-+=.?",
    "pwu": ALNUM + "-_.!*",
    "pwx": ALNUM + "!@#%^*_-+=.?&;$(){}[]|<>,:/",
}


def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = defaultdict(list)
    for line in (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").splitlines():
        kind, *those = line.split()
        words[kind] += those
    return words


LISTS = _words()


class Fill(Chance):
    """A seeded source of blanks: ``Fill(7)("hex40")`` is forty hexadecimal digits."""

    def __call__(self, blank: str) -> str:
        named: Callable[[], str] | None = getattr(self, f"_{blank.split(maxsplit=1)[0]}", None)
        if blank.startswith("gh "):
            return f"{blank[3:]}_{self.of(ALNUM, 36)}"
        if named is not None:
            return named()
        match = re.fullmatch(r"(b64(?:u|nopad)?_|base\d\d_|[A-Za-z]+)(\d+)", blank)
        assert match, blank
        kind, size = match[1], int(match[2])
        if kind in ALPHABETS:
            return self.of(ALPHABETS[kind], size)
        return str(getattr(self, f"_sized_{kind.rstrip('_')}")(size))

    # passwords as people make them

    def _human(self, symbols: str) -> str:
        word, other = self.choice(LISTS["words"]), self.choice(LISTS["words"])
        number, mark = self.of(DIGITS, self.choice((2, 3, 4))), self.choice(list(symbols))
        forms = (
            lambda: word.title() + number + mark,
            lambda: word.title() + mark + number,
            lambda: word + "-" + other + "-" + number,
            lambda: word.replace("a", "4").replace("e", "3").replace("o", "0").title() + mark + number,
            lambda: word.title() + other.title() + number,
            lambda: word + number + other,
        )
        return self.choice(forms)()

    def _drawn(self, symbols: str) -> str:
        return self.of(ALNUM + symbols, self.choice((10, 12, 14, 16, 20, 24)))

    def _pw(self) -> str:
        return self._drawn("!@#%^*_-+=.?") if self.random() < 0.5 else self._human("!@#%*_+.?")

    def _pwu(self) -> str:
        return self._drawn("-_.!*") if self.random() < 0.5 else self._human("-_.!")

    def _pwx(self) -> str:
        return self.of(ALNUM, 3) + self.of(ALPHABETS["pwx"], self.choice((8, 12, 16, 20))) + self.of(ALNUM, 2)

    def _pwe(self) -> str:
        return self._human("-_") + self.choice(["%40", "%23", "%2F", "%3A"]) + self.of(ALNUM, 4)

    def _semi(self) -> str:
        return self.of(ALNUM, 7) + ";" + self.of(ALNUM, 8)

    def _amp(self) -> str:
        return self.of(ALNUM, 7) + "&" + self.of(ALNUM, 8)

    def _weak(self) -> str:
        return self.choice(LISTS["words"]) + self.of(DIGITS, 2)

    def _short(self) -> str:
        return self.of(ALNUM + "!#%", self.choice((5, 6, 7)))

    def _phrase(self) -> str:
        return " ".join(self.choice(LISTS["words"]) for _ in range(self.choice((3, 4, 5))))

    def _mnemonic(self) -> str:
        return " ".join(self.choice(LISTS["words"]) for _ in range(12))

    # encoded and made of parts

    def _b64pw(self) -> str:
        return base64.b64encode(self._pw().encode()).decode()

    def _b64user(self) -> str:
        return base64.b64encode(self._user().encode()).decode()

    def _basic(self) -> str:
        return base64.b64encode(f"{self._user()}:{self._pw()}".encode()).decode()

    def _jwt(self) -> str:
        return self.jwt(sub=self.of(DIGITS, 6), name=self._user(), exp=1700000000 + self.randrange(10**7))

    def _akia(self) -> str:
        return "AKIA" + self.of(UP + "234567", 16)

    def _aiza(self) -> str:
        return "AIza" + self.of(WORD, 35)

    def _dckr(self) -> str:
        return "dckr_pat_" + self.of(WORD, 27)

    def _sig(self) -> str:
        return self._sized_b64(32).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")

    def _cert64(self) -> str:
        return base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" + self.randbytes(180)).decode()

    def _sized_b64(self, size: int) -> str:
        return self.bytes64(size)

    def _sized_b64nopad(self, size: int) -> str:
        return self.bytes64(size).rstrip("=")

    def _sized_base32(self, size: int) -> str:
        return base64.b32encode(self.randbytes(size)).decode()

    def _sized_pem(self, size: int) -> str:
        return "\n".join(self.bytes64(48) for _ in range(size))

    def _sized_pemesc(self, size: int) -> str:
        return "\\n".join(self._sized_b64(48) for _ in range(size))

    def _sized_xbytes(self, size: int) -> str:
        return "".join(f"\\x{byte:02x}" for byte in self.randbytes(size))

    def _sized_cbytes(self, size: int) -> str:
        return ", ".join(f"0x{byte:02X}" for byte in self.randbytes(size))

    def _sized_colonhex(self, size: int) -> str:
        return self.randbytes(size).hex(":").upper()

    # words around them

    def _uuid(self) -> str:
        return self.uuid()

    def _UUID(self) -> str:  # noqa: N802 - the name of the blank
        return self.uuid().upper()

    def _noun(self) -> str:
        return self.choice(LISTS["nouns"])

    def _NOUN(self) -> str:  # noqa: N802 - the name of the blank
        return self._noun().upper()

    def _word(self) -> str:
        return self.choice(LISTS["words"])

    def _user(self) -> str:
        return self.choice(LISTS["users"])

    def _host(self) -> str:
        return self.choice(["", "db.", "eu1."]) + self.choice(LISTS["hosts"])

    def _slug(self) -> str:
        return f"{self._noun()}-{self._word()}-{self._noun()}"

    def _camel(self) -> str:
        return self._noun().title() + self._word().title()

    def _semver(self) -> str:
        return ".".join(str(self.randrange(20)) for _ in range(3))

    def _int(self) -> str:
        return str(self.randrange(1, 255))

    def _ip(self) -> str:
        return f"10.{self._int()}.{self._int()}.{self._int()}"

    def _date(self) -> str:
        return f"2024-0{self.randrange(1, 10)}-{self.randrange(10, 29)}"

    def _date8(self) -> str:
        return self._date().replace("-", "")
