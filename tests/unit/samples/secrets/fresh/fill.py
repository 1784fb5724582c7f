"""What the blanks of a sheet are filled with: ``alnum32``, ``pw``, ``jwt`` and so on, all from one seeded generator."""

import base64
import json
import random
import re
import string
from collections.abc import Callable

NOUNS = (
    "billing ledger orders catalog invoices metrics shipment payroll inventory gateway archive reports tickets "
    "sessions profile weather booking library fleet harbor studio garden kitchen market beacon summit"
).split()
WORDS = (
    "amber anchor autumn badger bamboo basil bishop bronze butter candle canyon carbon cedar cobalt copper coral "
    "cricket dahlia desert dragon eagle ember falcon fennel forest ginger glacier granite hazel indigo island ivory "
    "jasper juniper kestrel lantern laurel lemon lotus magnet maple marble meadow mellow monkey nectar nickel ocean "
    "olive onyx orchid otter panda pepper pirate planet plum quartz rabbit raven river rocket saffron salmon silver "
    "spruce sunset thistle tiger timber topaz tulip velvet violet walnut willow winter yellow zephyr"
).split()
USERS = (
    "anna bob svc_app deploy root appuser jenkins carol dbadmin ops mkessler jsmith ci-bot reporting".split()
)
HOSTS = "acme-corp.com northwind.io internal.lan initech.net globex.org umbra.dev contoso.de".split()
GH = string.ascii_letters + string.digits
B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "alnum": GH,
    "lower": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "letters": string.ascii_letters,
    "digits": string.digits,
    "base58_": B58,
    "bech": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "b64u_": GH + "-_",
    "pw": GH + "!@#%^*_-+=.?",
    "pwu": GH + "-_.!*",
    "pwx": GH + "!@#%^*_-+=.?&;$(){}[]|<>,:/",
}


class Fill:
    """A seeded source of blanks: ``Fill(7)("hex40")`` is forty hexadecimal digits."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)

    def __call__(self, blank: str) -> str:
        named: Callable[[], str] | None = getattr(self, f"_{blank.split()[0]}", None)
        if blank.startswith("gh "):
            return f"{blank[3:]}_{self.some(GH, 36)}"
        if named is not None:
            return named()
        match = re.fullmatch(r"(b64(?:u|nopad)?_|base\d\d_|[A-Za-z]+)(\d+)", blank)
        assert match, blank
        kind, size = match[1], int(match[2])
        if kind in ALPHABETS:
            return self.some(ALPHABETS[kind], size)
        return str(getattr(self, f"_sized_{kind.rstrip('_')}")(size))

    def some(self, alphabet: str, size: int) -> str:
        return "".join(self.random.choices(alphabet, k=size))

    def one(self, choices: list[str]) -> str:
        return self.random.choice(choices)

    # passwords as people make them

    def _human(self, symbols: str) -> str:
        word, other = self.one(WORDS), self.one(WORDS)
        number, mark = self.some(string.digits, self.random.choice((2, 3, 4))), self.one(list(symbols))
        forms = (
            lambda: word.title() + number + mark,
            lambda: word.title() + mark + number,
            lambda: word + "-" + other + "-" + number,
            lambda: word.replace("a", "4").replace("e", "3").replace("o", "0").title() + mark + number,
            lambda: word.title() + other.title() + number,
            lambda: word + number + other,
        )
        return self.random.choice(forms)()

    def _drawn(self, symbols: str) -> str:
        return self.some(GH + symbols, self.random.choice((10, 12, 14, 16, 20, 24)))

    def _pw(self) -> str:
        return self._drawn("!@#%^*_-+=.?") if self.random.random() < 0.5 else self._human("!@#%*_+.?")

    def _pwu(self) -> str:
        return self._drawn("-_.!*") if self.random.random() < 0.5 else self._human("-_.!")

    def _pwx(self) -> str:
        return (
            self.some(GH, 3)
            + self.some(ALPHABETS["pwx"], self.random.choice((8, 12, 16, 20)))
            + self.some(GH, 2)
        )

    def _pwe(self) -> str:
        return self._human("-_") + self.one(["%40", "%23", "%2F", "%3A"]) + self.some(GH, 4)

    def _semi(self) -> str:
        return self.some(GH, 7) + ";" + self.some(GH, 8)

    def _amp(self) -> str:
        return self.some(GH, 7) + "&" + self.some(GH, 8)

    def _weak(self) -> str:
        return self.one(WORDS) + self.some(string.digits, 2)

    def _short(self) -> str:
        return self.some(GH + "!#%", self.random.choice((5, 6, 7)))

    def _phrase(self) -> str:
        return " ".join(self.one(WORDS) for _ in range(self.random.choice((3, 4, 5))))

    def _mnemonic(self) -> str:
        return " ".join(self.one(WORDS) for _ in range(12))

    # encoded and made of parts

    def _b64pw(self) -> str:
        return base64.b64encode(self._pw().encode()).decode()

    def _b64user(self) -> str:
        return base64.b64encode(self._user().encode()).decode()

    def _basic(self) -> str:
        return base64.b64encode(f"{self._user()}:{self._pw()}".encode()).decode()

    def _jwt(self) -> str:
        def part(value: dict[str, object]) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

        body = {
            "sub": self.some(string.digits, 6),
            "name": self._user(),
            "exp": 1700000000 + self.random.randrange(10**7),
        }
        return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(body)}.{self.some(GH + '-_', 43)}"

    def _akia(self) -> str:
        return "AKIA" + self.some(string.ascii_uppercase + "234567", 16)

    def _aiza(self) -> str:
        return "AIza" + self.some(GH + "-_", 35)

    def _dckr(self) -> str:
        return "dckr_pat_" + self.some(GH + "-_", 27)

    def _sig(self) -> str:
        return self._sized_b64(32).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")

    def _cert64(self) -> str:
        return base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" + self.random.randbytes(180)).decode()

    def _sized_b64(self, size: int) -> str:
        return base64.b64encode(self.random.randbytes(size)).decode()

    def _sized_b64nopad(self, size: int) -> str:
        return self._sized_b64(size).rstrip("=")

    def _sized_base32(self, size: int) -> str:
        return base64.b32encode(self.random.randbytes(size)).decode()

    def _sized_pem(self, size: int) -> str:
        return "\n".join(self._sized_b64(48) for _ in range(size))

    def _sized_pemesc(self, size: int) -> str:
        return "\\n".join(self._sized_b64(48) for _ in range(size))

    def _sized_xbytes(self, size: int) -> str:
        return "".join(f"\\x{byte:02x}" for byte in self.random.randbytes(size))

    def _sized_cbytes(self, size: int) -> str:
        return ", ".join(f"0x{byte:02X}" for byte in self.random.randbytes(size))

    def _sized_colonhex(self, size: int) -> str:
        return self.random.randbytes(size).hex(":").upper()

    # words around them

    def _uuid(self) -> str:
        return "-".join(self.some(ALPHABETS["hex"], size) for size in (8, 4, 4, 4, 12))

    def _UUID(self) -> str:  # noqa: N802 - the name of the blank
        return self._uuid().upper()

    def _noun(self) -> str:
        return self.one(NOUNS)

    def _NOUN(self) -> str:  # noqa: N802 - the name of the blank
        return self._noun().upper()

    def _word(self) -> str:
        return self.one(WORDS)

    def _user(self) -> str:
        return self.one(USERS)

    def _host(self) -> str:
        return self.one(["", "db.", "eu1."]) + self.one(HOSTS)

    def _slug(self) -> str:
        return f"{self._noun()}-{self._word()}-{self._noun()}"

    def _camel(self) -> str:
        return self._noun().title() + self._word().title()

    def _semver(self) -> str:
        return ".".join(str(self.random.randrange(20)) for _ in range(3))

    def _int(self) -> str:
        return str(self.random.randrange(1, 255))

    def _ip(self) -> str:
        return f"10.{self._int()}.{self._int()}.{self._int()}"

    def _date(self) -> str:
        return f"2024-0{self.random.randrange(1, 10)}-{self.random.randrange(10, 29)}"

    def _date8(self) -> str:
        return self._date().replace("-", "")
